package terminal_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal/terminaltest"
)

func TestWidthOfATerminal(t *testing.T) {
	screen := terminaltest.New(t, 90)
	for columns, want := range map[string]int{"": 90, "72": 72, "0": 90, "-1": 90, "wide": 90, "5": 90} {
		getenv := func(string) string { return columns }
		if got := terminal.NewOutput(screen.File, terminal.Auto, getenv).Width; got != want {
			t.Errorf("COLUMNS=%s gives %d, want %d", columns, got, want)
		}
	}
}
