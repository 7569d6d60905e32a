package cli

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

func parseVaultFlags(t *testing.T, args ...string) vaultFlags {
	t.Helper()
	var f vaultFlags
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	f.register(section(flags, "Vault"))
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestVaultFlagsAndEnvironment(t *testing.T) {
	env := []string{
		"VAULT_ADDR=https://env.test", "VAULT_NAMESPACE=env", "VAULT_TOKEN=CANARY",
		"VAULT_CACERT=env-ca", "VAULT_CAPATH=env-path", "VAULT_CLIENT_CERT=env-cert",
		"VAULT_CLIENT_KEY=env-key", "VAULT_TLS_SERVER_NAME=env-name", "VAULT_SKIP_VERIFY=1",
	}
	tests := map[string]struct {
		args []string
		want vault.Config
	}{
		"environment": {nil, vault.Config{
			Address: "https://env.test", Mount: "secret", Prefix: "prefect-secrets", Namespace: "env",
			TLS: vault.TLS{
				CACert: "env-ca", CAPath: "env-path", ClientCert: "env-cert", ClientKey: "env-key",
				ServerName: "env-name", Insecure: true,
			},
		}},
		"flags": {[]string{
			"--vault-address=http://127.0.0.1:8200", "--vault-mount=kv", "--vault-prefix=p",
			"--vault-namespace=n", "--vault-ca-certificate=ca", "--vault-client-certificate=cert",
			"--vault-client-key=key", "--vault-server-name=name", "--vault-max-versions=2",
		}, vault.Config{
			Address: "http://127.0.0.1:8200", Mount: "kv", Prefix: "p", Namespace: "n", MaxVersions: 2,
			TLS: vault.TLS{
				CACert: "ca", CAPath: "env-path", ClientCert: "cert", ClientKey: "key",
				ServerName: "name", Insecure: true,
			},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := (&Command{Env: env}).vaultConfig(parseVaultFlags(t, tt.args...))
			if err != nil {
				t.Fatal(err)
			}
			got.Login = nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestVaultFlagsThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		env, args []string
		want      string
	}{
		"no address": {nil, nil, "--vault-address"},
		"no token":   {nil, []string{"--vault-address=https://v.test"}, "VAULT_TOKEN"},
		"AppRole": {
			nil, []string{"--vault-address=https://v.test", "--vault-auth=approle", "--vault-role-id=x"},
			"--vault-secret-id-file",
		},
		"Kubernetes": {
			nil, []string{"--vault-address=https://v.test", "--vault-auth=kubernetes"}, "--vault-role",
		},
		"unencrypted": {
			[]string{"VAULT_TOKEN=CANARY"}, []string{"--vault-address=http://u:CANARY@v.test"},
			"http://v.test would receive",
		},
		"no URL": {
			[]string{"VAULT_TOKEN=CANARY"}, []string{"--vault-address=https://v.test:CANARY"},
			"must begin with https://",
		},
		"credentials": {
			[]string{"VAULT_TOKEN=CANARY"}, []string{"--vault-address=https://u:CANARY@v.test"},
			"contains credentials",
		},
		"VAULT_SKIP_VERIFY": {
			[]string{"VAULT_TOKEN=CANARY", "VAULT_SKIP_VERIFY=CANARY"},
			[]string{"--vault-address=https://v.test"}, "VAULT_SKIP_VERIFY",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := (&Command{Env: tt.env}).openVault(t.Context(), parseVaultFlags(t, tt.args...), nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) ||
				strings.Contains(err.Error(), "CANARY") || exit.CodeOf(err) != exit.Usage {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestOpenVault(t *testing.T) {
	f := vaulttest.NewFake()
	server := httptest.NewServer(f)
	defer server.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"token": vaulttest.RootToken, "secret-id": vaulttest.SecretID, "jwt": vaulttest.JWT,
		"bad": "CANARY",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	logins := map[string][]string{
		"token": {"--vault-token-file=" + filepath.Join(dir, "token")},
		"AppRole": {
			"--vault-auth=approle", "--vault-role-id=" + vaulttest.RoleID,
			"--vault-secret-id-file=" + filepath.Join(dir, "secret-id"),
		},
		"Kubernetes": {
			"--vault-auth=kubernetes", "--vault-role=" + vaulttest.Role,
			"--vault-jwt-file=" + filepath.Join(dir, "jwt"),
		},
	}
	for name, args := range logins {
		t.Run(name, func(t *testing.T) {
			store, err := (&Command{}).openVault(t.Context(),
				parseVaultFlags(t, append(args, "--vault-address="+server.URL)...), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Set(t.Context(), "t", "x", []byte(`1`), "ci", false); err != nil {
				t.Error(err)
			}
			_ = store.Close()
		})
	}
	bad := parseVaultFlags(t, "--vault-token-file="+filepath.Join(dir, "bad"), "--vault-address="+server.URL)
	if _, err := (&Command{}).openVault(t.Context(), bad, nil); err == nil ||
		exit.CodeOf(err) != exit.Failed || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("a token that is refused: %v", err)
	}
	f.Seal(true)
	var log bytes.Buffer
	store, err := (&Command{Env: []string{"VAULT_TOKEN=" + vaulttest.RootToken}}).openVault(t.Context(),
		parseVaultFlags(t, "--vault-address="+server.URL), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || !strings.Contains(log.String(), "Vault is sealed") {
		t.Errorf("a sealed vault: %v, %s", err, log.String())
	} else {
		_ = store.Close()
	}
}
