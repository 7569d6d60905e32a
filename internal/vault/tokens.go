package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// token is what requests are sent with. TTL is from when it was given; 0 means
// for ever, or not known.
type token struct {
	text      string
	ttl       time.Duration
	renewable bool
}

var (
	lookupSelf = request{method: http.MethodGet, path: "auth/token/lookup-self", needs: "read"}
	renewSelf  = request{method: http.MethodPut, path: "auth/token/renew-self", needs: "update", body: struct{}{}}
)

var errTokenEnded = errors.New("vault takes the token no more: it has ended or was revoked, or its policy does not grant read on auth/token/lookup-self")

// tokens keeps the token in use, and in the background renews it or gets another
// before it ends.
type tokens struct {
	config Config
	client *client
	life   context.Context
	end    context.CancelFunc
	keeper sync.WaitGroup

	turn chan struct{} // held while a token is got, so that one login serves all

	mu      sync.Mutex
	current token
	stop    context.CancelFunc // of the keeper of current
}

func newTokens(c Config, client *client) *tokens {
	t := &tokens{config: c, client: client, turn: make(chan struct{}, 1), stop: func() {}}
	t.life, t.end = context.WithCancel(context.Background())
	return t
}

func (t *tokens) close() {
	t.mu.Lock()
	t.end()
	t.mu.Unlock()
	t.keeper.Wait()
}

func (t *tokens) now() token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

// get gives the token in use, and logs in if there is none.
func (t *tokens) get(ctx context.Context) (token, error) {
	if now := t.now(); now.text != "" {
		return now, nil
	}
	return t.login(ctx, token{})
}

// login logs in, unless another token than old is in use by then.
func (t *tokens) login(ctx context.Context, old token) (token, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return token{}, ctx.Err()
	}
	if now := t.now(); now.text != old.text {
		return now, nil
	}
	fresh, err := t.config.Login.login(ctx, t.client)
	if err != nil {
		t.config.Log.Warn("vault: no login", "error", err)
		return token{}, err
	}
	if fresh.text == old.text {
		return token{}, errTokenEnded
	}
	t.config.Log.Info("vault: logged in", "ttl", fresh.ttl)
	t.use(fresh)
	return fresh, nil
}

// replace gets another token if Vault does not know the one in use any more; else
// it was refused what its policy does not grant, and stays.
func (t *tokens) replace(ctx context.Context, old token) (token, error) {
	if now := t.now(); now.text != old.text {
		return now, nil
	}
	a, err := t.client.once(ctx, old.text, lookupSelf)
	if err != nil || a.status != http.StatusForbidden {
		return old, nil
	}
	return t.login(ctx, old)
}

// use puts a token in use and keeps it.
func (t *tokens) use(fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stop()
	t.current = fresh
	if fresh.ttl <= 0 || t.life.Err() != nil {
		return
	}
	var ctx context.Context
	ctx, t.stop = context.WithCancel(t.life)
	t.keeper.Go(func() { t.keep(ctx, fresh) })
}

// keep renews a token when two thirds of its time have passed, and where that
// gives it less than half of its time, for it nears its greatest age, gets another
// in its place. After a failure it tries again with what time is left.
func (t *tokens) keep(ctx context.Context, held token) {
	for left := held.ttl; left > time.Second; {
		due := left * 2 / 3
		if wait(ctx, due) != nil {
			return
		}
		left -= due
		if ttl, ok := t.renew(ctx, held); ok && ttl > held.ttl/2 {
			left = ttl
			continue
		}
		if _, err := t.login(ctx, held); err == nil {
			return // the new token has a keeper of its own
		}
	}
	t.config.Log.Warn("vault: the token ends and could not be renewed or replaced")
}

func (t *tokens) renew(ctx context.Context, held token) (time.Duration, bool) {
	if !held.renewable {
		return 0, false
	}
	a, err := t.client.once(ctx, held.text, renewSelf)
	if err != nil || a.status != http.StatusOK {
		t.config.Log.Warn("vault: the token was not renewed", "status", a.status)
		return 0, false
	}
	next, err := leased(a.body)
	return next.ttl, err == nil
}

// ping sends one request with the token in use, and logs in where it has ended.
func (t *tokens) ping(ctx context.Context) error {
	now, err := t.get(ctx)
	if err != nil {
		return err
	}
	a, err := t.client.once(ctx, now.text, lookupSelf)
	if err == nil && a.status == http.StatusForbidden {
		_, err = t.login(ctx, now)
		return err
	}
	return judge(lookupSelf, a, err)
}
