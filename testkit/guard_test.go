package testkit_test

import (
	"encoding/base64"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// loggingTB is a fakeTB that also logs, as *testing.T does.
type loggingTB struct {
	fakeTB
	logged []string
}

func (l *loggingTB) Log(args ...any) { l.logged = append(l.logged, fmt.Sprintln(args...)) }

// guarded is what a test says that logs under a guard, and what it logged.
func guarded(use func(*testkit.Guard)) (said string, logged []string) {
	tb := &loggingTB{}
	cloud := testkit.New(tb)
	cloud.Set("S", canary+"/value")
	use(cloud.LeakGuard(tb))
	return tb.end(), tb.logged
}

func TestLeakGuardFailsATestThatLogsAValue(t *testing.T) {
	const value = canary + "/value"
	for name, tt := range map[string]struct {
		leak  func(*testkit.Guard)
		where string
	}{
		"print":          {func(*testkit.Guard) { fmt.Println("ok\nurl", value) }, "standard output, line 2"},
		"standard error": {func(*testkit.Guard) { fmt.Fprintln(os.Stderr, value) }, "standard error, line 1"},
		"log":            {func(*testkit.Guard) { log.Print(value) }, "the log"},
		"slog":           {func(*testkit.Guard) { slog.Info("set", "value", value) }, "the log"},
		"base64":         {func(*testkit.Guard) { log.Print(base64.StdEncoding.EncodeToString([]byte(value))) }, "the log"},
		"a logger":       {func(g *testkit.Guard) { slog.New(slog.NewJSONHandler(g, nil)).Info(value) }, "the log"},
		"Log":            {func(g *testkit.Guard) { g.Log("set", value) }, "what the test says"},
		"Logf":           {func(g *testkit.Guard) { g.Logf("set %q", value) }, "what the test says"},
		"Errorf":         {func(g *testkit.Guard) { g.Errorf("got %s", value) }, "kept back"},
		"Fatalf":         {func(g *testkit.Guard) { g.Fatalf("got %s", value) }, "kept back"},
		"two writes":     {func(*testkit.Guard) { fmt.Print(value[:7]); fmt.Print(value[7:]) }, "standard output"},
	} {
		t.Run(name, func(t *testing.T) {
			said, logged := guarded(tt.leak)
			if !strings.Contains(said, tt.where) || !strings.Contains(said, `"S"`) && tt.where != "kept back" {
				t.Errorf("it said: %s", said)
			}
			if text := said + strings.Join(logged, ""); strings.Contains(text, canary) {
				t.Error("the value is shown")
			}
		})
	}
}

func TestLeakGuardPassesOnWhatIsClean(t *testing.T) {
	said, logged := guarded(func(g *testkit.Guard) {
		g.Log("set", "S")
		g.Logf("%d set", 1)
		g.Helper()
		g.Cleanup(func() {})
	})
	if said != "" || strings.Join(logged, "") != "set S\n1 set\n" {
		t.Errorf("it said %q and logged %q", said, logged)
	}
	said, _ = guarded(func(g *testkit.Guard) { g.Errorf("got %d", 7) })
	if said != "got 7" {
		t.Errorf("it said %q", said)
	}
}

func TestLeakGuardRestoresTheProcess(t *testing.T) {
	stdout, stderr, writer, logger := os.Stdout, os.Stderr, log.Writer(), slog.Default()
	guarded(func(*testkit.Guard) {
		if os.Stdout == stdout || os.Stderr == stderr || log.Writer() == writer {
			t.Error("nothing is captured")
		}
	})
	if os.Stdout != stdout || os.Stderr != stderr || log.Writer() != writer || slog.Default() != logger {
		t.Error("the process does not write where it did")
	}
}

func TestLeakGuardCapturesAReplacedDefaultLogger(t *testing.T) {
	previous := slog.Default()
	writer, flags := log.Writer(), log.Flags()
	defer func() { slog.SetDefault(previous); log.SetOutput(writer); log.SetFlags(flags) }()
	var out strings.Builder
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	said, _ := guarded(func(*testkit.Guard) { slog.Info("set", "value", canary+"/value") })
	if !strings.Contains(said, "the log") || strings.Contains(out.String(), canary) {
		t.Errorf("it said %q", said)
	}
	slog.Info("afterwards")
	if !strings.Contains(out.String(), "afterwards") {
		t.Error("the logger is not put back")
	}
}

// What a clean test prints comes out in the end, and a test that is guarded
// cannot run in parallel.
func TestLeakGuardInARealTest(t *testing.T) {
	if os.Getenv("TESTKIT_GUARDED") != "" {
		t.Run("clean", func(t *testing.T) {
			testkit.New(t).LeakGuard(t)
			fmt.Println("printed under the guard")
		})
		t.Run("parallel", func(t *testing.T) {
			defer func() { fmt.Println("recovered:", recover()) }()
			t.Parallel()
			testkit.New(t).LeakGuard(t)
		})
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestLeakGuardInARealTest$", "-test.v")
	cmd.Env = append(os.Environ(), "TESTKIT_GUARDED=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "printed under the guard") || !strings.Contains(string(out), "can not use t.Parallel") {
		t.Errorf("%v: %s", err, out)
	}
}
