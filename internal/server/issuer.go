package server

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"sync"
	"time"
)

const (
	issuerTimeout = 5 * time.Second // for an issuer to return its keys
	// askInterval is how long an issuer is not asked again once it was asked: a token
	// with an invented key id costs a request, and anybody can invent one.
	askInterval = 5 * time.Second
	// keysLifetime is how long an issuer's keys are used before they are fetched
	// again, so that a key that the issuer withdraws is no longer trusted. The keys of
	// an issuer that does not answer stay in use.
	keysLifetime = time.Hour
	// maxWaiting bounds the requests that wait for one issuer.
	maxWaiting = 8
	// stalePatience is how long a token waits for its issuer if its key is known and
	// only older than keysLifetime.
	stalePatience = time.Second
)

var (
	// errNoAnswer is the error for a token that cannot be judged, because its issuer
	// has not returned its keys.
	errNoAnswer   = errors.New("the keys of its issuer could not be fetched")
	errUnknownKey = errors.New("its issuer has no such key")
)

// issuer signs tokens. Its keys are fetched when the first token comes.
type issuer struct {
	url     string
	now     func() time.Time
	client  *http.Client
	waiting chan struct{} // has an element for each request that waits

	mu       sync.Mutex
	keys     map[string]crypto.PublicKey // by key id; nil before the first answer
	fetched  time.Time                   // when the keys came
	asked    time.Time                   // when the last fetch began or ended
	fetching chan struct{}               // closed when the fetch in progress ends; nil without one
}

func newIssuer(url string, transport http.RoundTripper, now func() time.Time) *issuer {
	return &issuer{
		url: url, now: now, waiting: make(chan struct{}, maxWaiting),
		client: &http.Client{Timeout: issuerTimeout, Transport: issuerTransport{url, transport}, CheckRedirect: sameHost},
	}
}

// key returns the key with an id. It waits for the issuer only if that can change the
// result, and then not long.
func (i *issuer) key(ctx context.Context, id string) (crypto.PublicKey, error) {
	key, current := i.cachedKey(id)
	if !current {
		patience := issuerTimeout
		if key != nil {
			patience = stalePatience
		}
		i.waitForKeys(ctx, patience)
		key, current = i.cachedKey(id)
	}
	switch {
	case key != nil:
		return key, nil
	case current:
		return nil, errUnknownKey
	}
	return nil, errNoAnswer
}

// cachedKey returns the key with an id, nil if the issuer did not name it. It is
// current if the issuer need not be asked again: a known key for an hour, and a
// missing one for a moment.
func (i *issuer) cachedKey(id string) (key crypto.PublicKey, current bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.keys == nil {
		return nil, false
	}
	key = i.keys[id]
	lifetime := askInterval
	if key != nil {
		lifetime = keysLifetime
	}
	return key, i.now().Sub(i.fetched) < lifetime
}

// waitForKeys fetches the keys, or waits for the fetch in progress. It does not wait
// if too many requests do, or if the issuer was asked a moment ago.
func (i *issuer) waitForKeys(ctx context.Context, patience time.Duration) {
	select {
	case i.waiting <- struct{}{}:
		defer func() { <-i.waiting }()
	default:
		return
	}
	fetching := i.startFetch()
	if fetching == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-fetching:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// startFetch returns a channel that is closed when the fetch in progress, or the one
// that it starts, has ended. It returns nil if the issuer was asked a moment ago.
func (i *issuer) startFetch() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fetching == nil && (i.asked.IsZero() || i.now().Sub(i.asked) >= askInterval) {
		i.fetching, i.asked = make(chan struct{}), i.now()
		go i.refresh()
	}
	return i.fetching
}

// refresh fetches the keys. It goes on if the request that started it ends.
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
