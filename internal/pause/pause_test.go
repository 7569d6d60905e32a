package pause_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pause"
)

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := time.Now()
		if err := pause.For(t.Context(), time.Minute); err != nil || time.Since(from) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(from))
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		from = time.Now()
		if err := pause.For(short, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(from) != time.Second {
			t.Errorf("%v after %s", err, time.Since(from))
		}
	})
}
