package server

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

const (
	maxToken = 8 << 10 // bytes; GitHub's tokens take about 2 KiB
	// clockSkew is how far an issuer's clock may be before ours.
	clockSkew = time.Minute
)

// gitHub admits the tokens that GitHub Actions gives to a workflow with the
// permission id-token: write.
type gitHub struct {
	log       *slog.Logger
	now       func() time.Time
	meter     *meter
	transport http.RoundTripper

	mu       sync.Mutex
	audience string
	mappings []Mapping
	issuers  map[string]*issuer // those that mappings name
}

func newGitHub(c Config, m *meter) *gitHub {
	return &gitHub{log: c.Log, now: c.Now, meter: m, transport: cmp.Or[http.RoundTripper](c.Transport, http.DefaultTransport), issuers: map[string]*issuer{}}
}

// admit takes the mappings of a keys file. Issuers that stay keep their keys.
func (g *gitHub) admit(audience string, mappings []Mapping) {
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

// authenticate is the key of a token that a mapping admits, or nil. Whatever is
// wrong, the client learns no more than that; the log says what, and holds
// nothing of a token whose signature is not good.
func (g *gitHub) authenticate(ctx context.Context, token string) (*cloud.Key, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return nil, nil
	}
	g.mu.Lock()
	audience, mappings, issuer := g.audience, g.mappings, g.issuers[claimedIssuer(token)]
	g.mu.Unlock()
	if issuer == nil {
		g.refused(ctx, "no mapping has its issuer", nil)
		return nil, nil
	}
	found, reason := issuer.verify(ctx, token)
	if reason != "" {
		g.refused(ctx, reason, nil)
		return nil, nil
	}
	m, reason := found.match(issuer.url, audience, mappings)
	if reason != "" {
		g.refused(ctx, reason, found)
		return nil, nil
	}
	g.meter.gitHub("admitted")
	requestOf(ctx).github = &found.workflow
	return &cloud.Key{Name: m.Name, Role: cloud.Admin, Tenants: m.Tenants, Patterns: m.Patterns, Expires: found.expires}, nil
}

func (g *gitHub) refused(ctx context.Context, reason string, c *claims) {
	g.meter.gitHub("refused")
	about := requestOf(ctx)
	attrs := []any{"reason", reason, "request", about.id, "remote", about.remote}
	if c != nil {
		attrs = append(attrs, c.attr())
	}
	g.log.Warn("a GitHub token was refused", attrs...)
}

// claimedIssuer is who a token says that it is from, unverified: it only chooses
// whose keys the token is held to.
func claimedIssuer(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	body, _, _ := strings.Cut(rest, ".")
	var c struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(decodeSegment(body), &c) != nil {
		return ""
	}
	return c.Issuer
}

// verify holds a token to its issuer's keys, its issuer and its times, and reads
// its claims. A reason says why it is refused.
func (i *issuer) verify(ctx context.Context, token string) (c *claims, reason string) {
	keys, err := i.keySet(ctx)
	if err != nil {
		return nil, "its issuer could not be asked for its keys"
	}
	verifier := oidc.NewVerifier(i.url, keys, &oidc.Config{
		SupportedSigningAlgs: []string{oidc.RS256}, Now: i.now,
		SkipClientIDCheck: true, // claims.match is stricter
	})
	verified, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, wordsFor(err)
	}
	c = &claims{expires: verified.Expiry}
	if verified.Claims(c) != nil {
		return nil, "its claims are not those of GitHub Actions"
	}
	if c.NotBefore > i.now().Add(clockSkew).Unix() || verified.Expiry.IsZero() {
		return nil, "it is not valid yet, or has no expiry"
	}
	return c, ""
}
