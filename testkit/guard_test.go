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
		"print":          {func(*testkit.Guard) { fmt.Println("ok\nurl", value) }, "standard output holds the value of [\"S\"] in line 2"},
		"standard error": {func(*testkit.Guard) { fmt.Fprintln(os.Stderr, value) }, "standard error"},
		"log":            {func(*testkit.Guard) { log.Print(value) }, "standard error"},
		"slog":           {func(*testkit.Guard) { slog.Info("set", "value", value) }, "standard error"},
		"base64":         {func(*testkit.Guard) { log.Print(base64.StdEncoding.EncodeToString([]byte(value))) }, "standard error"},
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

// made is a logger that was made before any guard.
var made = slog.New(slog.NewJSONHandler(os.Stdout, nil))

func TestLeakGuardWatchesWhatWasMadeBefore(t *testing.T) {
	said, _ := guarded(func(*testkit.Guard) { made.Info("set", "value", canary+"/value") })
	if !strings.Contains(said, "standard output") {
		t.Errorf("a logger: it said %q", said)
	}
	said, _ = guarded(func(*testkit.Guard) {
		child := exec.Command("echo", canary+"/value")
		child.Stdout = os.Stdout
		if err := child.Run(); err != nil {
			t.Error(err)
		}
	})
	if !strings.Contains(said, "standard output") {
		t.Errorf("a child process: it said %q", said)
	}
}

// A handler that redacts is left in place, and a child that goes on running keeps
// no test from ending.
func TestLeakGuardLeavesLoggersAlone(t *testing.T) {
	previous := slog.Default()
	writer, flags := log.Writer(), log.Flags()
	defer func() { slog.SetDefault(previous); log.SetOutput(writer); log.SetFlags(flags) }()
	redacting := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "value" {
			a.Value = slog.StringValue("***")
		}
		return a
	}}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, redacting)))
	handler := slog.Default()
	said, _ := guarded(func(*testkit.Guard) {
		slog.Info("set", "value", canary+"/value")
		slog.Debug("below the level", "other", canary+"/value")
		slog.SetDefault(slog.New(slog.NewTextHandler(os.Stdout, redacting)))
		slog.Info("set", "value", canary+"/value")
		slog.SetDefault(handler)
		child := exec.Command("sleep", "60")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			t.Error(err)
		}
		t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	})
	if said != "" {
		t.Errorf("it said %q", said)
	}
}

// A value that becomes known after it was logged is found at the end.
func TestLeakGuardFindsALaterSecret(t *testing.T) {
	tb := &fakeTB{}
	cloud := testkit.New(tb)
	cloud.LeakGuard(tb)
	fmt.Println("connecting with LATE-5ecret")
	cloud.Set("S", "LATE-5ecret")
	if said := tb.end(); !strings.Contains(said, `standard output holds the value of ["S"]`) {
		t.Errorf("it said %q", said)
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
