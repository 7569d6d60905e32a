package server

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/time/rate"
)

const (
	issuerTimeout = 5 * time.Second // for one question to an issuer
	maxKeys       = 1 << 20         // bytes of its answer
	// keysFor is how long an issuer's keys count before they are asked for again,
	// so that one it withdraws is trusted no longer. An issuer that does not answer
	// keeps its keys.
	keysFor = time.Hour
)

// errAskedEnough is for questions that would come too fast: a token with a made-up
// key id costs a question, and anybody can make one up.
var errAskedEnough = errors.New("the issuer was asked a moment ago")

// issuer is one that signs tokens, asked for its keys when the first comes.
type issuer struct {
	url string
	now func() time.Time
	ask http.Client

	discovery, fetches *rate.Limiter
	answered           atomic.Int64 // how many questions for keys were answered

	mu   sync.Mutex
	keys *keySet
}

func newIssuer(url string, transport http.RoundTripper, now func() time.Time) *issuer {
	i := &issuer{url: url, now: now, discovery: rate.NewLimiter(rate.Every(5*time.Second), 2), fetches: rate.NewLimiter(rate.Every(5*time.Second), 4)}
	i.ask = http.Client{Timeout: issuerTimeout, Transport: limitedAnswers{i, transport}}
	return i
}

// keySet finds out where the issuer's keys are, if that is not known yet.
func (i *issuer) keySet(ctx context.Context) (oidc.KeySet, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.keys != nil {
		return i.keys, nil
	}
	if !i.discovery.AllowN(i.now(), 1) {
		return nil, errAskedEnough
	}
	asking := oidc.ClientContext(ctx, &http.Client{Timeout: issuerTimeout, Transport: limitedAnswers{nil, i.ask.Transport.(limitedAnswers).next}})
	provider, err := oidc.NewProvider(asking, i.url)
	if err != nil {
		return nil, err
	}
	var found struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := provider.Claims(&found); err != nil {
		return nil, err
	}
	i.keys = &keySet{issuer: i, url: found.KeysURL}
	i.keys.current, i.keys.born = i.keys.fresh(), i.now()
	return i.keys, nil
}

// keySet are an issuer's keys, held in memory by go-oidc, which never drops one
// until it meets an unknown key id.
type keySet struct {
	*issuer
	url string

	mu      sync.Mutex
	current *oidc.RemoteKeySet
	born    time.Time
}

func (k *keySet) fresh() *oidc.RemoteKeySet {
	return oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), &k.ask), k.url)
}

// VerifySignature implements [oidc.KeySet]. Keys that are old are asked for anew,
// and stay if there is no answer.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	k.mu.Lock()
	current, old := k.current, k.now().Sub(k.born) >= keysFor
	k.mu.Unlock()
	if !old {
		return current.VerifySignature(ctx, token)
	}
	next, before := k.fresh(), k.answered.Load()
	payload, err := next.VerifySignature(ctx, token)
	if err != nil && k.answered.Load() == before {
		return current.VerifySignature(ctx, token)
	}
	k.mu.Lock()
	k.current, k.born = next, k.now()
	k.mu.Unlock()
	return payload, err
}

// limitedAnswers bounds how often and how much an issuer is asked for keys.
type limitedAnswers struct {
	issuer *issuer // nil for discovery, which is bounded elsewhere
	next   http.RoundTripper
}

func (l limitedAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.issuer != nil && !l.issuer.fetches.AllowN(l.issuer.now(), 1) {
		return nil, errAskedEnough
	}
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if l.issuer != nil && resp.StatusCode == http.StatusOK {
		l.issuer.answered.Add(1)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxKeys), resp.Body}
	return resp, nil
}

// wordsFor says why a token was refused in words that hold nothing of it.
func wordsFor(err error) string {
	var expired *oidc.TokenExpiredError
	if errors.As(err, &expired) {
		return "it has expired"
	}
	return "its signature, algorithm, issuer or time is not good, or its issuer's keys could not be had"
}

func decodeSegment(segment string) []byte {
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return nil
	}
	return text
}
