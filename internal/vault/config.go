package vault

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

// Defaults of [Config].
const (
	DefaultMount    = "secret"
	DefaultPrefix   = "prefect-secrets"
	defaultPatience = 15 * time.Second
)

// Config describes a store. Nothing is read from the environment.
type Config struct {
	// Address is the URL of the server, without credentials. Required.
	Address string
	// Mount is where the KV engine of version 2 is mounted; empty means "secret".
	Mount string
	// Prefix is the path within the mount below which everything is stored; empty means
	// "prefect-secrets".
	Prefix string
	// Namespace is a namespace of Vault Enterprise or OpenBao; empty means the root.
	Namespace string
	// Login is how to get a token: [Token], [AppRole] or [Kubernetes]. Required.
	Login Login
	// TLS is for an https address; the zero value trusts the system's CAs.
	TLS TLS
	// MaxVersions is how many versions of a secret Vault keeps. It is set when a secret
	// is created, which costs one more request; existing secrets keep their setting.
	// Zero leaves it to the mount, whose own default is 10.
	MaxVersions int
	// Patience bounds how long an operation is retried while Vault is sealed, busy or
	// unreachable, within the caller's context; zero means 15 s.
	Patience time.Duration
	// Transport sends the requests; nil means HTTP over the network. TLS does not apply
	// to another one.
	Transport http.RoundTripper
	// Log receives logins, renewals and their failures; nil discards them.
	Log *slog.Logger
}

// TLS configures which certificates to trust, and the client certificate.
type TLS struct {
	// CACert and CAPath are a file and a directory of PEM certificates; with
	// neither, the system's are trusted. CACert wins.
	CACert, CAPath string
	// ClientCert and ClientKey are files in PEM, given together or not at all.
	ClientCert, ClientKey string
	// ServerName is the name that the server's certificate must have; empty means the
	// host of the address.
	ServerName string
	// Insecure accepts any certificate.
	Insecure bool
}

// setDefaults replaces empty fields with their defaults.
func (c *Config) setDefaults() {
	if c.Mount = strings.Trim(c.Mount, "/"); c.Mount == "" {
		c.Mount = DefaultMount
	}
	if c.Prefix = strings.Trim(c.Prefix, "/"); c.Prefix == "" {
		c.Prefix = DefaultPrefix
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

func (c *Config) check() error {
	return errors.Join(
		checkAddress(c.Address), checkPath("mount", c.Mount), checkPath("prefix", c.Prefix), c.checkOptions())
}

func (c *Config) checkOptions() error {
	switch {
	case c.Login == nil:
		return errors.New("no login for Vault: set a token, an AppRole or a Kubernetes role")
	case c.MaxVersions < 0:
		return fmt.Errorf("max versions is %d: use 0 for the mount's own setting", c.MaxVersions)
	case (c.TLS.ClientCert == "") != (c.TLS.ClientKey == ""):
		return errors.New("the client certificate and its key go together: set both")
	}
	return c.Login.check()
}

func checkAddress(addr string) error {
	u, ok := address.Absolute(addr)
	switch {
	case !ok:
		return errors.New("the address of Vault must begin with https:// or http:// and name a host")
	case u.User != nil:
		return errors.New("the address of Vault contains credentials: use a token, an AppRole or a Kubernetes role")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("the address of Vault contains a query or a fragment: remove it")
	}
	return nil
}

// checkPath refuses a path that Vault or a proxy might treat as another one.
func checkPath(what, path string) error {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "." || strings.Contains(segment, "..") || strings.ContainsFunc(segment, isUnsafeInPath) {
			return fmt.Errorf("vault %s %q: use segments of letters, digits, '-', '_' and '.' between slashes", what, path)
		}
	}
	return nil
}

func isUnsafeInPath(r rune) bool { return r > 0x7f || !isUnescaped[byte(r)] && r != '.' }
