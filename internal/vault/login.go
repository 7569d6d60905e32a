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

// Text gives a secret text each time one is needed, so that it may change while
// the store runs.
type Credential func() (string, error)

// Is is a text that does not change.
func Static(text string) Credential { return func() (string, error) { return text, nil } }

// File is what is in a file, without white space around it.
func File(path string) Credential {
	return func() (string, error) {
		text, err := os.ReadFile(path)
		return strings.TrimSpace(string(text)), err
	}
}

// read refuses what cannot be sent, and does not repeat it.
func (t Credential) read(what string) (string, error) {
	text, err := t()
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the %s for vault: %w", what, err)
	case text == "":
		return "", fmt.Errorf("the %s for vault is empty", what)
	case strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }):
		return "", fmt.Errorf("the %s for vault contains spaces or control characters", what)
	}
	return text, nil
}

// Token is a token that somebody else has made and, if it cannot be renewed,
// replaces in time.
type Token struct{ Token Credential }

func (l Token) check() error {
	if l.Token == nil {
		return errors.New("no token for vault")
	}
	return nil
}

func (l Token) login(ctx context.Context, c *client) (token, error) {
	text, err := l.Token.read("token")
	if err != nil {
		return token{}, err
	}
	found, a, err := c.call(text, func(as *api.Client) (*api.Secret, error) { return as.Auth().Token().LookupSelfWithContext(ctx) })
	if err == nil && a.status == http.StatusForbidden { // ended, or not allowed to look
		return token{ClientToken: text}, nil
	}
	if err := checkResponse(lookupSelf, a, err); err != nil {
		return token{}, err
	}
	ttl, err := found.TokenTTL()
	renewable, err2 := found.TokenIsRenewable()
	if errors.Join(err, err2) != nil {
		return token{}, errUnreadable
	}
	return token{ClientToken: text, LeaseDuration: int(ttl.Seconds()), Renewable: renewable}, nil
}

// AppRole logs in with a role id and a secret id.
type AppRole struct {
	Mount    string // empty means "approle"
	RoleID   string
	SecretID Credential
}

func (l AppRole) check() error {
	if l.RoleID == "" || l.SecretID == nil {
		return errors.New("no role id or no secret id for vault's AppRole")
	}
	return checkMount(l.Mount)
}

func (l AppRole) login(ctx context.Context, c *client) (token, error) {
	text, err := l.SecretID.read("secret id")
	if err != nil {
		return token{}, err
	}
	mount := mountOr(l.Mount, "approle")
	method, err := approle.NewAppRoleAuth(l.RoleID, &approle.SecretID{FromString: text}, approle.WithMountPath(mount))
	if err != nil {
		return token{}, err
	}
	return c.login(ctx, mount, method)
}

// ServiceAccount is where Kubernetes puts the token of a pod's service account.
const ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// Kubernetes logs in with the token of a pod's service account.
type Kubernetes struct {
	Mount string // empty means "kubernetes"
	Role  string
	JWT   Credential // nil means the file [ServiceAccount]
}

func (l Kubernetes) check() error {
	if l.Role == "" {
		return errors.New("no role for vault's Kubernetes login")
	}
	return checkMount(l.Mount)
}

func (l Kubernetes) login(ctx context.Context, c *client) (token, error) {
	source := l.JWT
	if source == nil {
		source = File(ServiceAccount)
	}
	jwt, err := source.read("service account's token")
	if err != nil {
		return token{}, err
	}
	mount := mountOr(l.Mount, "kubernetes")
	method, err := kubernetes.NewKubernetesAuth(l.Role, kubernetes.WithServiceAccountToken(jwt), kubernetes.WithMountPath(mount))
	if err != nil {
		return token{}, err
	}
	return c.login(ctx, mount, method)
}

func mountOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return strings.Trim(text, "/")
}

func checkMount(mount string) error {
	if mount == "" {
		return nil
	}
	return checkPath("login mount", strings.Trim(mount, "/"))
}

// login asks an auth mount for a token.
func (c *client) login(ctx context.Context, mount string, method api.AuthMethod) (token, error) {
	r := request{method: http.MethodPut, path: "auth/" + mount + "/login"}
	given, a, err := c.call("", func(as *api.Client) (*api.Secret, error) { return method.Login(ctx, as) })
	if err == nil && a.status/100 == 4 && a.status != http.StatusTooManyRequests && a.status != http.StatusPreconditionFailed {
		return token{}, fmt.Errorf("vault refused the login at %q: %s", r.path, a.message())
	}
	if err := checkResponse(r, a, err); err != nil {
		return token{}, err
	}
	if given == nil || given.Auth == nil || given.Auth.ClientToken == "" {
		return token{}, errors.New("vault's answer to the login holds no token")
	}
	return *given.Auth, nil
}
