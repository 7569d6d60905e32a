package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// vaultFlags are the flags of a store in Vault: where it is and how to log in. No flag
// holds a secret.
type vaultFlags struct {
	address, mount, prefix, namespace string
	auth, authMount                   string
	tokenFile                         string
	role, roleID                      string
	secretIDFile, jwtFile             string
	tls                               vault.TLS
	allowHTTP                         bool
	maxVersions                       int
}

func (f *vaultFlags) register(s flagSection) {
	s.text(&f.address, "vault-address", "URL", "", "URL of Vault or OpenBao (default: VAULT_ADDR)")
	s.text(&f.mount, "vault-mount", "PATH", vault.DefaultMount, "where the KV engine of version 2 is mounted")
	s.text(&f.prefix, "vault-prefix", "PATH", vault.DefaultPrefix, "path within the mount beneath which secrets are kept")
	s.text(&f.namespace, "vault-namespace", "NAME", "", "namespace (default: VAULT_NAMESPACE)")
	s.choice(&f.auth, "vault-auth", "LOGIN", "token", []string{"token", "approle", "kubernetes"}, ": how to log in")
	s.text(&f.authMount, "vault-auth-mount", "PATH", "", "where that login is mounted (default: approle, kubernetes)")
	s.text(&f.tokenFile, "vault-token-file", "FILE", "", "file with the token, which is read again when Vault refuses it (default: VAULT_TOKEN)")
	s.text(&f.roleID, "vault-role-id", "ID", "", "role id of the AppRole")
	s.text(&f.secretIDFile, "vault-secret-id-file", "FILE", "", "file with the secret id of the AppRole")
	s.text(&f.role, "vault-role", "ROLE", "", "role of the Kubernetes login")
	s.text(&f.jwtFile, "vault-jwt-file", "FILE", vault.ServiceAccount, "file with the token of the pod's service account (default: where Kubernetes puts it)")
	s.text(&f.tls.CACert, "vault-ca-certificate", "FILE", "", "PEM file with Vault's certificate authority (default: VAULT_CACERT, VAULT_CAPATH)")
	s.text(&f.tls.ClientCert, "vault-client-certificate", "FILE", "", "PEM file with the certificate to show to Vault (default: VAULT_CLIENT_CERT)")
	s.text(&f.tls.ClientKey, "vault-client-key", "FILE", "", "PEM file with its key (default: VAULT_CLIENT_KEY)")
	s.text(&f.tls.ServerName, "vault-server-name", "NAME", "", "the name in Vault's certificate (default: VAULT_TLS_SERVER_NAME)")
	s.toggle(&f.allowHTTP, "vault-allow-http", "allow unencrypted http to a Vault on another host")
	s.number(&f.maxVersions, "vault-max-versions", 0, "versions to keep of each secret (default: the mount's setting)")
}

// vaultStore returns the kind of store that is in Vault.
func (c *Command) vaultStore() storeKind {
	var f vaultFlags
	kind := storeKind{name: "vault", usage: "vault", flags: &pflag.FlagSet{}}
	f.register(section(kind.flags, kind.title()))
	kind.open = func(ctx context.Context, _ string, log *slog.Logger) (*servedStore, error) {
		store, err := c.openVault(ctx, f, log)
		if err != nil {
			return nil, err
		}
		c.closers = append(c.closers, store.Close)
		return &servedStore{Store: store, parallel: vault.Concurrency}, nil
	}
	return kind
}

// openVault opens the store in Vault and sends it one request. A Vault that is sealed
// or does not run yet is not an error: the store waits for it.
func (c *Command) openVault(ctx context.Context, f vaultFlags, log *slog.Logger) (*vault.Store, error) {
	config, err := c.vaultConfig(f)
	if err != nil {
		return nil, err
	}
	config.Log = log
	store, err := vault.New(config)
	if err != nil {
		return nil, fmt.Errorf("--store vault: %w", err)
	}
	err = store.Ping(ctx)
	switch {
	case vault.Temporary(err):
		if log != nil {
			log.Warn("vault does not answer yet", "error", err)
		}
	case err != nil:
		return nil, &exit.Error{Code: exit.Failed, Err: errors.Join(fmt.Errorf("--store vault: %w", err), store.Close())}
	}
	return store, nil
}

// vaultConfig returns the configuration that the flags describe. Flags that are not
// set come from the variables that Vault's own command reads.
func (c *Command) vaultConfig(f vaultFlags) (vault.Config, error) {
	out := vault.Config{
		Address: cmp.Or(f.address, c.getenv("VAULT_ADDR")), Mount: f.mount, Prefix: f.prefix,
		Namespace: cmp.Or(f.namespace, c.getenv("VAULT_NAMESPACE")), MaxVersions: f.maxVersions,
		TLS: vault.TLS{
			CACert: cmp.Or(f.tls.CACert, c.getenv("VAULT_CACERT")), CAPath: c.getenv("VAULT_CAPATH"),
			ClientCert: cmp.Or(f.tls.ClientCert, c.getenv("VAULT_CLIENT_CERT")),
			ClientKey:  cmp.Or(f.tls.ClientKey, c.getenv("VAULT_CLIENT_KEY")),
			ServerName: cmp.Or(f.tls.ServerName, c.getenv("VAULT_TLS_SERVER_NAME")),
		},
	}
	if skip := c.getenv("VAULT_SKIP_VERIFY"); skip != "" {
		insecure, err := strconv.ParseBool(skip)
		if err != nil {
			return out, errors.New("VAULT_SKIP_VERIFY: it must be true or false")
		}
		out.TLS.Insecure = insecure
	}
	if out.Address == "" {
		return out, errors.New("--store vault: no address: give --vault-address or set VAULT_ADDR")
	}
	if u, ok := address.Absolute(out.Address); ok && !f.allowHTTP && address.Unencrypted(u) {
		return out, fmt.Errorf("--store vault: %s would receive token and values unencrypted: use https, or pass --vault-allow-http", u.Scheme+"://"+u.Host)
	}
	var err error
	out.Login, err = c.vaultLogin(f)
	return out, err
}

func (c *Command) vaultLogin(f vaultFlags) (vault.Login, error) {
	switch f.auth {
	case "token":
		if f.tokenFile != "" {
			return vault.Token{Token: vault.File(f.tokenFile)}, nil
		}
		if text := strings.TrimSpace(c.getenv("VAULT_TOKEN")); text != "" {
			return vault.Token{Token: vault.Static(text)}, nil
		}
		return nil, errors.New("--store vault: no token: give --vault-token-file, set VAULT_TOKEN, or log in with --vault-auth")
	case "approle":
		if f.roleID == "" || f.secretIDFile == "" {
			return nil, errors.New("--vault-auth approle: give --vault-role-id and --vault-secret-id-file")
		}
		return vault.AppRole{Mount: f.authMount, RoleID: f.roleID, SecretID: vault.File(f.secretIDFile)}, nil
	}
	if f.role == "" {
		return nil, errors.New("--vault-auth kubernetes: give --vault-role")
	}
	return vault.Kubernetes{Mount: f.authMount, Role: f.role, JWT: vault.File(f.jwtFile)}, nil
}
