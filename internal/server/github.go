package server

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

const (
	maxToken = 8 << 10 // bytes; GitHub's tokens take about 2 KiB
	// clockSkew is how far an issuer's clock may be before ours.
	clockSkew = time.Minute
)

// gitHub admits the tokens that GitHub Actions gives to a workflow with the
// permission id-token: write.
type gitHubAuth struct {
	log       *slog.Logger
	now       func() time.Time
	meter     *meter
	transport http.RoundTripper

	mu       sync.Mutex
	audience string
	mappings []keysfile.Mapping
	issuers  map[string]*issuer // those that mappings name
}

func newGitHubAuth(c Config, m *meter) *gitHubAuth {
	return &gitHubAuth{log: c.Log, now: c.Now, meter: m, transport: cmp.Or[http.RoundTripper](c.Transport, http.DefaultTransport), issuers: map[string]*issuer{}}
}

// admit takes the mappings of a keys file. Issuers that stay keep their keys.
func (g *gitHubAuth) use(audience string, mappings []keysfile.Mapping) {
	g.mu.Lock()
	defer g.mu.Unlock()
	issuers := map[string]*issuer{}
	for _, m := range mappings {
		if issuers[m.Issuer] == nil {
			issuers[m.Issuer] = cmp.Or(g.issuers[m.Issuer], newIssuer(m.Issuer, g.transport, g.now))
		}
	}
	g.audience, g.mappings, g.issuers = audience, mappings, issuers
}

// judge gives the key of a token that a mapping admits, or nil. Whatever is wrong,
// the client learns no more than that; the log says what, and holds nothing of a
// token whose signature is not good. The error is [errNoAnswer], and then the
// client may come again.
func (g *gitHubAuth) authenticate(ctx context.Context, token string) (*cloud.Key, error) {
	g.mu.Lock()
	audience, mappings, issuer := g.audience, g.mappings, g.issuers[claimedIssuer(token)]
	g.mu.Unlock()
	switch {
	case len(mappings) == 0 || strings.Count(token, ".") != 2:
		return nil, nil
	case issuer == nil:
		g.logRefused(ctx, "no mapping has its issuer", nil)
		return nil, nil
	}
	found, err := issuer.verify(ctx, token)
	if errors.Is(err, errNoAnswer) {
		g.logOutcome(ctx, "unjudged", "a GitHub token could not be judged", err.Error(), nil)
		return nil, errNoAnswer
	}
	if err != nil {
		g.logRefused(ctx, err.Error(), nil)
		return nil, nil
	}
	m, reason := found.match(issuer.url, audience, mappings)
	if reason != "" {
		g.logRefused(ctx, reason, found)
		return nil, nil
	}
	g.meter.countGitHubToken("admitted")
	requestOf(ctx).workflow = &found.workflow
	return &cloud.Key{Name: m.Name, Role: cloud.Admin, Tenants: m.Tenants, Patterns: m.Patterns, Expires: found.expires}, nil
}

func (g *gitHubAuth) logRefused(ctx context.Context, reason string, c *claims) {
	g.logOutcome(ctx, "refused", "a GitHub token was refused", reason, c)
}

// note counts a token that was not admitted, and logs why.
func (g *gitHubAuth) logOutcome(ctx context.Context, outcome, message, reason string, c *claims) {
	g.meter.countGitHubToken(outcome)
	about := requestOf(ctx)
	attrs := []any{"reason", reason, "request", about.id, "remote", about.remote}
	if c != nil {
		attrs = append(attrs, c.attr())
	}
	g.log.Warn(message, attrs...)
}

// judged finds out whose a token of GitHub's is before its request takes a place
// among those in work, for its issuer may have to be asked. Where that has no answer
// the client is to come again.
func (s *Server) withGitHubToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := cloud.Bearer(r.Header)
		key, err := s.github.authenticate(r.Context(), token)
		if err != nil {
			_ = s.onCall(r.Context(), cloud.Call{Err: "API_ERROR"})
			writeUnavailable(w, noKeysAnswer)
			return
		}
		requestOf(r.Context()).gitHubKey = key
		next.ServeHTTP(w, r)
	})
}

// tokenOf is what [Server.withGitHubToken] found out about the token of a request.
func gitHubKeyOf(ctx context.Context, _ string) (*cloud.Key, error) {
	return requestOf(ctx).gitHubKey, nil
}
