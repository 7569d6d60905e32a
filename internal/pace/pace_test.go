package pace_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// A request is repeated as often as it is allowed; refusals for the rate do not count.
func TestDo(t *testing.T) {
	limited, unavailable := &prefect.APIError{Status: 429, RetryAfter: time.Second}, &prefect.APIError{Status: 503}
	tests := map[string]struct {
		answers []error
		sent    int
		want    error
	}{
		"at once":     {[]error{nil}, 1, nil},
		"in the end":  {[]error{unavailable, unavailable, nil}, 3, nil},
		"never":       {[]error{unavailable, unavailable, unavailable, nil}, 3, unavailable},
		"for good":    {[]error{prefect.ErrForbidden, nil}, 1, prefect.ErrForbidden},
		"rate limits": {[]error{limited, limited, limited, limited, nil}, 5, nil},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			err := new(pace.Pacer).Do(t.Context(), 3, func() error {
				sent++
				return tt.answers[sent-1]
			})
			if sent != tt.sent || !errors.Is(err, tt.want) {
				t.Errorf("%s: %d requests, %v", name, sent, err)
			}
		})
	}
}

// An attempt that the deadline does not allow is not made, and the error says so.
func TestDoWithinADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		limited, sent := &prefect.APIError{Status: 429, RetryAfter: time.Minute}, 0
		err := new(pace.Pacer).Do(ctx, 3, func() error { sent++; return limited })
		if sent != 1 || !errors.Is(err, limited) || !strings.Contains(err.Error(), "not tried again: the time of this run is over") {
			t.Errorf("%d requests, %v", sent, err)
		}
	})
}

// Requests of all workers wait until the time that one answer names.
func TestObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace.Pacer
		began := time.Now()
		p.Observe(began, &prefect.APIError{Status: 429, RetryAfter: 20 * time.Second})
		if _, err := p.Wait(t.Context(), nil); err != nil || time.Since(began) != 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		quit := make(chan struct{})
		close(quit)
		if _, err := p.Wait(t.Context(), quit); !errors.Is(err, pace.ErrInterrupted) {
			t.Errorf("got %v", err)
		}
	})
}
