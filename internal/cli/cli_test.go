package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"prefect-secrets": main})
}

// main runs the command as the module's main.go does.
func main() {
	ctx, signals, end := interrupts.Listen(context.Background())
	defer end()
	command := cli.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Environ(), Interrupts: signals,
	}
	os.Exit(command.Main(ctx, os.Args[1:]))
}

// TestScripts runs testdata/script. In addition to testscript's own commands there are:
//
//   - ready FILE waits for a ready-file of serve and sets $URL, $TENANT, $ADMIN and
//     $RUNNER from it.
//   - paste VARIABLE FILE sets the variable to the key that keygen has just printed, and
//     adds the lines that it printed to a keys file.
//   - exits CODE COMMAND runs the command. It fails if the exit code is another or the
//     output contains CANARY.
//   - mode0600 FILE fails if the file has another mode.
func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FIXTURES", fixtures)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready": ready, "exits": exits, "paste": paste, "mode0600": mode0600,
		},
	})
}

// ready waits for a ready-file, and sets URL, TENANT, ADMIN and RUNNER to what it says.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	for range 200 {
		data, err := os.ReadFile(path)
		if err != nil {
			time.Sleep(25 * time.Millisecond)
			continue
		}
		var r struct {
			URL       string `json:"url"`
			TenantID  string `json:"tenant_id"`
			AdminKey  string `json:"admin_key"`
			RunnerKey string `json:"runner_key"`
		}
		ts.Check(json.Unmarshal(data, &r))
		ts.Setenv("URL", r.URL)
		ts.Setenv("TENANT", r.TenantID)
		ts.Setenv("ADMIN", r.AdminKey)
		ts.Setenv("RUNNER", r.RunnerKey)
		return
	}
	ts.Fatalf("%s did not appear", args[0])
}

// exits runs a command, and checks its exit code and that its output shows no value.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := map[string]int{"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
	want, ok := code[args[0]]
	if !ok {
		ts.Fatalf("usage: exits CODE COMMAND [ARG ...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), "CANARY") {
		ts.Fatalf("a value shows")
	}
}

// paste sets a variable to the key that keygen printed, and appends its lines to a keys
// file.
func paste(ts *testscript.TestScript, _ bool, args []string) {
	before, lines, found := strings.Cut(ts.ReadFile("stdout"), "[[keys]]\n")
	at := strings.Index(before, "pfs_")
	if !found || at < 0 {
		ts.Fatalf("keygen printed no key and lines")
	}
	ts.Setenv(args[0], before[at:at+37])
	file, err := os.OpenFile(ts.MkAbs(args[1]), os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = file.WriteString("\n[[keys]]\n" + lines)
	ts.Check(errors.Join(err, file.Close()))
}

func mode0600(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if info.Mode().Perm() != 0o600 {
		ts.Fatalf("mode %v", info.Mode())
	}
}
