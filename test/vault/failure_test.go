//go:build realvault

package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

const adminKey = "admin-key-of-the-test"

// countingTransport calls onNth when it sends the nth request of a method.
type countingTransport struct {
	next   http.RoundTripper
	method string
	n      int64
	onNth  func()
	sent   atomic.Int64
}

func (c *countingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == c.method && c.sent.Add(1) == c.n {
		c.onNth()
	}
	return c.next.RoundTrip(r)
}

func transport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return transport
}

// serveAPI serves the secrets API over a store.
func serveAPI(t testing.TB, store cloud.Store) *httptest.Server {
	t.Helper()
	handler, err := cloud.New(cloud.Config{
		Store: store, Now: time.Now, Parallel: vault.Concurrency,
		Tenants: []cloud.Tenant{{ID: tenant, Slug: "data"}},
		Keys:    []cloud.Key{{Name: "ci", Secret: adminKey, Role: cloud.Admin, Tenants: []string{tenant}}},
		OnError: func(field string, err error) { t.Logf("%s: %v", field, err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// manySecrets returns n secrets of CI, by name.
func manySecrets(n int) map[string]string {
	secrets := map[string]string{}
	for i := range n {
		secrets[fmt.Sprintf("SECRET_%04d", i)] = fmt.Sprintf("value %d of the test", i)
	}
	return secrets
}

// runSync runs the command, which ctx can interrupt, and returns its exit code and
// output.
func runSync(ctx context.Context, t *testing.T, url string, secrets map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secrets.json")
	text, _ := json.Marshal(secrets)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	command := cli.Command{
		Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errOut,
		Env: []string{"PREFECT_SECRETS_API_KEY=" + adminKey},
	}
	code = command.Main(ctx, append([]string{"sync", "--api-url", url, "--secrets-file", file, "--timeout", "2m"}, args...))
	return code, out.String(), errOut.String()
}

// checkSecrets checks that the store holds exactly the secrets in want.
func checkSecrets(t *testing.T, store cloud.Store, want map[string]string) {
	t.Helper()
	names, err := store.Names(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), names); diff != "" {
		t.Fatalf("names (-want +got):\n%s", diff)
	}
	for name, text := range want {
		var got string
		value, err := store.Get(t.Context(), tenant, name)
		if err != nil || json.Unmarshal(value, &got) != nil || got != text {
			t.Fatalf("%s is %s, %v, want %q", name, value, err, text)
		}
	}
}

func TestSealedAndUnsealedInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	sealed := &countingTransport{next: transport(), method: http.MethodPut, n: 150, onNth: func() {
		s.seal(t)
		time.AfterFunc(3*time.Second, func() { s.unseal(t) })
	}}
	store := s.open(t, func(c *vault.Config) { c.Transport = sealed })
	secrets := manySecrets(400)
	code, stdout, stderr := runSync(t.Context(), t, serveAPI(t, store).URL, secrets)
	if code != exit.OK {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	checkSecrets(t, store, secrets)
}

func TestKilledInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := startServer(t, "-storage", "file", "-path", "DIR/data")
	killed := &countingTransport{next: transport(), method: http.MethodPut, n: 150, onNth: func() {
		s.kill()
		time.AfterFunc(time.Second, func() {
			s.run(t)
			s.unseal(t)
		})
	}}
	store := s.open(t, func(c *vault.Config) { c.Transport = killed })
	secrets := manySecrets(400)
	code, stdout, stderr := runSync(t.Context(), t, serveAPI(t, store).URL, secrets)
	if code != exit.OK {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	checkSecrets(t, store, secrets)
}

// Every write that was acknowledged before a crash is complete after it.
func TestCrashesLoseNothing(t *testing.T) {
	t.Parallel()
	const writers, crashes = 8, 3
	s := startServer(t, "-storage", "file", "-path", "DIR/data")
	store := s.open(t)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	acknowledged, attempted := make([]int, writers), make([]int, writers)
	var total atomic.Int64
	for w := range writers {
		all.Go(func() {
			for n := 1; ctx.Err() == nil; n++ {
				attempted[w] = n
				if _, err := store.Set(ctx, tenant, fmt.Sprint("w", w), json.RawMessage(fmt.Sprint(n)), "ci", n%2 == 0); err == nil {
					acknowledged[w] = n
					total.Add(1)
				}
			}
		})
	}
	for range crashes {
		before := total.Load()
		eventually(t, "progress", func() error {
			if total.Load() < before+200 {
				return fmt.Errorf("%d writes", total.Load()-before)
			}
			return nil
		})
		s.kill()
		s.run(t)
		s.unseal(t)
	}
	before := total.Load()
	eventually(t, "progress", func() error {
		if total.Load() == before {
			return fmt.Errorf("no write after the last crash")
		}
		return nil
	})
	stop()
	all.Wait()
	for w := range writers {
		var got int
		value, err := store.Get(t.Context(), tenant, fmt.Sprint("w", w))
		if err != nil || json.Unmarshal(value, &got) != nil || got < acknowledged[w] || got > attempted[w] {
			t.Errorf("writer %d: %s, %v, acknowledged %d of %d", w, value, err, acknowledged[w], attempted[w])
		}
	}
	t.Logf("%d acknowledged writes, %d crashes", total.Load(), crashes)
}
