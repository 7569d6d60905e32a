package cli_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// startRestarting starts a fake behind a proxy that answers its first request, and
// every one after a request that the fake has answered, with 503. It counts requests.
func startRestarting(t *testing.T) (fake *testkit.Cloud, url string) {
	t.Helper()
	fake = testkit.New(t)
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%2 == 1 {
			http.Error(w, "<html>"+canary, http.StatusServiceUnavailable)
			return
		}
		fake.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return fake, server.URL
}

// Every command that asks the store waits while it is away, and says so once.
func TestCommandsWaitForTheStore(t *testing.T) {
	secrets := writeFile(t, "secrets.json", `{"A": "`+canary+`"}`)
	for _, tt := range []struct {
		args   []string
		stdout string
	}{
		{[]string{"plan", "--secrets-file", secrets}, "create    A"},
		{[]string{"sync", "--secrets-file", secrets}, "1 created"},
		{[]string{"sync", "--secrets-file", secrets, "--format", "json"}, `"A"`},
		{[]string{"names", "--tenant", "testkit"}, "OLD"},
		{[]string{"set", "B"}, "set B"},
		{[]string{"delete", "OLD"}, "deleted OLD"},
	} {
		fake, url := startRestarting(t)
		fake.Set("OLD", canary)
		r := runCommand(t, adminEnv, canary, append(tt.args, "--api-url", url)...)
		if r.code != exit.OK || !strings.Contains(r.stdout, tt.stdout) {
			t.Errorf("%v: exit code %d: %s%s", tt.args, r.code, r.stdout, r.stderr)
		}
		if n := strings.Count(r.stderr, "waiting for "+url+": HTTP 503\n"); n != 1 || strings.Contains(r.stdout+r.stderr, canary) {
			t.Errorf("%v: it said %d times that it waits: %s", tt.args, n, r.stderr)
		}
	}
}

// A run that waits ends at once when it is interrupted.
func TestAnInterruptedWaitEnds(t *testing.T) {
	secrets := writeFile(t, "secrets.json", `{"A": "`+canary+`"}`)
	for _, args := range [][]string{
		{"plan", "--secrets-file", secrets}, {"sync", "--secrets-file", secrets}, {"names"}, {"set", "A"}, {"delete", "A"},
	} {
		for name, status := range map[string]int{"waiting": http.StatusBadGateway, "under way": 0} {
			ctx, interrupt := context.WithCancel(t.Context())
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if status != 0 {
					w.WriteHeader(status)
				}
				_, _ = io.Copy(io.Discard, r.Body) // only then it is noticed that the client leaves
				interrupt()
				if status == 0 {
					<-r.Context().Done()
				}
			}))
			var stdout, stderr bytes.Buffer
			c := cli.Command{Stdin: strings.NewReader(canary), Stdout: &stdout, Stderr: &stderr, Env: adminEnv}
			code := c.Main(ctx, append(args, "--api-url", server.URL, "--timeout", "20s"))
			server.Close()
			if code != exit.Partly || !strings.Contains(stderr.String(), "interrupted") {
				t.Errorf("%v, %s: exit code %d: %s", args, name, code, stderr.String())
			}
		}
	}
}

// A certificate of an unknown authority points at the flag that makes it known.
func TestAnUnknownAuthority(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	want := "cannot connect securely to " + server.URL + "/: its certificate is signed by an unknown authority: pass its PEM file with --ca-certificate"
	r := runCommand(t, adminEnv, "", "names", "--api-url", server.URL)
	if r.code != exit.Failed || !strings.Contains(r.stderr, want) || strings.Contains(r.stderr, "waiting") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// A refusal that is not the store's is not the key's fault.
func TestAProxyThatRefuses(t *testing.T) {
	for status, want := range map[int]string{401: "requires its own login", 403: "refused the request"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>" + canary))
		}))
		t.Cleanup(server.Close)
		secrets := writeFile(t, "secrets.json", `{"A": "x"}`)
		for _, args := range [][]string{{"plan", "--secrets-file", secrets}, {"sync", "--secrets-file", secrets}, {"names"}, {"set", "A"}, {"delete", "A"}} {
			r := runCommand(t, adminEnv, "x", append(args, "--api-url", server.URL)...)
			if r.code != exit.Failed || !strings.Contains(r.stderr, "a proxy in front of "+server.URL+"/ "+want) || strings.Contains(r.stdout+r.stderr, canary) {
				t.Errorf("%d, %v: exit code %d: %s", status, args, r.code, r.stderr)
			}
		}
	}
}

// A single secret that a proxy does not let through is named, with the length of the
// request; the others are written.
func TestAProxyThatLimitsBodies(t *testing.T) {
	fake := testkit.New(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 10_000 {
			http.Error(w, "<html>"+canary, http.StatusRequestEntityTooLarge)
			return
		}
		fake.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	secrets := writeFile(t, "secrets.json", `{"SMALL": "x", "BIG": "`+strings.Repeat("x", 20_000)+`", "TINY": "y"}`)
	r := runCommand(t, adminEnv, "", "sync", "--api-url", server.URL, "--secrets-file", secrets)
	want := "failed    BIG: a proxy in front of " + server.URL + "/ limits the length of requests, and this one has 201"
	if r.code != exit.Partly || !strings.Contains(r.stdout, want) || len(fake.Names()) != 2 || strings.Contains(r.stdout+r.stderr, canary) {
		t.Errorf("exit code %d, %q: %s%s", r.code, fake.Names(), r.stdout, r.stderr)
	}
}
