package vault_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

// overNetwork configures a store to use real connections to a URL.
func overNetwork(url string) func(*vault.Config) {
	return func(c *vault.Config) { c.Address, c.Transport, c.Patience = url, nil, time.Second }
}

func TestNothingIsTakenFromTheEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"VAULT_ADDR": "https://elsewhere.test", "VAULT_AGENT_ADDR": "https://elsewhere.test", "VAULT_TOKEN": "other",
		"VAULT_NAMESPACE": "other", "VAULT_WRAP_TTL": "60s", "VAULT_HEADERS": `{"X-Other":"1"}`,
		"VAULT_SKIP_VERIFY": "true", "VAULT_MAX_RETRIES": "7",
	} {
		t.Setenv(name, value)
	}
	f := vaulttest.NewFake()
	var seen http.Header
	f.Before = func(_ http.ResponseWriter, r *http.Request) bool { seen = r.Header.Clone(); return false }
	mustSet(t, newStore(t, f), "x", `1`, false)
	want := http.Header{"X-Vault-Request": {"true"}, "X-Vault-Token": {vaulttest.RootToken}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	mustSet(t, newStore(t, f, func(c *vault.Config) { c.Namespace = "team/a" }), "x", `1`, false)
	if got := seen.Get("X-Vault-Namespace"); got != "team/a" {
		t.Errorf("namespace %q", got)
	}
}

func TestStandbyNodeThatRedirects(t *testing.T) {
	f := vaulttest.NewFake()
	active := httptest.NewServer(f)
	defer active.Close()
	standby := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, active.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}))
	defer standby.Close()
	s := newStore(t, f, overNetwork(standby.URL))
	mustSet(t, s, "a b", `"v"`, true)
	if got, err := s.Get(t.Context(), tenant, "a b"); err != nil || string(got) != `"v"` {
		t.Errorf("%s, %v", got, err)
	}
	if names, err := s.Names(t.Context(), tenant); err != nil || len(names) != 1 {
		t.Errorf("%q, %v", names, err)
	}
}

func TestRedirectToClearTextIsNotFollowed(t *testing.T) {
	f := vaulttest.NewFake()
	insecure := httptest.NewServer(f)
	defer insecure.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, insecure.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}))
	defer secure.Close()
	s := newStore(t, f, overNetwork(secure.URL), func(c *vault.Config) { c.TLS.Insecure = true })
	if err := s.Delete(t.Context(), tenant, "x"); err == nil || len(f.Requests()) > 0 {
		t.Errorf("the token was sent unencrypted: %v", err)
	}
}

// authority is a CA that writes the certificates it signs to a directory.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{dir: t.TempDir(), key: key}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.write(t, "ca", a.cert, key)
	return a
}

// sign writes NAME.pem and NAME.key.
func (a *authority) sign(t *testing.T, name string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, name, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotAfter:    time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, key)
}

func (a *authority) write(t *testing.T, name string, cert *x509.Certificate, key *ecdsa.PrivateKey) {
	der, err := x509.CreateCertificate(rand.Reader, cert, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "EC PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(a.path(file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (a *authority) path(file string) string { return filepath.Join(a.dir, file) }

func TestTLS(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	ca.sign(t, "vault.internal")
	ca.sign(t, "serve")
	other.sign(t, "serve")
	pair, err := tls.LoadX509KeyPair(ca.path("vault.internal.pem"), ca.path("vault.internal.key"))
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(ca.path("ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	f := vaulttest.NewFake()
	server := httptest.NewUnstartedServer(f)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}
	server.StartTLS()
	defer server.Close()

	full := vault.TLS{
		CACert: ca.path("ca.pem"), ClientCert: ca.path("serve.pem"), ClientKey: ca.path("serve.key"),
		ServerName: "vault.internal",
	}
	tests := map[string]struct {
		change func(*vault.TLS)
		want   string // in the error; empty if there is none
	}{
		"all":           {func(*vault.TLS) {}, ""},
		"CAs of a path": {func(c *vault.TLS) { c.CACert, c.CAPath = "", ca.dir }, ""},
		"insecure":      {func(c *vault.TLS) { c.CACert, c.ServerName, c.Insecure = other.path("ca.pem"), "", true }, ""},
		"another CA":    {func(c *vault.TLS) { c.CACert = other.path("ca.pem") }, "certificate signed by unknown authority"},
		"another name":  {func(c *vault.TLS) { c.ServerName = "" }, "certificate"},
		"no client":     {func(c *vault.TLS) { c.ClientCert, c.ClientKey = "", "" }, "certificate"},
		"another client": {func(c *vault.TLS) {
			c.ClientCert, c.ClientKey = other.path("serve.pem"), other.path("serve.key")
		}, "certificate"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			config := full
			tt.change(&config)
			s := newStore(t, f, overNetwork(server.URL), func(c *vault.Config) { c.TLS = config })
			err := s.Ping(t.Context())
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestConfigThatIsRefused(t *testing.T) {
	dir := t.TempDir()
	noPEM := filepath.Join(dir, "no.pem")
	if err := os.WriteFile(noPEM, []byte("CANARY"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(*vault.Config)
		want   string
	}{
		"no address":       {func(c *vault.Config) { c.Address = "" }, "the address of Vault"},
		"no scheme":        {func(c *vault.Config) { c.Address = "vault:8200" }, "https://"},
		"no URL":           {func(c *vault.Config) { c.Address = "http://CANARY:%zz@x" }, "must begin with https://"},
		"credentials":      {func(c *vault.Config) { c.Address = "https://u:CANARY@vault.test" }, "contains credentials"},
		"query":            {func(c *vault.Config) { c.Address = "https://vault.test?x=1" }, "a query"},
		"no login":         {func(c *vault.Config) { c.Login = nil }, "no login for Vault"},
		"empty token":      {func(c *vault.Config) { c.Login = vault.Token{} }, "no token"},
		"empty AppRole":    {func(c *vault.Config) { c.Login = vault.AppRole{} }, "no role id"},
		"no secret id":     {func(c *vault.Config) { c.Login = vault.AppRole{RoleID: "x"} }, "no secret id"},
		"empty Kubernetes": {func(c *vault.Config) { c.Login = vault.Kubernetes{} }, "no role"},
		"login mount": {func(c *vault.Config) {
			c.Login = vault.AppRole{Mount: "../sys", RoleID: "x", SecretID: vault.Static("x")}
		}, "login mount"},
		"mount":         {func(c *vault.Config) { c.Mount = "a/../b" }, `mount "a/../b"`},
		"prefix":        {func(c *vault.Config) { c.Prefix = "a b" }, `prefix "a b"`},
		"max versions":  {func(c *vault.Config) { c.MaxVersions = -1 }, "max versions is -1"},
		"half a client": {func(c *vault.Config) { c.TLS.ClientCert = "x" }, "set both"},
		"no CA file":    {func(c *vault.Config) { c.Transport, c.TLS.CACert = nil, filepath.Join(dir, "none") }, "none"},
		"no PEM":        {func(c *vault.Config) { c.Transport, c.TLS.CACert = nil, noPEM }, "it must be PEM"},
		"no CA path":    {func(c *vault.Config) { c.Transport, c.TLS.CAPath = nil, filepath.Join(dir, "none") }, "none"},
		"no client file": {func(c *vault.Config) {
			c.Transport, c.TLS.ClientCert, c.TLS.ClientKey = nil, noPEM, noPEM
		}, "client certificate"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := vault.Config{
				Address: "http://vault.test", Login: vault.Token{Token: vault.Static("t")}, Transport: http.DefaultTransport,
			}
			tt.change(&c)
			_, err := vault.New(c)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
		})
	}
}
