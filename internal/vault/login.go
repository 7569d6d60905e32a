package vault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"unicode"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"
	"github.com/hashicorp/vault/api/auth/kubernetes"
)

// Login is a way to get a token: [Token], [AppRole] or [Kubernetes].
type Login interface {
	check() error
	login(ctx context.Context, c *client) (token, error)
}

// Credential returns a token, secret id or JWT. It is called whenever one is needed, so
// the credential may change while the store runs.
type Credential func() (string, error)

// Static returns a Credential that never changes.
func Static(value string) Credential { return func() (string, error) { return value, nil } }

// File returns a Credential that reads a file, without surrounding white space.
func File(path string) Credential {
	return func() (string, error) {
		data, err := os.ReadFile(path)
		return strings.TrimSpace(string(data)), err
	}
}

// read returns the credential. It refuses one that cannot be sent, without quoting it.
func (c Credential) read(what string) (string, error) {
	value, err := c()
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the %s for Vault: %w", what, err)
	case value == "":
		return "", fmt.Errorf("the %s for Vault is empty", what)
	case strings.ContainsFunc(value, isUnsendable):
		return "", fmt.Errorf("the %s for Vault contains spaces or control characters", what)
	}
	return value, nil
}

func isUnsendable(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }

// Token logs in with a token from elsewhere. If it cannot be renewed, its provider has
// to replace it in time.
type Token struct{ Token Credential }

func (l Token) check() error {
	if l.Token == nil {
		return errors.New("no token for Vault")
	}
	return nil
}

func (l Token) login(ctx context.Context, c *client) (token, error) {
	value, err := l.Token.read("token")
	if err != nil {
		return token{}, err
	}
	found, resp, err := c.call(value, func(vault *api.Client) (*api.Secret, error) {
		return vault.Auth().Token().LookupSelfWithContext(ctx)
	})
	if err == nil && resp.status == http.StatusForbidden { // ended, or without permission to look itself up
		return token{ClientToken: value}, nil
	}
	if err := checkResponse(lookupSelf, resp, err); err != nil {
		return token{}, err
	}
	ttl, ttlErr := found.TokenTTL()
	renewable, renewableErr := found.TokenIsRenewable()
	if ttlErr != nil || renewableErr != nil {
		return token{}, errUnreadable
	}
	return token{ClientToken: value, LeaseDuration: int(ttl.Seconds()), Renewable: renewable}, nil
}

// AppRole logs in with a role id and a secret id.
type AppRole struct {
	Mount    string // empty means "approle"
	RoleID   string
	SecretID Credential
}

func (l AppRole) check() error {
	if l.RoleID == "" || l.SecretID == nil {
		return errors.New("no role id or no secret id for Vault's AppRole")
	}
	return checkMount(l.Mount)
}

func (l AppRole) login(ctx context.Context, c *client) (token, error) {
	secretID, err := l.SecretID.read("secret id")
	if err != nil {
		return token{}, err
	}
	mount := mountOr(l.Mount, "approle")
	id := &approle.SecretID{FromString: secretID}
	method, err := approle.NewAppRoleAuth(l.RoleID, id, approle.WithMountPath(mount))
	if err != nil {
		return token{}, err
	}
	return c.login(ctx, mount, method)
}

// ServiceAccount is the path at which Kubernetes puts the token of a pod's service
// account.
const ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// Kubernetes logs in with the token of a pod's service account.
type Kubernetes struct {
	Mount string // empty means "kubernetes"
	Role  string
	JWT   Credential // nil means the file at [ServiceAccount]
}

func (l Kubernetes) check() error {
	if l.Role == "" {
		return errors.New("no role for Vault's Kubernetes login")
	}
	return checkMount(l.Mount)
}

func (l Kubernetes) login(ctx context.Context, c *client) (token, error) {
	credential := l.JWT
	if credential == nil {
		credential = File(ServiceAccount)
	}
	jwt, err := credential.read("service account's token")
	if err != nil {
		return token{}, err
	}
	mount := mountOr(l.Mount, "kubernetes")
	method, err := kubernetes.NewKubernetesAuth(
		l.Role, kubernetes.WithServiceAccountToken(jwt), kubernetes.WithMountPath(mount))
	if err != nil {
		return token{}, err
	}
	return c.login(ctx, mount, method)
}

// mountOr returns a login mount, or its default.
func mountOr(mount, defaultMount string) string {
	if mount == "" {
		return defaultMount
	}
	return strings.Trim(mount, "/")
}

func checkMount(mount string) error {
	if mount == "" {
		return nil
	}
	return checkPath("login mount", strings.Trim(mount, "/"))
}

// login requests a token from an auth mount.
func (c *client) login(ctx context.Context, mount string, method api.AuthMethod) (token, error) {
	req := request{method: http.MethodPut, path: "auth/" + mount + "/login"}
	secret, resp, err := c.call("", func(vault *api.Client) (*api.Secret, error) { return method.Login(ctx, vault) })
	if err == nil && resp.status/100 == 4 && !resp.isTemporary() {
		return token{}, fmt.Errorf("login refused by Vault at %q: %s", req.path, resp.message())
	}
	if err := checkResponse(req, resp, err); err != nil {
		return token{}, err
	}
	if secret == nil || secret.Auth == nil || secret.Auth.ClientToken == "" {
		return token{}, errors.New("the answer to the login contains no token")
	}
	return *secret.Auth, nil
}
