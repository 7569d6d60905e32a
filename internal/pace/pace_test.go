package pace_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// A request is repeated as often as it is allowed; refusals for the rate do not count.
func TestDo(t *testing.T) {
	limited, failed := &prefect.APIError{Status: 429, RetryAfter: time.Second}, &prefect.APIError{Status: 500}
	tests := map[string]struct {
		answers []error
		sent    int
		want    error
	}{
		"at once":     {[]error{nil}, 1, nil},
		"in the end":  {[]error{failed, failed, failed, nil}, 4, nil},
		"never":       {[]error{failed, failed, failed, failed, nil}, 4, failed},
		"for good":    {[]error{prefect.ErrForbidden, nil}, 1, prefect.ErrForbidden},
		"rate limits": {[]error{limited, limited, limited, limited, limited, nil}, 6, nil},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			err := new(pace.Pacer).Do(t.Context(), pace.Question, func() error {
				sent++
				return tt.answers[sent-1]
			})
			if sent != tt.sent || !errors.Is(err, tt.want) {
				t.Errorf("%s: %d requests, %v", name, sent, err)
			}
		})
	}
}

func noAnswer(why error) error { return fmt.Errorf("%w: %w", prefect.ErrNoAnswer, why) }

// An API that is away is waited for; what stays wrong is not.
func TestAnOutageIsWaitedFor(t *testing.T) {
	away := []error{
		noAnswer(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), noAnswer(syscall.ECONNRESET),
		noAnswer(io.EOF), noAnswer(os.ErrDeadlineExceeded), noAnswer(context.DeadlineExceeded),
		noAnswer(&net.DNSError{IsTimeout: true}),
		&prefect.APIError{Status: 502}, &prefect.APIError{Status: 503}, &prefect.APIError{Status: 504},
	}
	wrong := []error{
		noAnswer(&net.DNSError{IsNotFound: true}), noAnswer(&tls.CertificateVerificationError{Err: errors.New("x")}),
		noAnswer(tls.RecordHeaderError{}), &prefect.APIError{Status: 302}, &prefect.APIError{Status: 401},
		&prefect.APIError{Status: 403}, &prefect.APIError{Status: 404},
	}
	limits := map[time.Duration]pace.Limits{15 * time.Second: pace.Question, time.Minute: pace.FirstQuestion}
	for wait, limits := range limits {
		for _, err := range away {
			checkWait(t, limits, err, wait-2*time.Second, true)
			checkWait(t, limits, err, wait+2*time.Second, false)
		}
		for _, err := range wrong {
			checkWait(t, limits, err, time.Second, false)
		}
	}
	checkWait(t, pace.Write, away[0], 58*time.Second, true)
}

// checkWait sends a request to an API that fails with err until it is back, and checks
// whether that is waited for, and announced once.
func checkWait(t *testing.T, limits pace.Limits, err error, back time.Duration, waits bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var announced []string
		p := pace.Pacer{Waiting: pace.Once(func(reason string) { announced = append(announced, reason) })}
		began, sent := time.Now(), 0
		got := p.Do(t.Context(), limits, func() error {
			if sent++; time.Since(began) >= back {
				return nil
			}
			return err
		})
		if (got == nil) != waits || got != nil && !errors.Is(got, err) {
			t.Errorf("%v, back after %v: %v", err, back, got)
		}
		repeated := sent > 1
		if len(announced) > 1 || repeated != (len(announced) == 1) || repeated && announced[0] == "" {
			t.Errorf("%v, back after %v: %d requests, announced %q", err, back, sent, announced)
		}
	})
}

// An attempt that the deadline does not allow is not made, and the error says so.
func TestDoWithinADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		limited, sent := &prefect.APIError{Status: 429, RetryAfter: time.Minute}, 0
		err := new(pace.Pacer).Do(ctx, pace.Question, func() error { sent++; return limited })
		if sent != 1 || !errors.Is(err, limited) || !strings.Contains(err.Error(), "not retried: the run timed out") {
			t.Errorf("%d requests, %v", sent, err)
		}
	})
}

// A run that is interrupted while it waits, or while a request is under way, ends at
// once, and with that reason.
func TestDoIsInterrupted(t *testing.T) {
	for name, sending := range map[string]bool{"waiting": false, "under way": true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			time.AfterFunc(5*time.Second, interrupt)
			began := time.Now()
			err := new(pace.Pacer).Do(ctx, pace.FirstQuestion, func() error {
				if !sending {
					return noAnswer(syscall.ECONNREFUSED)
				}
				<-ctx.Done()
				return noAnswer(ctx.Err())
			})
			if !errors.Is(err, pace.ErrInterrupted) || !errors.Is(err, prefect.ErrNoAnswer) || time.Since(began) != 5*time.Second ||
				sending && err.Error() != "interrupted before the API answered" {
				t.Errorf("%s: after %v: %v", name, time.Since(began), err)
			}
		})
	}
}

// What an API that is away asks to wait, and the time that its silence takes, count as
// waiting for it.
func TestAnOutageIsNotPutOff(t *testing.T) {
	for limits, want := range map[pace.Limits][2]time.Duration{
		pace.Question: {18 * time.Second, 31 * time.Second}, pace.FirstQuestion: {77 * time.Second, 62 * time.Second},
	} {
		for _, wait := range []time.Duration{20 * time.Second, 2 * time.Minute, 2 * time.Hour} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				began, sent := time.Now(), 0
				_ = new(pace.Pacer).Do(ctx, limits, func() error {
					sent++
					return &prefect.APIError{Status: 503, RetryAfter: wait}
				})
				if took := time.Since(began); took > want[0] || sent < 2 {
					t.Errorf("Retry-After %v: %d requests in %v", wait, sent, took)
				}
			})
		}
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			_ = new(pace.Pacer).Do(t.Context(), limits, func() error {
				time.Sleep(30 * time.Second)
				return noAnswer(context.DeadlineExceeded)
			})
			if took := time.Since(began); took > want[1] {
				t.Errorf("silence: %v", took)
			}
		})
	}
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
