package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/sethvargo/go-githubactions"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// HasIDToken reports whether the job may request an OpenID Connect token, which needs
// the permission id-token: write.
func (r *Runner) HasIDToken() bool {
	return r.getenv("ACTIONS_ID_TOKEN_REQUEST_URL") != "" && r.getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN") != ""
}

// IDToken requests an OpenID Connect token of this job for one audience, and masks it.
// The value is a JSON string. The error, a [*httperr.UnsentError], names the host that
// was asked, and holds nothing of its answer.
func (r *Runner) IDToken(ctx context.Context, client *http.Client, audience string) (prefect.Value, error) {
	action := githubactions.New(githubactions.WithWriter(r.out), githubactions.WithGetenv(r.getenv), githubactions.WithHTTPClient(client))
	token, err := action.GetIDToken(ctx, audience)
	if err != nil || token == "" {
		cause, final := idTokenCause(ctx, err)
		return prefect.Value{}, &httperr.UnsentError{Err: fmt.Errorf("asking GitHub for an id token at %s: %w", r.idTokenHost(), cause), Final: final}
	}
	value := prefect.TextValue(token)
	r.MaskValue("the id token", value)
	return value, nil
}

var errNoToken = errors.New("no answer that has one")

// idTokenCause returns why there is no token, and whether a retry is useless.
func idTokenCause(ctx context.Context, err error) (cause error, final bool) {
	var refused *githubactions.RequestFailedError
	var failed *url.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err(), true
	case errors.As(err, &refused):
		final := refused.StatusCode < http.StatusInternalServerError && refused.StatusCode != http.StatusTooManyRequests
		return fmt.Errorf("HTTP %d", refused.StatusCode), final
	case errors.As(err, &failed):
		cause := httperr.Cause(failed.Err)
		return cause, !prefect.Retryable(fmt.Errorf("%w: %w", prefect.ErrNoAnswer, cause))
	}
	return errNoToken, false
}

func (r *Runner) idTokenHost() string {
	u, err := url.Parse(r.getenv("ACTIONS_ID_TOKEN_REQUEST_URL"))
	if err != nil || u.Host == "" {
		return "what ACTIONS_ID_TOKEN_REQUEST_URL says"
	}
	return u.Host
}

// idTokenAge is how long a token is used. GitHub's expire after five minutes (GitHub,
// "OpenID Connect reference", exp and iat).
const idTokenAge = 2 * time.Minute

// IDTokenTransport sends requests with a token of [Runner.IDToken], which it renews
// long before the token expires.
type IDTokenTransport struct {
	Runner   *Runner
	Audience string
	Base     http.RoundTripper
	Now      func() time.Time

	mu    sync.Mutex
	token prefect.Value
	asked time.Time // when token was requested
}

// RoundTrip implements http.RoundTripper.
func (t *IDTokenTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	token, err := t.Token(request.Context())
	if err != nil {
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+token.RevealText())
	return t.Base.RoundTrip(request)
}

// Token returns the current token, or a new one if that is older than idTokenAge.
func (t *IDTokenTransport) Token(ctx context.Context) (prefect.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.asked.IsZero() && t.Now().Sub(t.asked) < idTokenAge {
		return t.token, nil
	}
	token, err := t.Runner.IDToken(ctx, &http.Client{Transport: t.Base}, t.Audience)
	if err != nil {
		return prefect.Value{}, err
	}
	t.token, t.asked = token, t.Now()
	return token, nil
}
