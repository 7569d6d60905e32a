package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode"
)

// Login is a way to get a token: [Token], [AppRole] or [Kubernetes].
type Login interface {
	check() error
	login(ctx context.Context, c *client) (token, error)
}

// Text gives a secret text each time one is needed, so that it may change while
// the store runs.
type Text func() (string, error)

// Is is a text that does not change.
func Is(text string) Text { return func() (string, error) { return text, nil } }

// File is what is in a file, without white space around it.
func File(path string) Text {
	return func() (string, error) {
		text, err := os.ReadFile(path)
		return strings.TrimSpace(string(text)), err
	}
}

// read refuses what cannot be sent, and does not repeat it.
func (t Text) read(what string) (string, error) {
	text, err := t()
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the %s for vault: %w", what, err)
	case text == "":
		return "", fmt.Errorf("the %s for vault is empty", what)
	case strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }):
		return "", fmt.Errorf("the %s for vault holds blanks or control characters", what)
	}
	return text, nil
}

// Token is a token that somebody else has made and, if it cannot be renewed,
// replaces in time.
type Token struct{ Token Text }

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
	a, err := c.once(ctx, text, lookupSelf)
	switch {
	case err != nil:
		return token{}, judge(lookupSelf, a, err)
	case a.status == http.StatusForbidden: // ended, or not allowed to look
		return token{text: text}, nil
	}
	if err := judge(lookupSelf, a, nil); err != nil {
		return token{}, err
	}
	var body struct {
		Data struct {
			TTL       int
			Renewable bool
		}
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		return token{}, errors.New("vault's answer about the token is not readable")
	}
	return token{text: text, ttl: time.Duration(body.Data.TTL) * time.Second, renewable: body.Data.Renewable}, nil
}

// AppRole logs in with a role id and a secret id.
type AppRole struct {
	Mount    string // empty means "approle"
	RoleID   string
	SecretID Text // nil where the role does not ask for one
}

func (l AppRole) check() error {
	if l.RoleID == "" {
		return errors.New("no role id for vault's AppRole")
	}
	return checkMount(l.Mount)
}

func (l AppRole) login(ctx context.Context, c *client) (token, error) {
	in := map[string]string{"role_id": l.RoleID}
	if l.SecretID != nil {
		text, err := l.SecretID.read("secret id")
		if err != nil {
			return token{}, err
		}
		in["secret_id"] = text
	}
	return c.login(ctx, or(l.Mount, "approle"), in)
}

// ServiceAccount is where Kubernetes puts the token of a pod's service account.
const ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// Kubernetes logs in with the token of a pod's service account.
type Kubernetes struct {
	Mount string // empty means "kubernetes"
	Role  string
	JWT   Text // nil means the file [ServiceAccount]
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
	return c.login(ctx, or(l.Mount, "kubernetes"), map[string]string{"role": l.Role, "jwt": jwt})
}

func or(text, otherwise string) string {
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
func (c *client) login(ctx context.Context, mount string, in map[string]string) (token, error) {
	r := request{method: http.MethodPut, path: "auth/" + mount + "/login", body: in}
	a, err := c.once(ctx, "", r)
	if err == nil && a.status/100 == 4 && a.status != http.StatusTooManyRequests && a.status != http.StatusPreconditionFailed {
		return token{}, fmt.Errorf("vault refused the login at %q: %s", r.path, a.text())
	}
	if err := judge(r, a, err); err != nil {
		return token{}, err
	}
	return leased(a.body)
}

// leased reads the token of a login or a renewal.
func leased(body []byte) (token, error) {
	var in struct {
		Auth struct {
			ClientToken   string `json:"client_token"`
			LeaseDuration int    `json:"lease_duration"`
			Renewable     bool
		}
	}
	if json.Unmarshal(body, &in) != nil || in.Auth.ClientToken == "" {
		return token{}, errors.New("vault's answer to the login holds no token")
	}
	return token{
		text: in.Auth.ClientToken, ttl: time.Duration(in.Auth.LeaseDuration) * time.Second, renewable: in.Auth.Renewable,
	}, nil
}
