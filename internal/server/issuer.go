package server

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

const (
	issuerTimeout = 5 * time.Second // for an issuer to say what its keys are
	maxKeys       = 1 << 20         // bytes of one of its answers
	// askEvery is how long an issuer is left alone once it was asked: a token with a
	// made-up key id costs a question, and anybody can make one up.
	askInterval = 5 * time.Second
	// keysFor is how long an issuer's keys count before they are asked for again,
	// so that one it withdraws is trusted no longer. An issuer that does not answer
	// keeps its keys.
	keysLifetime = time.Hour
	// maxWaiting bounds the requests that wait for one issuer.
	maxWaiting = 8
	// keyPatience is how long a token waits for its issuer whose key is known, and
	// only older than keysFor.
	stalePatience = time.Second
)

var (
	// errNoAnswer is of a token that cannot be judged, for its issuer has not said
	// what its keys are.
	errNoAnswer   = errors.New("its issuer could not be asked for its keys")
	errUnknownKey = errors.New("its issuer has no such key")
)

// issuer is one that signs tokens, asked for its keys when the first comes.
type issuer struct {
	url     string
	now     func() time.Time
	client  *http.Client
	waiting chan struct{} // has an element for each request that waits

	mu       sync.Mutex
	keys     map[string]crypto.PublicKey // by key id; nil before the first answer
	fetched  time.Time                   // when it said so
	asked    time.Time                   // when the last question began or ended
	fetching chan struct{}               // closed once it has an answer or none; nil where there is no question
}

func newIssuer(url string, transport http.RoundTripper, now func() time.Time) *issuer {
	i := &issuer{url: url, now: now, waiting: make(chan struct{}, maxWaiting)}
	i.client = &http.Client{Timeout: issuerTimeout, Transport: issuerTransport{url, transport}, CheckRedirect: sameHost}
	return i
}

// key finds the key that a token names. It waits for the issuer only where that can
// change anything, and then not long.
func (i *issuer) key(ctx context.Context, id string) (crypto.PublicKey, error) {
	key, sure := i.cachedKey(id)
	if !sure {
		patience := issuerTimeout
		if key != nil {
			patience = stalePatience
		}
		i.waitForKeys(ctx, patience)
		key, sure = i.cachedKey(id)
	}
	switch {
	case key != nil:
		return key, nil
	case sure:
		return nil, errUnknownKey
	}
	return nil, errNoAnswer
}

// look finds a key among those that are known. It is sure where the issuer need not
// be asked: of a key that it named within the hour, and of any a moment after it was.
func (i *issuer) cachedKey(id string) (key crypto.PublicKey, sure bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	key = i.keys[id]
	age := i.now().Sub(i.fetched)
	return key, i.keys != nil && (age < askInterval || key != nil && age < keysLifetime)
}

// wait asks the issuer, or joins who has, if there is a place to wait.
func (i *issuer) waitForKeys(ctx context.Context, patience time.Duration) {
	select {
	case i.waiting <- struct{}{}:
		defer func() { <-i.waiting }()
	default:
		return
	}
	question := i.startFetch()
	if question == nil {
		return
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-question:
	case <-late.C:
	case <-ctx.Done():
	}
}

// questioned gives the question that is under way or begins one. It is nil where the
// issuer was asked a moment ago.
func (i *issuer) startFetch() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fetching == nil && (i.asked.IsZero() || i.now().Sub(i.asked) >= askInterval) {
		i.fetching, i.asked = make(chan struct{}), i.now()
		go i.refresh()
	}
	return i.fetching
}

// answer asks the issuer for its keys. No request's end ends it.
func (i *issuer) refresh() {
	ctx, cancel := context.WithTimeout(context.Background(), issuerTimeout)
	defer cancel()
	keys, err := i.fetch(ctx)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = i.now()
	if err == nil {
		i.keys, i.fetched = keys, i.now()
	}
	close(i.fetching)
	i.fetching = nil
}

// fetch finds out where the issuer's keys are, and what they are.
func (i *issuer) fetch(ctx context.Context) (map[string]crypto.PublicKey, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.url)
	if err != nil {
		return nil, err
	}
	var found struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := provider.Claims(&found); err != nil {
		return nil, err
	}
	var set jose.JSONWebKeySet
	if err := i.getJSON(ctx, found.KeysURL, &set); err != nil {
		return nil, err
	}
	keys := map[string]crypto.PublicKey{}
	for _, k := range set.Keys {
		if k.KeyID != "" && k.IsPublic() {
			keys[k.KeyID] = k.Key
		}
	}
	return keys, nil
}

func (i *issuer) getJSON(ctx context.Context, url string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := i.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the issuer answered with status %d", resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// sameHost follows no redirect to a host that the issuer did not name.
func sameHost(r *http.Request, via []*http.Request) error {
	if r.URL.Host != via[0].URL.Host || len(via) > 5 {
		return errors.New("the issuer redirects elsewhere")
	}
	return nil
}

// issuerTransport bounds the answers of an issuer, and asks by https alone where the
// issuer is https, whatever its answers name.
type issuerTransport struct {
	issuer string
	next   http.RoundTripper
}

func (t issuerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if u, err := url.Parse(t.issuer); err != nil || u.Scheme == "https" && r.URL.Scheme != "https" {
		return nil, errors.New("the issuer is https and names keys that are not")
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxKeys), resp.Body}
	return resp, nil
}
