package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestEveryCommandIsComplete(t *testing.T) {
	commands := (&Command{}).root().Commands()
	if len(commands) < 13 {
		t.Errorf("there are %d commands", len(commands))
	}
	for _, cmd := range commands {
		for _, missing := range missingParts(t, cmd) {
			t.Error(missing)
		}
	}
}

// A new command fails the test with a list of what else it needs.
func TestANewCommandListsWhatItLacks(t *testing.T) {
	want := []string{
		"--help puts the command inspect into no group",
		"--help does not say what the command inspect does",
		"the command inspect does not say which arguments it takes",
		"neither the README nor a page of docs names prefect-secrets inspect",
		"no script in testdata/script runs prefect-secrets inspect",
		"no test in test/canary runs the command inspect",
	}
	if diff := cmp.Diff(want, missingParts(t, &cobra.Command{Use: "inspect FILE"})); diff != "" {
		t.Error(diff)
	}
}

// missingParts returns what a command lacks.
func missingParts(t *testing.T, cmd *cobra.Command) (missing []string) {
	require := func(ok bool, format string) {
		if !ok {
			missing = append(missing, fmt.Sprintf(format, cmd.Name()))
		}
	}
	run := "prefect-secrets " + cmd.Name()
	require(cmd.GroupID != "", "--help puts the command %s into no group")
	require(cmd.Short != "", "--help does not say what the command %s does")
	require(cmd.Args != nil, "the command %s does not say which arguments it takes")
	require(anyFileHas(t, run, "../../README.md", "../../docs/*.md"),
		"neither the README nor a page of docs names prefect-secrets %s")
	require(anyFileHas(t, run, "testdata/script/*.txtar"),
		"no script in testdata/script runs prefect-secrets %s")
	require(anyFileHas(t, `"`+cmd.Name()+`"`, "../../test/canary/*_test.go"),
		"no test in test/canary runs the command %s")
	return missing
}

// anyFileHas reports whether a file that a pattern matches contains text as a complete
// word.
func anyFileHas(t *testing.T, text string, patterns ...string) bool {
	t.Helper()
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		if slices.ContainsFunc(paths, func(path string) bool { return fileHas(t, path, text) }) {
			return true
		}
	}
	return false
}

func fileHas(t *testing.T, path, text string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(data), text)
	for found && rest != "" && 'a' <= rest[0] && rest[0] <= 'z' {
		_, rest, found = strings.Cut(rest, text)
	}
	return found
}
