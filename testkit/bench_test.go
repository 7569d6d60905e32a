package testkit_test

import (
	"net/http/httptest"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// BenchmarkNewSetGet makes a fake, sets a secret and reads it, each with a client of
// its own, without a socket.
func BenchmarkNewSetGet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cloud := testkit.New(&fakeTB{})
		setAndGet(b, cloud.AdminClient(), cloud.RunnerClient())
	}
}

// BenchmarkNewSetGetHTTPTest does the same through a socket, as tests without such a
// fake do.
func BenchmarkNewSetGetHTTPTest(b *testing.B) {
	b.ReportAllocs()
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
}

func setAndGet(b *testing.B, admin, runner *prefect.Client) {
	if err := admin.SetSecret(b.Context(), "S", "v"); err != nil {
		b.Fatal(err)
	}
	if _, err := runner.GetSecret(b.Context(), "S"); err != nil {
		b.Fatal(err)
	}
}
