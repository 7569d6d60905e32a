package exit_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func TestCodesAreInOrder(t *testing.T) {
	for i, c := range exit.Codes {
		if c.Code != i || c.Name == "" || c.Meaning == "" {
			t.Errorf("row %d of the table is %+v", i, c)
		}
	}
	if last := exit.Codes[len(exit.Codes)-1].Code; last != exit.Pending {
		t.Errorf("the last code is %d, and the table ends with %d", exit.Pending, last)
	}
}

func TestPageHasTheExitCodes(t *testing.T) {
	want := "| exit code | meaning |\n| --- | --- |\n"
	for _, c := range exit.Codes {
		want += fmt.Sprintf("| %d | %s |\n", c.Code, c.Meaning)
	}
	if !strings.Contains(readFile(t, "../../docs/cli.md"), "\n"+want+"\n") {
		t.Errorf("docs/cli.md does not have this table:\n%s", want)
	}
}

var mentioned = regexp.MustCompile(`exit(?:s with)?(?: code)? (\d+)( or \d+)?`)

// The docs name no exit code that the command does not have.
func TestDocsNameKnownExitCodes(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	known := map[string]bool{
		strconv.Itoa(exit.Signalled(syscall.SIGINT)):  true,
		strconv.Itoa(exit.Signalled(syscall.SIGTERM)): true,
	}
	for _, c := range exit.Codes {
		known[strconv.Itoa(c.Code)] = true
	}
	found := 0
	for _, page := range append(pages, "../../README.md") {
		for _, m := range mentioned.FindAllStringSubmatch(readFile(t, page), -1) {
			for _, code := range []string{m[1], strings.TrimPrefix(m[2], " or ")} {
				if found++; code != "" && !known[code] {
					t.Errorf("%s: %q: there is no exit code %s", page, m[0], code)
				}
			}
		}
	}
	if found == 0 {
		t.Error("the docs name no exit code")
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCodeOfAStore(t *testing.T) {
	for want, errs := range map[int][]error{
		exit.Failed:  {errors.New("HTTP 500"), prefect.ErrNotFound},
		exit.Usage:   {apikey.ErrNone},
		exit.Partly:  {secretsync.ErrInterrupted},
		exit.Refused: {prefect.ErrUnauthenticated, prefect.ErrForbidden},
	} {
		for _, err := range errs {
			if got := exit.CodeOf(exit.Store(fmt.Errorf("listing names: %w", err))); got != want {
				t.Errorf("%v: exit code %d, want %d", err, got, want)
			}
		}
	}
}
