package cli_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal/terminaltest"
)

// runOnTerminal runs the command with a terminal as its output, and returns what its
// user sees, without colours.
func runOnTerminal(t *testing.T, columns int, env []string, args ...string) string {
	t.Helper()
	screen := terminaltest.New(t, columns)
	command := cli.Command{
		Stdin: bytes.NewReader(nil), Stdout: screen.File, Stderr: screen.File, Env: env, ChecksPage: string(checksPage),
	}
	command.Main(t.Context(), args)
	return regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(screen.Seen(), "")
}

func checkFits(t *testing.T, columns int, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := terminal.Columns(strings.TrimRight(line, "\n")); n > columns {
			t.Errorf("at %d: %s", columns, line)
		}
	}
}

func TestHelpFitsTheTerminal(t *testing.T) {
	for columns, limit := range map[int]int{40: 40, 60: 60, 80: 80, 200: 100} {
		for _, command := range helpOf(t) {
			help := runOnTerminal(t, columns, nil, append(command, "--help")...)
			text := examples.ReplaceAllString(help, "")
			if columns < 60 {
				text = names.ReplaceAllString(text, "") // which cannot be broken
			}
			checkFits(t, limit, text)
			checkFits(t, 80, examples.FindString(help))
		}
	}
	if lines := strings.Count(runOnTerminal(t, 40, nil, "sync", "--help"), "\n"); lines > 220 {
		t.Errorf("the help of sync at 40 columns has %d lines", lines)
	}
}

// names matches a flag with the name of its value, alone on its line, and a command line.
var names = regexp.MustCompile(`(?m)^ +((-\w, )?--[a-z-]+( \S+)?|prefect-secrets .*)$`)

func TestErrorsAndConfigFitTheTerminal(t *testing.T) {
	config := writeFile(t, "config.toml", "["+strings.Repeat(`"秘密鍵".`, 8)+"x]\nvalue = \""+strings.Repeat("長い", 40)+"\"\n")
	for _, columns := range []int{60, 80} {
		for _, args := range [][]string{
			{"get", "A"},
			{"check", "internal/cli/cli_test.go", "--flows", "."},
			{"sync", "--api-key", "x"},
			{"config", "--changed", "--file", config},
		} {
			seen := runOnTerminal(t, columns, nil, args...)
			checkFits(t, columns, strings.ReplaceAll(seen, config, "config.toml"))
		}
	}
}

func TestSetAsksOnATerminal(t *testing.T) {
	fake, url, _ := startFake(t, 0)
	for name, tt := range map[string]struct {
		typed, want string
		args        []string
		code        int
	}{
		"a line":         {canary + "\n", "set NAME\n", nil, exit.OK},
		"JSON":           {`["` + canary + "\"]\n", "set NAME\n", []string{"--json"}, exit.OK},
		"nothing":        {"\n", "no value on standard input", nil, exit.Usage},
		"several lines":  {canary + "\nrm -rf /\n", "more than one line: pipe it in", nil, exit.Usage},
		"JSON cut short": {`{"a": "` + canary + "\n", "not JSON: at 1:", []string{"--json"}, exit.Usage},
	} {
		t.Run(name, func(t *testing.T) {
			screen := terminaltest.New(t, 80)
			command := cli.Command{Stdin: screen.File, Stdout: screen.File, Stderr: screen.File, Env: adminEnv}
			done := make(chan int)
			go func() {
				done <- command.Main(t.Context(), append([]string{"set", "NAME", "--api-url", url}, tt.args...))
			}()
			time.Sleep(200 * time.Millisecond) // until the question is asked
			screen.Type(tt.typed)
			code := <-done
			seen := screen.Seen()
			if code != tt.code || !strings.HasPrefix(seen, "value of NAME (not shown): \n") || !strings.Contains(strings.ReplaceAll(seen, "\n  ", " "), tt.want) {
				t.Errorf("exit code %d: %q", code, seen)
			}
			if strings.Contains(seen, canary) || strings.Contains(seen, "rm -rf") {
				t.Errorf("what was typed shows: %q", seen)
			}
		})
	}
	if names := fake.Names(); len(names) != 1 {
		t.Errorf("the store has %q", names)
	}
}

func TestSetOnATerminalIsInterrupted(t *testing.T) {
	screen := terminaltest.New(t, 80)
	ctx, cancel := context.WithCancel(t.Context())
	command := cli.Command{Stdin: screen.File, Stdout: screen.File, Stderr: screen.File, Env: adminEnv}
	done := make(chan int)
	go func() { done <- command.Main(ctx, []string{"set", "NAME"}) }()
	time.Sleep(200 * time.Millisecond)
	cancel()
	code := <-done
	screen.Type("x\n")
	if seen := screen.Seen(); code != exit.Partly || !strings.Contains(seen, "interrupted before the value was read; nothing was") {
		t.Errorf("exit code %d: %q", code, seen)
	}
}
