package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/sethvargo/go-githubactions"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// HasIDToken reports whether the job may ask GitHub who it is, which takes the
// permission id-token: write.
func (r *Runner) HasIDToken() bool {
	return r.getenv("ACTIONS_ID_TOKEN_REQUEST_URL") != "" && r.getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN") != ""
}

// IDToken asks GitHub for an OpenID Connect token of this job for one audience,
// and masks it. The value is a JSON string. No error holds what GitHub answered.
func (r *Runner) IDToken(ctx context.Context, audience string) (prefect.Value, error) {
	token, err := r.action.GetIDToken(ctx, audience)
	var refused *githubactions.RequestFailedError
	switch {
	case errors.As(err, &refused):
		return prefect.Value{}, fmt.Errorf("asking GitHub for an id token: HTTP %d", refused.StatusCode)
	case ctx.Err() != nil:
		return prefect.Value{}, fmt.Errorf("asking GitHub for an id token: %w", ctx.Err())
	case err != nil || token == "":
		return prefect.Value{}, errors.New("asking GitHub for an id token: no answer that holds one")
	}
	value := prefect.TextValue(token)
	r.MaskValue("the id token", value)
	return value, nil
}

// idTokenAge is for how long a token is sent before another is asked for. GitHub's
// live for five minutes (GitHub, "OpenID Connect reference", exp and iat).
const idTokenAge = 2 * time.Minute

// IDTokenTransport sends requests under a token of [Runner.IDToken] that is never
// about to expire.
type IDTokenTransport struct {
	Runner   *Runner
	Audience string
	Base     http.RoundTripper
	Now      func() time.Time

	mu    sync.Mutex
	token prefect.Value
	asked time.Time
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

// Token is the token at hand, or a new one once that is old.
func (t *IDTokenTransport) Token(ctx context.Context) (prefect.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.asked.IsZero() && t.Now().Sub(t.asked) < idTokenAge {
		return t.token, nil
	}
	token, err := t.Runner.IDToken(ctx, t.Audience)
	if err != nil {
		return prefect.Value{}, err
	}
	t.token, t.asked = token, t.Now()
	return token, nil
}
