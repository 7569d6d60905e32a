package docs

import (
	"os/exec"
	"syscall"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/terminal/terminaltest"
)

// runInTerminal runs a command in a terminal of that many columns, and returns all that it
// prints there.
func runInTerminal(t *testing.T, cmd *exec.Cmd, columns int) string {
	t.Helper()
	terminal := terminaltest.New(t, columns)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal.File, terminal.File, terminal.File
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err := cmd.Run()
	printed := terminal.Received()
	if err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
	return printed
}
