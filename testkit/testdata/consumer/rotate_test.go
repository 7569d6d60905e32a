package consumer

import (
	"errors"
	"fmt"
	"log"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func passwords() func() string {
	n := 0
	return func() string {
		n++
		return fmt.Sprintf("correct-horse-%d", n)
	}
}

func TestRotateStoresEveryPassword(t *testing.T) {
	t.Parallel()
	cloud := testkit.New(t)
	cloud.Set("ORDERS_PASSWORD", "old")
	if err := Rotate(t.Context(), cloud.AdminClient(), []string{"ORDERS", "STOCK"}, passwords()); err != nil {
		t.Fatal(err)
	}
	cloud.AssertSecrets(t, map[string]any{"ORDERS_PASSWORD": "correct-horse-1", "STOCK_PASSWORD": "correct-horse-2"})
}

func TestRotateTriesOnceMore(t *testing.T) {
	t.Parallel()
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "ORDERS_PASSWORD", Times: 1}, faults.RateLimited(time.Second))
	if err := Rotate(t.Context(), cloud.AdminClient(), []string{"ORDERS"}, passwords()); err != nil {
		t.Fatal(err)
	}
	if calls := cloud.Calls(faults.Match{Secret: "ORDERS_PASSWORD"}); len(calls) != 2 || calls[0].Err != "HTTP_429" || calls[1].Err != "" {
		t.Errorf("calls: %+v", calls)
	}
}

func TestRotateGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Secret: "ORDERS_PASSWORD"}, faults.PartialFailure())
	if err := Rotate(t.Context(), cloud.AdminClient(), []string{"ORDERS", "STOCK"}, passwords()); err == nil {
		t.Error("the failure is not returned")
	}
	cloud.AssertNames(t, "STOCK_PASSWORD")
}

func TestRotateWithAnExpiredKey(t *testing.T) {
	t.Parallel()
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{}, faults.KeyExpired())
	if err := Rotate(t.Context(), cloud.AdminClient(), []string{"ORDERS"}, passwords()); !errors.Is(err, prefect.ErrUnauthenticated) {
		t.Errorf("got %v", err)
	}
}

func TestRotateGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{}, faults.Fault{Delay: 10 * time.Minute})
		start := time.Now()
		if err := Rotate(t.Context(), cloud.AdminClient(), []string{"ORDERS"}, passwords()); err == nil {
			t.Error("it waited for ever")
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestRotateLogsNoPassword(t *testing.T) {
	cloud := testkit.New(t)
	guard := cloud.LeakGuard(t)
	cloud.Inject(faults.Match{}, faults.Unavailable())
	log.Print(Rotate(t.Context(), cloud.AdminClient(), []string{"ORDERS"}, passwords()))
	guard.Log("rotated")
}

func TestTeamsAreApart(t *testing.T) {
	t.Parallel()
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	restore := cloud.Snapshot()
	if err := Rotate(t.Context(), data.AdminClient(), []string{"ORDERS"}, passwords()); err != nil {
		t.Fatal(err)
	}
	cloud.AssertNames(t)
	data.AssertNames(t, "ORDERS_PASSWORD")
	restore()
	data.AssertNames(t)
}

func TestReport(t *testing.T) {
	t.Parallel()
	ctx := testkit.LocalSecrets(t.Context(), map[string]any{"ORDERS_PASSWORD": "correct-horse"})
	if got, err := Report(ctx, "ORDERS"); got != "ORDERS: 13 characters" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := Report(ctx, "ORDER"); !errors.Is(err, prefect.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestReportUnderAConfig(t *testing.T) {
	t.Parallel()
	ctx := testkit.LocalConfig(t.Context(), t, "[context.secrets]\nORDERS_PASSWORD = '${PREFIX}-horse'\n", map[string]string{"PREFIX": "correct"})
	if got, err := Report(ctx, "orders"); err == nil {
		t.Error("names that the environment sets are in lower case", got)
	}
	if ok, err := prefect.Secret("orders_password").Exists(ctx); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestReportInCloudExecution(t *testing.T) {
	t.Parallel()
	cloud := testkit.New(t)
	cloud.Set("ORDERS_PASSWORD", "correct-horse")
	if got, err := Report(cloud.Context(t.Context()), "ORDERS"); got != "ORDERS: 13 characters" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := Report(cloud.Tenant("data").Context(t.Context()), "ORDERS"); !errors.Is(err, prefect.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
