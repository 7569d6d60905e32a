package testkit_test

import (
	"net/http/httptest"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/test/bench/cputime"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// BenchmarkNewSetGet makes a fake, sets a secret and reads it, each with a client of
// its own, without a socket.
func BenchmarkNewSetGet(b *testing.B) {
	b.ReportAllocs()
	report := cputime.Start(b)
	for b.Loop() {
		cloud := testkit.New(&fakeTB{})
		setAndGet(b, cloud.AdminClient(), cloud.RunnerClient())
	}
	report()
}

// TestAllocations bounds what a fake costs, which no other work on the machine moves.
// About a hundred allocations are shurcooL's, and net/http's below it.
func TestAllocations(t *testing.T) {
	allocations := testing.AllocsPerRun(200, func() {
		cloud := testkit.New(&fakeTB{})
		setAndGet(t, cloud.AdminClient(), cloud.RunnerClient())
	})
	if allocations > 300 {
		t.Errorf("to make a fake, set a secret and read it takes %.0f allocations, more than 300", allocations)
	}
}

// BenchmarkNewSetGetHTTPTest does the same through a socket, as tests without such a
// fake do.
func BenchmarkNewSetGetHTTPTest(b *testing.B) {
	b.ReportAllocs()
	report := cputime.Start(b)
	for b.Loop() {
		cloud := testkit.New(&fakeTB{})
		server := httptest.NewServer(cloud.Handler())
		client := func(key string) *prefect.Client {
			c, err := prefect.NewClient(prefect.ClientConfig{URL: server.URL, APIKey: key, Transport: server.Client().Transport})
			if err != nil {
				b.Fatal(err)
			}
			return c
		}
		setAndGet(b, client(testkit.AdminKey), client(testkit.RunnerKey))
		server.Close()
	}
	report()
}

func setAndGet(b testing.TB, admin, runner *prefect.Client) {
	if err := admin.SetSecret(b.Context(), "S", "v"); err != nil {
		b.Fatal(err)
	}
	if _, err := runner.GetSecret(b.Context(), "S"); err != nil {
		b.Fatal(err)
	}
}
