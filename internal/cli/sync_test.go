package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// A signal cancels the context. The sync waits for requests in flight, sends no more,
// and reports what was written.
func TestAnInterruptedSyncReports(t *testing.T) {
	fake, _, secrets := startFake(t, 2000)
	ctx, interrupt := context.WithCancel(t.Context())
	server := httptest.NewServer(interruptOnWrite(ctx, fake.Handler(), interrupt))
	t.Cleanup(server.Close)
	var stdout, stderr bytes.Buffer
	command := cli.Command{Stdout: &stdout, Stderr: &stderr, Env: adminEnv}
	code := command.Main(ctx, []string{"sync", "--api-url", server.URL, "--secrets-file", secrets})
	stored := len(fake.Names())
	if code != exit.Partly || stored == 0 || stored == 2000 {
		t.Fatalf("exit code %d, %d stored: %s", code, stored, stderr.String())
	}
	for _, want := range []string{
		fmt.Sprintf("result: %d created", stored),
		fmt.Sprintf("verified: %d of %d names present", stored, stored),
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if want := fmt.Sprintf("interrupted: %d of 2000 changes were not made", 2000-stored); !strings.Contains(stderr.String(), want) {
		t.Errorf("standard error lacks %q: %s", want, stderr.String())
	}
}

// interruptOnWrite calls interrupt once next has executed the first document of writes.
// It answers no other document of writes before that.
func interruptOnWrite(interrupted context.Context, next http.Handler, interrupt func()) http.Handler {
	var first atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		writes := bytes.Contains(body, []byte("setSecret"))
		if writes && !first.CompareAndSwap(false, true) {
			<-interrupted.Done()
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if writes {
			interrupt()
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func TestAnInterruptedPlanChangesNothing(t *testing.T) {
	_, url, secrets := startFake(t, 1)
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var stdout, stderr bytes.Buffer
	command := cli.Command{Stdout: &stdout, Stderr: &stderr, Env: adminEnv}
	code := command.Main(ctx, []string{"sync", "--api-url", url, "--secrets-file", secrets})
	if code != exit.Partly || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

func TestOneTenantThatFailsHarmsNoOther(t *testing.T) {
	fake, url, secrets := startFake(t, 3)
	data, ml := fake.Tenant("data"), fake.Tenant("ml")
	tests := map[string]struct {
		match faults.Match
		fault faults.Fault
		want  string
	}{
		"its plan": {
			faults.Match{Field: "secret", Tenant: "ml"}, faults.Fault{Code: "FORBIDDEN"},
			"result for tenant ml: failed: listing secret names",
		},
		"its writes": {
			faults.Match{Field: "setSecret", Tenant: "ml"}, faults.Fault{Code: "FORBIDDEN"},
			"result for tenant ml: 0 created, 0 overwritten, 0 unchanged, 0 skipped, 3 failed",
		},
	}
	for name, tt := range tests {
		remove := fake.Inject(tt.match, tt.fault)
		r := runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets,
			"--tenant", "ml,data")
		if r.code != exit.Partly || !strings.Contains(r.stdout, tt.want) || !strings.Contains(r.stderr, "tenant ml: ") {
			t.Errorf("%s: exit code %d: %s%s", name, r.code, r.stdout, r.stderr)
		}
		if strings.Contains(r.stderr, "tenant data") || len(data.Names()) != 3 ||
			len(ml.Names()) != 0 || len(fake.Names()) != 0 {
			t.Errorf("%s: data has %v, ml %v: %s", name, data.Names(), ml.Names(), r.stderr)
		}
		p := runCommand(t, adminEnv, "", "plan", "--api-url", url, "--secrets-file", secrets,
			"--tenant", "ml,data")
		if (p.code == exit.Partly) != (name == "its plan") {
			t.Errorf("%s: plan exits with %d: %s", name, p.code, p.stderr)
		}
		remove()
	}
}

func TestATenantIsNamedByItsIDToo(t *testing.T) {
	fake, url, secrets := startFake(t, 1)
	data := fake.Tenant("data")
	r := runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets,
		"--tenant", strings.ToUpper(data.TenantID()))
	if r.code != exit.OK || len(data.Names()) != 1 || !strings.Contains(r.stdout, "in 3 requests") {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, adminEnv, "", "names", "--api-url", url, "--tenant", "data")
	if r.code != exit.OK || r.stdout != "S0000\n" {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestARunnerKeyVerifiesValues(t *testing.T) {
	_, url, secrets := startFake(t, 3)
	key := writeFile(t, "runner", testkit.RunnerKey+"\n")
	r := runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets,
		"--verify-key-file", key)
	if r.code != exit.OK ||
		!strings.Contains(r.stdout, "verified: 3 of 3 values, read back under the runner key") ||
		strings.Contains(r.stdout, canary) {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets,
		"--verify-key-file", writeFile(t, "empty", ""))
	if r.code != exit.Usage || !strings.Contains(r.stderr, "--verify-key-file: ") {
		t.Errorf("an empty file: exit code %d: %s", r.code, r.stderr)
	}
	r = runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets,
		"--verify-key-file", writeFile(t, "admin", testkit.AdminKey))
	if r.code != exit.Refused ||
		!strings.Contains(r.stderr, "is an admin key, which can write but not read values; reading values back needs a runner key") {
		t.Errorf("a key that may not read: exit code %d: %s", r.code, r.stderr)
	}
}

// A key that is refused at the first write ends the run with its own exit code.
func TestAKeyThatIsRefusedLater(t *testing.T) {
	fake, url, secrets := startFake(t, 3)
	fake.Inject(faults.Match{Field: "setSecret"}, faults.KeyExpired())
	r := runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets)
	if r.code != exit.Refused || !strings.Contains(r.stderr, "does not accept the key from PREFECT_SECRETS_API_KEY: it is wrong, expired, revoked or for another store") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// A slow run reports its progress, unless it is to be quiet, and JSON stays one document.
func TestProgressGoesToStandardError(t *testing.T) {
	for _, tt := range []struct{ format, quiet, want string }{
		{"json", "--quiet=false", "150 of 150 changes processed\n"},
		{"json", "--quiet", ""},
		{"markdown", "--quiet", ""},
		{"text", "--quiet=false", "150 of 150 changes processed\n"},
		{"text", "--quiet", ""},
	} {
		fake, url, secrets := startFake(t, 150)
		fake.Inject(faults.Match{Field: "setSecret", Secret: "S0120"},
			faults.Fault{Delay: 1100 * time.Millisecond})
		r := runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets, "--format", tt.format, tt.quiet)
		if r.code != exit.OK || r.stderr != tt.want || json.Valid([]byte(r.stdout)) != (tt.format == "json") {
			t.Errorf("%+v: exit code %d: %q", tt, r.code, r.stderr)
		}
	}
}
