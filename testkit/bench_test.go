package testkit_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/test/bench/cputime"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// BenchmarkNewSetGet makes a fake, sets a secret and reads it, each with a client of its
// own, without a socket.
func BenchmarkNewSetGet(b *testing.B) { benchmark(b, newSetGet) }

// BenchmarkNewSetGetHTTPTest does the same through a socket, as tests without such a
// transport do: each starts a server and closes it, and its two clients share a connection.
func BenchmarkNewSetGetHTTPTest(b *testing.B) { benchmark(b, newSetGetHTTPTest) }

func benchmark(b *testing.B, run func(testing.TB)) {
	b.ReportAllocs()
	report := cputime.Start(b)
	for b.Loop() {
		run(b)
	}
	report()
}

// TestAllocations bounds what a fake, a set and a get cost, which no other work on the
// machine moves. About 60 allocations and 6 KB are shurcooL's, and net/http's below it.
func TestAllocations(t *testing.T) {
	const runs = 200
	newSetGet(t) // what is made once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	allocations := testing.AllocsPerRun(runs, func() { newSetGet(t) })
	runtime.ReadMemStats(&after)
	bytes := (after.TotalAlloc - before.TotalAlloc) / (runs + 1) // AllocsPerRun runs it once more
	if allocations > maxAllocations || bytes > maxBytes {
		t.Errorf("to make a fake, set a secret and read it takes %.0f allocations and %d bytes, more than %d or %d", allocations, bytes, maxAllocations, maxBytes)
	}
}

func newSetGet(b testing.TB) {
	cloud := testkit.New(&fakeTB{})
	setAndGet(b, cloud.AdminClient(), cloud.RunnerClient())
}

func newSetGetHTTPTest(b testing.TB) {
	cloud := testkit.New(&fakeTB{})
	server := httptest.NewUnstartedServer(cloud.Handler())
	server.Config.ConnState = reset
	server.Start()
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

// reset makes a connection end without waiting. Thousands of ports that wait would make
// the next server up to five times slower, which no suite of tests sees.
func reset(c net.Conn, state http.ConnState) {
	if tcp, ok := c.(*net.TCPConn); ok && state == http.StateNew {
		_ = tcp.SetLinger(0)
	}
}

func setAndGet(b testing.TB, admin, runner *prefect.Client) {
	if err := admin.SetSecret(b.Context(), "S", "v"); err != nil {
		b.Fatal(err)
	}
	if _, err := runner.GetSecret(b.Context(), "S"); err != nil {
		b.Fatal(err)
	}
}
