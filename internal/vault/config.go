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
	DefaultPatience = 15 * time.Second
)

// Config describes a store. Nothing is read from the environment.
type Config struct {
	// Address is the URL of the server, without credentials. Required.
	Address string
	// Mount is where the KV engine of version 2 is mounted; empty means "secret".
	Mount string
	// Prefix is the path within the mount beneath which everything is kept; empty
	// means "prefect-secrets".
	Prefix string
	// Namespace is that of Vault Enterprise or OpenBao; empty means the root.
	Namespace string
	// Login says how to get a token: [Token], [AppRole] or [Kubernetes]. Required.
	Login Login
	// TLS is for an https address; the zero value trusts the system's CAs.
	TLS TLS
	// MaxVersions is how many versions of a secret are kept. It is set when a
	// secret is created, for one request more; existing secrets keep what they
	// have. Zero leaves it to the mount, whose own default is 10.
	MaxVersions int
	// Patience bounds how long an operation is tried again while Vault is sealed,
	// busy or gone, within the caller's context; zero means 15 s.
	Patience time.Duration
	// Transport carries the requests; nil means HTTP over the network. TLS is not
	// applied to it.
	Transport http.RoundTripper
	// Log is told of logins, renewals and their failures; nil means nobody.
	Log *slog.Logger
}

// TLS says whom to trust, and who we are.
type TLS struct {
	// CACert and CAPath are a file and a directory of PEM certificates; with
	// neither, the system's are trusted. CACert wins.
	CACert, CAPath string
	// ClientCert and ClientKey are files in PEM, given together or not at all.
	ClientCert, ClientKey string
	// ServerName is the name that the certificate must have; empty means the
	// address's.
	ServerName string
	// Insecure accepts any certificate.
	Insecure bool
}

// complete fills in what is missing and checks the rest.
func (c *Config) setDefaults() error {
	if c.Mount = strings.Trim(c.Mount, "/"); c.Mount == "" {
		c.Mount = DefaultMount
	}
	if c.Prefix = strings.Trim(c.Prefix, "/"); c.Prefix == "" {
		c.Prefix = DefaultPrefix
	}
	if c.Patience == 0 {
		c.Patience = DefaultPatience
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return errors.Join(checkAddress(c.Address), checkPath("mount", c.Mount), checkPath("prefix", c.Prefix), c.checkRest())
}

func (c *Config) checkRest() error {
	switch {
	case c.Login == nil:
		return errors.New("no way to log in to vault: give a token, an AppRole or a Kubernetes role")
	case c.MaxVersions < 0:
		return fmt.Errorf("max versions is %d: use 0 for the mount's own setting", c.MaxVersions)
	case (c.TLS.ClientCert == "") != (c.TLS.ClientKey == ""):
		return errors.New("a client certificate without its key, or the reverse: give both")
	}
	return c.Login.check()
}

func checkAddress(text string) error {
	u, ok := address.Absolute(text)
	switch {
	case !ok:
		return errors.New("the address of vault must begin with https:// or http:// and name a host")
	case u.User != nil:
		return errors.New("the address of vault holds credentials: use a token, an AppRole or a Kubernetes role")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("the address of vault holds a query or a fragment")
	}
	return nil
}

// checkPath refuses what Vault or a proxy might read as another path.
func checkPath(what, path string) error {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, isUnsafeInPath) || strings.Contains(segment, "..") {
			return fmt.Errorf("vault %s %q: use segments of letters, digits, '-', '_' and '.' between slashes", what, path)
		}
	}
	return nil
}

func isUnsafeInPath(r rune) bool { return r > 0x7f || !isUnescaped(byte(r)) && r != '.' }
