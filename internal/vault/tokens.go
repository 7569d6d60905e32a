package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
)

// token authenticates requests. Its LeaseDuration counts from when it was issued; 0
// means that it never expires, or that this is unknown.
type token = api.SecretAuth

var lookupSelf = request{method: http.MethodGet, path: "auth/token/lookup-self", needs: "read"}

var errTokenEnded = errors.New("the token is no longer valid in Vault: it expired or was revoked, or its policy does not grant read on auth/token/lookup-self")

// tokens holds the token in use. In the background it renews the token, or replaces it
// before it ends.
type tokens struct {
	config   Config
	client   *client
	ctx      context.Context // of the renewals
	cancel   context.CancelFunc
	renewals sync.WaitGroup

	loginLock chan struct{} // held during a login, so that one login serves all

	mu          sync.Mutex
	current     token
	stopRenewal context.CancelFunc // of current
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

// get returns the token in use. If there is none it logs in, within the time until end.
func (t *tokens) get(ctx context.Context, end time.Time) (token, error) {
	if current := t.inUse(); current.ClientToken != "" {
		return current, nil
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	return t.login(ctx, token{})
}

// login logs in, unless a token other than old is in use by then.
func (t *tokens) login(ctx context.Context, old token) (token, error) {
	select {
	case t.loginLock <- struct{}{}:
		defer func() { <-t.loginLock }()
	case <-ctx.Done():
		return token{}, ctx.Err()
	}
	if current := t.inUse(); current.ClientToken != old.ClientToken {
		return current, nil
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

// replace gets another token if Vault no longer accepts old, within the time until end.
// Otherwise Vault denied what the token's policy does not grant, and replace returns old.
func (t *tokens) replace(ctx context.Context, end time.Time, old token) (token, error) {
	if current := t.inUse(); current.ClientToken != old.ClientToken {
		return current, nil
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	resp, err := t.client.send(ctx, end, old.ClientToken, lookupSelf)
	if err != nil || resp.status != http.StatusForbidden {
		return old, nil
	}
	return t.login(ctx, old)
}

// setCurrent puts a token in use, and keeps it alive if it expires.
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

// keepAlive renews a token as long as that extends it, and then logs in again.
func (t *tokens) keepAlive(ctx context.Context, old token) {
	t.renew(ctx, old)
	for ctx.Err() == nil {
		if _, err := t.login(ctx, old); err == nil {
			return // login has started keepAlive for the new token
		}
		_ = wait(ctx, seconds(old.LeaseDuration)/30) // leaves several attempts before the token ends
	}
}

// renew renews a token until that no longer extends it.
func (t *tokens) renew(ctx context.Context, current token) {
	vault := t.client.api.WithResponseCallbacks(func(r *api.Response) {
		if r.StatusCode != http.StatusOK {
			t.config.Log.Warn("vault: the token was not renewed", "status", r.StatusCode)
		}
	})
	watcher, err := vault.NewLifetimeWatcher(&api.LifetimeWatcherInput{Secret: &api.Secret{Auth: &current}})
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

// ping sends one request with the token in use, and logs in if the token has ended.
func (t *tokens) ping(ctx context.Context) error {
	end := time.Now().Add(attemptTimeout)
	current, err := t.get(ctx, end)
	if err != nil {
		return err
	}
	resp, err := t.client.send(ctx, end, current.ClientToken, lookupSelf)
	if err == nil && resp.status == http.StatusForbidden {
		_, err = t.login(ctx, current)
		return err
	}
	return checkResponse(lookupSelf, resp, err)
}
