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
	"github.com/prefect-secrets/prefect-secrets/internal/h2"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

const (
	maxToken = 8 << 10 // bytes; GitHub's tokens take about 2 KiB
	// clockSkew is how far an issuer's clock may be ahead of ours.
	clockSkew = time.Minute
)

// gitHubAuth authenticates the tokens that GitHub Actions issues to workflows with the
// permission id-token: write.
type gitHubAuth struct {
	log       *slog.Logger
	now       func() time.Time
	meter     *meter
	transport http.RoundTripper

	mu       sync.Mutex
	audience string
	mappings []keysfile.Mapping
	issuers  map[string]*issuer // those that mappings name, by URL
}

func newGitHubAuth(c Config, m *meter) *gitHubAuth {
	return &gitHubAuth{
		log: c.Log, now: c.Now, meter: m,
		transport: cmp.Or[http.RoundTripper](c.Transport, h2.Enable(http.DefaultTransport.(*http.Transport).Clone())),
		issuers:   map[string]*issuer{},
	}
}

// use replaces the mappings by those of a keys file. Issuers that remain keep their
// keys.
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

// authenticate returns the key of a token that a mapping accepts, else nil. The client
// does not learn why its token is refused. The log does, and it holds nothing of a
// token whose signature is not valid. The only error is [errNoAnswer]: the client may
// retry then.
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
		g.logOutcome(ctx, "unjudged", "a GitHub token could not be verified", err.Error(), nil)
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
	return &cloud.Key{
		Name: m.Name, Role: cloud.Admin, Tenants: m.Tenants, Patterns: m.Patterns, Expires: found.expires,
	}, nil
}

func (g *gitHubAuth) logRefused(ctx context.Context, reason string, c *claims) {
	g.logOutcome(ctx, "refused", "a GitHub token was refused", reason, c)
}

// logOutcome counts a token that was not accepted, and logs why.
func (g *gitHubAuth) logOutcome(ctx context.Context, outcome, message, reason string, c *claims) {
	g.meter.countGitHubToken(outcome)
	req := requestOf(ctx)
	attrs := []any{"reason", reason, "request", req.id, "remote", req.remote}
	if c != nil {
		attrs = append(attrs, c.attr())
	}
	g.log.Warn(message, attrs...)
}

// withGitHubToken authenticates a GitHub token before its request takes a turn, since
// that may have to wait for the issuer. If the issuer does not answer, the client is
// asked to retry.
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

// gitHubKeyOf returns the key that [Server.withGitHubToken] found for a request.
func gitHubKeyOf(ctx context.Context, _ string) (*cloud.Key, error) {
	return requestOf(ctx).gitHubKey, nil
}
