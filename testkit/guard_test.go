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

// loggingTB is a fakeTB that has Log, as *testing.T does.
type loggingTB struct {
	fakeTB
	logged []string
}

func (l *loggingTB) Log(args ...any) { l.logged = append(l.logged, fmt.Sprintln(args...)) }

// runGuarded runs a test under a guard, and returns its failures and what it logged.
func runGuarded(test func(*testkit.Guard)) (got string, logged []string) {
	tb := &loggingTB{}
	cloud := testkit.New(tb)
	cloud.Set("S", canary+"/value")
	test(cloud.LeakGuard(tb))
	return tb.finish(), tb.logged
}

func TestLeakGuardFailsATestThatLogsAValue(t *testing.T) {
	const value = canary + "/value"
	const withheld = "withheld"
	tests := map[string]struct {
		leak func(*testkit.Guard)
		want string
	}{
		"print":          {func(*testkit.Guard) { fmt.Println("ok\nurl", value) }, `standard output holds the value of ["S"] in line 2`},
		"standard error": {func(*testkit.Guard) { fmt.Fprintln(os.Stderr, value) }, "standard error"},
		"log":            {func(*testkit.Guard) { log.Print(value) }, "standard error"},
		"slog":           {func(*testkit.Guard) { slog.Info("set", "value", value) }, "standard error"},
		"base64": {func(*testkit.Guard) {
			log.Print(base64.StdEncoding.EncodeToString([]byte(value)))
		}, "standard error"},
		"a logger":   {func(g *testkit.Guard) { slog.New(slog.NewJSONHandler(g, nil)).Info(value) }, "the log"},
		"Log":        {func(g *testkit.Guard) { g.Log("set", value) }, "what the test logged"},
		"Logf":       {func(g *testkit.Guard) { g.Logf("set %q", value) }, "what the test logged"},
		"Errorf":     {func(g *testkit.Guard) { g.Errorf("got %s", value) }, withheld},
		"Fatalf":     {func(g *testkit.Guard) { g.Fatalf("got %s", value) }, withheld},
		"two writes": {func(*testkit.Guard) { fmt.Print(value[:7]); fmt.Print(value[7:]) }, "standard output"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, logged := runGuarded(tt.leak)
			if !strings.Contains(got, tt.want) || !strings.Contains(got, `"S"`) && tt.want != withheld {
				t.Errorf("got: %s", got)
			}
			if text := got + strings.Join(logged, ""); strings.Contains(text, canary) {
				t.Error("the value is shown")
			}
		})
	}
}

func TestLeakGuardPassesOnWhatIsClean(t *testing.T) {
	got, logged := runGuarded(func(g *testkit.Guard) {
		g.Log("set", "S")
		g.Logf("%d set", 1)
		g.Helper()
		g.Cleanup(func() {})
	})
	if got != "" || strings.Join(logged, "") != "set S\n1 set\n" {
		t.Errorf("got %q and log %q", got, logged)
	}
	got, _ = runGuarded(func(g *testkit.Guard) { g.Errorf("got %d", 7) })
	if got != "got 7" {
		t.Errorf("got %q", got)
	}
}

// earlyLogger is made before any guard.
var earlyLogger = slog.New(slog.NewJSONHandler(os.Stdout, nil))

func TestLeakGuardWatchesWhatWasMadeBefore(t *testing.T) {
	got, _ := runGuarded(func(*testkit.Guard) { earlyLogger.Info("set", "value", canary+"/value") })
	if !strings.Contains(got, "standard output") {
		t.Errorf("a logger: got %q", got)
	}
	got, _ = runGuarded(func(*testkit.Guard) {
		child := exec.Command("echo", canary+"/value")
		child.Stdout = os.Stdout
		if err := child.Run(); err != nil {
			t.Error(err)
		}
	})
	if !strings.Contains(got, "standard output") {
		t.Errorf("a child process: got %q", got)
	}
}

// A handler that redacts is left in place, and the test ends though a child process
// is still running.
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
	got, _ := runGuarded(func(*testkit.Guard) {
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
	if got != "" {
		t.Errorf("got %q", got)
	}
}

// A value that is stored after it was logged is found at the end.
func TestLeakGuardFindsALaterSecret(t *testing.T) {
	tb := &fakeTB{}
	cloud := testkit.New(tb)
	cloud.LeakGuard(tb)
	fmt.Println("connecting with LATE-5ecret")
	cloud.Set("S", "LATE-5ecret")
	if got := tb.finish(); !strings.Contains(got, `standard output holds the value of ["S"]`) {
		t.Errorf("got %q", got)
	}
}

// guardedVariable makes the test binary the process whose tests are guarded.
const guardedVariable = "TESTKIT_GUARDED"

// What a clean test prints comes out in the end. A guarded test cannot be parallel, and
// the failure says why, also where t.Parallel panics.
func TestLeakGuardInARealTest(t *testing.T) {
	if guarded := os.Getenv(guardedVariable); guarded != "" {
		runGuardedTest(t, guarded)
		return
	}
	const needsSequential = "testkit: LeakGuard needs a test that is not parallel: it watches standard output and error"
	for guarded, want := range map[string]struct {
		output string
		fails  bool
	}{
		"clean":          {"printed under the guard\n", false},
		"parallel":       {needsSequential, true},
		"parallel group": {needsSequential, true},
		"parallel later": {needsSequential, true},
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestLeakGuardInARealTest$", "-test.v")
		cmd.Env = append(os.Environ(), guardedVariable+"="+guarded)
		out, err := cmd.CombinedOutput()
		if (err != nil) != want.fails || !strings.Contains(string(out), want.output) {
			t.Errorf("%s: %v: %s", guarded, err, out)
		}
		if panics := strings.Contains(string(out), "panic:"); panics != (guarded == "parallel later") {
			t.Errorf("%s: panics %t: %s", guarded, panics, out)
		}
		if strings.Contains(string(out), "not reached") {
			t.Errorf("%s: the test goes on: %s", guarded, out)
		}
	}
}

func runGuardedTest(t *testing.T, guarded string) {
	switch guarded {
	case "clean":
		testkit.New(t).LeakGuard(t)
		fmt.Println("printed under the guard")
	case "parallel":
		t.Parallel()
		testkit.New(t).LeakGuard(t)
		fmt.Println("not reached")
	case "parallel group":
		t.Parallel()
		t.Run("test", func(t *testing.T) {
			testkit.New(t).LeakGuard(t)
			fmt.Println("not reached")
		})
	case "parallel later":
		testkit.New(t).LeakGuard(t)
		t.Parallel()
		fmt.Println("not reached")
	}
}

// A TB whose Fatalf returns, as a test's own may, gets a guard that does no harm.
func TestLeakGuardOfATestThatIsParallel(t *testing.T) {
	tb := &parallelTB{}
	guard := testkit.New(tb).LeakGuard(tb)
	guard.Errorf("after the guard")
	got := tb.finish()
	if !strings.Contains(got, "needs a test that is not parallel") || !strings.Contains(got, "after the guard") {
		t.Errorf("got: %s", got)
	}
}

// parallelTB is a fakeTB whose Setenv panics, as that of a parallel test does.
type parallelTB struct{ fakeTB }

func (*parallelTB) Setenv(_, _ string) { panic("testing: a message about Setenv") }
