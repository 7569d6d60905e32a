package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxFiles is how many production files each section may list.
var maxFiles = map[string]int{
	"A source of secrets": 3,
	"A rule of check":     2,
	"A kind of store":     3,
	"A command":           2,
	"A field of the API":  3,
}

var (
	step       = regexp.MustCompile("(?m)^\\d+\\. (?:\\*A file like\\* )?`([^`]+)`")
	quotedPath = regexp.MustCompile("`([\\w.-]+/[\\w./-]+|[\\w-]+\\.yml)`")
	quotedTest = regexp.MustCompile("`(Test\\w+)`")
	testFunc   = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// TestHowToAdd checks that the files and tests in these sections of
// docs/architecture.md exist, and that there are few steps.
func TestHowToAdd(t *testing.T) {
	sections := strings.Split(readSection(t, "How to add"), "\n### ")[1:]
	if len(sections) != len(maxFiles) {
		t.Errorf("docs/architecture.md says how to add %d things, want %d", len(sections), len(maxFiles))
	}
	tests := readTestNames(t)
	for _, section := range sections {
		heading, text, _ := strings.Cut(section, "\n")
		steps := checkSteps(t, heading, text)
		if limit := maxFiles[heading]; len(steps) == 0 || len(steps) > limit {
			t.Errorf("%s: %d production files, want 1 to %d", heading, len(steps), limit)
		}
		for _, path := range submatches(quotedPath, text) {
			if _, err := os.Stat("../../" + path); err != nil {
				t.Errorf("%s: %s does not exist", heading, path)
			}
		}
		named := submatches(quotedTest, text)
		if len(named) == 0 {
			t.Errorf("%s: it names no test that says what is missing", heading)
		}
		for _, name := range named {
			if !tests[name] {
				t.Errorf("%s: there is no %s", heading, name)
			}
		}
	}
}

// checkSteps checks that each numbered step is about one file, and returns the files.
func checkSteps(t *testing.T, heading, text string) map[string]bool {
	t.Helper()
	steps := map[string]bool{}
	for _, path := range submatches(step, text) {
		info, err := os.Stat("../../" + path)
		if err != nil || info.IsDir() || strings.HasSuffix(path, "_test.go") || steps[path] {
			t.Errorf("%s: the step %s is not one production file", heading, path)
		}
		steps[path] = true
	}
	if items := regexp.MustCompile(`(?m)^\d+\.|^ *[-*] `).FindAllString(text, -1); len(items) != len(steps) {
		t.Errorf("%s: %d items, and %d that begin with a file", heading, len(items), len(steps))
	}
	return steps
}

func submatches(pattern *regexp.Regexp, text string) (all []string) {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

func readTestNames(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			for _, name := range submatches(testFunc, readFile(t, path)) {
				all[name] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
