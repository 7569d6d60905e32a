package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/hashicorp/vault/api"
)

// token is what requests are sent with. Its LeaseDuration is from when it was
// given; 0 means for ever, or not known.
type token = api.SecretAuth

var lookupSelf = request{method: http.MethodGet, path: "auth/token/lookup-self", needs: "read"}

var errTokenEnded = errors.New("vault takes the token no more: it has ended or was revoked, or its policy does not grant read on auth/token/lookup-self")

// tokens keeps the token in use, and in the background renews it or gets another
// before it ends.
type tokens struct {
	config   Config
	client   *client
	ctx      context.Context
	cancel   context.CancelFunc
	renewals sync.WaitGroup

	loginLock chan struct{} // held while a token is got, so that one login serves all

	mu          sync.Mutex
	current     token
	stopRenewal context.CancelFunc // of the keeper of current
}

func newTokens(c Config, client *client) *tokens {
	t := &tokens{config: c, client: client, loginLock: make(chan struct{}, 1), stopRenewal: func() {}}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

func (t *tokens) close() {
	t.mu.Lock()
	t.cancel()
	t.mu.Unlock()
	t.renewals.Wait()
}

func (t *tokens) inUse() token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

// get gives the token in use, and logs in if there is none.
func (t *tokens) get(ctx context.Context) (token, error) {
	if now := t.inUse(); now.ClientToken != "" {
		return now, nil
	}
	return t.login(ctx, token{})
}

// login logs in, unless another token than old is in use by then.
func (t *tokens) login(ctx context.Context, old token) (token, error) {
	select {
	case t.loginLock <- struct{}{}:
		defer func() { <-t.loginLock }()
	case <-ctx.Done():
		return token{}, ctx.Err()
	}
	if now := t.inUse(); now.ClientToken != old.ClientToken {
		return now, nil
	}
	fresh, err := t.config.Login.login(ctx, t.client)
	if err == nil && fresh.ClientToken == old.ClientToken && fresh.LeaseDuration == 0 {
		err = errTokenEnded
	}
	if err != nil {
		t.config.Log.Warn("vault: no login", "error", err)
		return token{}, err
	}
	t.config.Log.Info("vault: logged in", "ttl", seconds(fresh.LeaseDuration))
	t.setCurrent(fresh)
	return fresh, nil
}

// replace gets another token if Vault does not know the one in use any more; else
// it was refused what its policy does not grant, and stays.
func (t *tokens) replace(ctx context.Context, old token) (token, error) {
	if now := t.inUse(); now.ClientToken != old.ClientToken {
		return now, nil
	}
	a, err := t.client.send(ctx, old.ClientToken, lookupSelf)
	if err != nil || a.status != http.StatusForbidden {
		return old, nil
	}
	return t.login(ctx, old)
}

// use puts a token in use and keeps it.
func (t *tokens) setCurrent(fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopRenewal()
	t.current = fresh
	if fresh.LeaseDuration <= 0 || t.ctx.Err() != nil {
		return
	}
	var ctx context.Context
	ctx, t.stopRenewal = context.WithCancel(t.ctx)
	t.renewals.Go(func() { t.keepAlive(ctx, fresh) })
}

// keep has a token renewed, and logs in again when it nears its end all the same.
func (t *tokens) keepAlive(ctx context.Context, held token) {
	t.renew(ctx, held)
	for ctx.Err() == nil {
		if _, err := t.login(ctx, held); err == nil {
			return // what it gave has a keeper of its own
		}
		_ = wait(ctx, seconds(held.LeaseDuration)/30) // some tries before the token ends
	}
}

// watch renews a token until that gives it no more time.
func (t *tokens) renew(ctx context.Context, held token) {
	as := t.client.api.WithResponseCallbacks(func(r *api.Response) {
		if r.StatusCode != http.StatusOK {
			t.config.Log.Warn("vault: the token was not renewed", "status", r.StatusCode)
		}
	})
	watcher, err := as.NewLifetimeWatcher(&api.LifetimeWatcherInput{Secret: &api.Secret{Auth: &held}})
	if err != nil {
		return
	}
	defer watcher.Stop()
	go watcher.Start()
	select {
	case <-ctx.Done():
	case <-watcher.DoneCh():
	}
}

// ping sends one request with the token in use, and logs in where it has ended.
func (t *tokens) ping(ctx context.Context) error {
	now, err := t.get(ctx)
	if err != nil {
		return err
	}
	a, err := t.client.send(ctx, now.ClientToken, lookupSelf)
	if err == nil && a.status == http.StatusForbidden {
		_, err = t.login(ctx, now)
		return err
	}
	return checkResponse(lookupSelf, a, err)
}
