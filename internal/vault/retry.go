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

// Waits between attempts, each with up to half of it more or less.
const (
	firstWait = 50 * time.Millisecond
	maxWait   = 2 * time.Second
)

// sayUpgrading is a KV mount that was created a moment ago (upgrade.go).
const msgUpgrading = "Upgrading from non-versioned to versioned data"

// do sends a request, with a new token where the old one has ended, until it is
// answered, the context ends or the patience does. An answer of 412, 429 or 5xx,
// which is what a sealed, busy, starting or leaderless Vault gives, and a lost
// connection are reasons to send again: every request here may be repeated.
func (s *Store) do(ctx context.Context, r request) (response, error) {
	until, cancel := context.WithTimeout(ctx, s.config.Patience)
	defer cancel()
	renewed := false
	var last error
	for sent := 1; ; sent++ {
		a, err := s.attempt(until, r, &renewed)
		a.sent = sent
		var moment *temporaryError
		if !errors.As(err, &moment) {
			return a, s.operationError(ctx, until, err, last)
		}
		if until.Err() == nil {
			last = err
		}
		if wait(until, moment.wait(sent)) != nil {
			return a, s.operationError(ctx, until, err, last)
		}
	}
}

// ended says why an operation ended: the caller's context comes first.
func (s *Store) operationError(ctx, until context.Context, err, last error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && last != nil:
		return fmt.Errorf("asking vault: %w (before that: %v)", ctx.Err(), last)
	case ctx.Err() != nil:
		return fmt.Errorf("asking vault: %w", ctx.Err())
	case until.Err() != nil && last != nil:
		return fmt.Errorf("vault did not do it within %v: %w", s.config.Patience, last)
	}
	return err
}

// attempt sends a request once, or twice where the token had ended.
func (s *Store) attempt(ctx context.Context, r request, renewed *bool) (response, error) {
	t, err := s.tokens.get(ctx)
	if err != nil {
		return response{}, err
	}
	a, err := s.client.send(ctx, t.ClientToken, r)
	if err == nil && a.status == http.StatusForbidden && !*renewed {
		*renewed = true
		fresh, err := s.tokens.replace(ctx, t)
		if err != nil {
			return a, err
		}
		if fresh.ClientToken != t.ClientToken {
			return s.attempt(ctx, r, renewed)
		}
	}
	return a, checkResponse(r, a, err)
}

// momentary is an error that may be gone in a moment.
type temporaryError struct {
	text  string
	delay time.Duration // what Vault asks for; zero where it does not
}

func (m *temporaryError) Error() string { return m.text }

// after is how long to wait before another attempt.
func (m *temporaryError) wait(attempt int) time.Duration {
	if m.delay > 0 {
		return m.delay
	}
	d := min(firstWait<<min(attempt-1, 10), maxWait)
	return d/2 + rand.N(d)
}

func wait(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return context.DeadlineExceeded
	}
	return pause.For(ctx, d)
}

// judge makes an error of what is no success. It holds Vault's own words only
// where they are known, for others might repeat what was sent.
func checkResponse(r request, a response, err error) error {
	switch {
	case errors.Is(err, errUnreadable):
		return err
	case err != nil:
		return &temporaryError{text: "no answer from vault: " + withoutURL(err).Error()}
	case a.hasError(msgCASMismatch):
		return errCASMismatch
	case a.hasError(msgCASRequired):
		return errCASRequired
	case a.hasError(msgNoRoute):
		return fmt.Errorf("nothing in vault answers at %q: mount a KV engine of version 2 there", r.path)
	case a.hasError(msgUpgrading):
		return &temporaryError{text: "the KV engine of vault is starting"}
	case a.status == http.StatusForbidden:
		return fmt.Errorf("vault denied permission: the token's policy must grant %s on %q", r.needs, r.path)
	case a.status == http.StatusNotFound && r.missing, a.status/100 == 2:
		return nil
	case a.status >= 500, a.status == http.StatusTooManyRequests, a.status == http.StatusPreconditionFailed:
		return &temporaryError{text: a.message(), delay: parseRetryAfter(a.retryAfter)}
	}
	return fmt.Errorf("vault refused %s %q: %s", r.method, r.path, a.message())
}

func (a response) hasError(phrase string) bool {
	return slices.ContainsFunc(a.errors, func(e string) bool { return strings.Contains(e, phrase) })
}

// text says what an answer means in words that hold nothing of the request.
func (a response) message() string {
	for _, known := range []string{
		"Vault is sealed", "OpenBao is sealed", "no active node", "active cluster node not found", "security barrier not initialized",
		"request body too large", "rate limit quota exceeded", "invalid role ID", "invalid role or secret ID", "invalid secret id",
		"service account name not authorized", "namespace not authorized", "could not load role", "invalid role name",
	} {
		if a.hasError(known) {
			return fmt.Sprintf("%d, %s", a.status, known)
		}
	}
	return strings.TrimSpace(strconv.Itoa(a.status) + " " + http.StatusText(a.status))
}

// delay reads Retry-After in its one form that Vault uses.
func parseRetryAfter(text string) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return seconds(n)
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// unwrapURL takes away the URL, which the caller knows.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Momentary reports whether an error may be gone in a moment: Vault is sealed,
// busy or not there.
func Temporary(err error) bool {
	var m *temporaryError
	return errors.As(err, &m)
}
