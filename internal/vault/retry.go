package vault

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pause"
)

// Waits between attempts, before a jitter of half the wait in either direction.
const (
	firstWait = 50 * time.Millisecond
	maxWait   = 2 * time.Second
)

// msgUpgrading is the message of a KV mount that was just created (upgrade.go).
const msgUpgrading = "Upgrading from non-versioned to versioned data"

// do sends a request until it succeeds or fails for good, the context ends, or the
// patience does. It replaces the token if that has ended. It retries after a lost
// connection and a status of 412, 429 or 5xx, which a sealed, busy, starting or
// leaderless Vault returns: every request here may be repeated.
func (s *Store) do(ctx context.Context, req request) (response, error) {
	end := time.Now().Add(s.config.Patience)
	tokenReplaced := false
	var last error
	for sent := 1; ; sent++ {
		resp, err := s.attempt(ctx, end, req, &tokenReplaced)
		resp.sent = sent
		var temporary *temporaryError
		if !errors.As(err, &temporary) {
			return resp, s.operationError(ctx, hasPassed(end), err, last)
		}
		if !hasPassed(end) {
			last = err
		}
		if backoff := temporary.backoff(sent); time.Until(end) < backoff || wait(ctx, backoff) != nil {
			return resp, s.operationError(ctx, true, err, last)
		}
	}
}

func hasPassed(end time.Time) bool { return !time.Now().Before(end) }

// operationError returns the error of an operation: that of the caller's context first,
// then, if no patience is left, that with the last error of an attempt before its end,
// then err.
func (s *Store) operationError(ctx context.Context, noPatience bool, err, last error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && last != nil:
		return fmt.Errorf("asking Vault: %w (before that: %v)", ctx.Err(), last)
	case ctx.Err() != nil:
		return fmt.Errorf("asking Vault: %w", ctx.Err())
	case noPatience && last != nil:
		return fmt.Errorf("no complete answer from Vault within %v: %w", s.config.Patience, last)
	}
	return err
}

// attempt sends a request once, or twice if the token had ended. It replaces the token
// only if tokenReplaced is false, and then sets it.
func (s *Store) attempt(ctx context.Context, end time.Time, req request, tokenReplaced *bool) (response, error) {
	old, err := s.tokens.get(ctx, end)
	if err != nil {
		return response{}, err
	}
	resp, err := s.client.send(ctx, end, old.ClientToken, req)
	if err == nil && resp.status == http.StatusForbidden && !*tokenReplaced {
		*tokenReplaced = true
		fresh, err := s.tokens.replace(ctx, end, old)
		if err != nil {
			return resp, err
		}
		if fresh.ClientToken != old.ClientToken {
			return s.attempt(ctx, end, req, tokenReplaced)
		}
	}
	return resp, checkResponse(req, resp, err)
}

// temporaryError is an error after which a retry may succeed.
type temporaryError struct {
	msg   string
	delay time.Duration // which Vault asks for; zero if it does not
}

func (e *temporaryError) Error() string { return e.msg }

// backoff returns how long to wait after an attempt.
func (e *temporaryError) backoff(attempt int) time.Duration {
	if e.delay > 0 {
		return e.delay
	}
	d := min(firstWait<<min(attempt-1, 10), maxWait)
	return d/2 + rand.N(d)
}

// wait waits for d. It returns at once if the context would end before.
func wait(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return context.DeadlineExceeded
	}
	return pause.For(ctx, d)
}

// checkResponse returns the error of a request: err, or that of the response. Of
// Vault's own messages it quotes only known ones, because others may repeat what was
// sent.
func checkResponse(req request, resp response, err error) error {
	switch {
	case errors.Is(err, errUnreadable):
		return err
	case err != nil:
		return &temporaryError{msg: "no answer from Vault: " + withoutURL(err).Error()}
	case resp.hasError(msgCASMismatch):
		return errCASMismatch
	case resp.hasError(msgCASRequired):
		return errCASRequired
	case resp.hasError(msgNoRoute):
		return fmt.Errorf("nothing in Vault answers at %q: mount a KV engine of version 2 there", req.path)
	case resp.hasError(msgUpgrading):
		return &temporaryError{msg: "the KV engine of Vault is starting"}
	case resp.status == http.StatusForbidden:
		return fmt.Errorf("permission denied by Vault: the token's policy must grant %s on %q", req.needs, req.path)
	case resp.status == http.StatusNotFound && req.allowMissing, resp.status/100 == 2:
		return nil
	case resp.isTemporary():
		return &temporaryError{msg: resp.message(), delay: parseRetryAfter(resp.retryAfter)}
	}
	return fmt.Errorf("request refused by Vault: %s %q: %s", req.method, req.path, resp.message())
}

// isTemporary reports whether a retry may succeed, by the status.
func (r response) isTemporary() bool {
	return r.status >= 500 || r.status == http.StatusTooManyRequests || r.status == http.StatusPreconditionFailed
}

// hasError reports whether one of the errors in the response contains msg.
func (r response) hasError(msg string) bool {
	return slices.ContainsFunc(r.errors, func(e string) bool { return strings.Contains(e, msg) })
}

// message describes the response, without anything that might repeat the request.
func (r response) message() string {
	for _, known := range []string{
		"Vault is sealed", "OpenBao is sealed", "no active node", "active cluster node not found",
		"security barrier not initialized", "request body too large", "rate limit quota exceeded",
		"invalid role ID", "invalid role or secret ID", "invalid secret id",
		"service account name not authorized", "namespace not authorized", "could not load role", "invalid role name",
	} {
		if r.hasError(known) {
			return fmt.Sprintf("%d, %s", r.status, known)
		}
	}
	return strings.TrimSpace(strconv.Itoa(r.status) + " " + http.StatusText(r.status))
}

// parseRetryAfter parses Retry-After in the one form that Vault uses, seconds. It
// returns zero for any other.
func parseRetryAfter(value string) time.Duration {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0
	}
	return seconds(n)
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// withoutURL returns the error below a *url.Error, whose URL the caller knows.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Temporary reports whether a retry after an error may succeed: Vault is sealed,
// busy or unreachable.
func Temporary(err error) bool {
	var temporary *temporaryError
	return errors.As(err, &temporary)
}
