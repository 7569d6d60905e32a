package docs

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var target = regexp.MustCompile(`(?m)^([a-z]+):(.*)$`)

// TestMakefile holds make help to the targets: each has a sentence, and is phony.
func TestMakefile(t *testing.T) {
	makefile := readFile(t, filepath.Join(root, "Makefile"))
	_, phony, _ := strings.Cut(makefile, "\n.PHONY: ")
	phony, _, _ = strings.Cut(phony, "\n")
	targets := target.FindAllStringSubmatch(makefile, -1)
	for _, m := range targets {
		if _, sentence, ok := strings.Cut(m[2], "## "); !ok || sentence == "" {
			t.Errorf("make help does not say what make %s does", m[1])
		}
		if !slices.Contains(strings.Fields(phony), m[1]) {
			t.Errorf("%s is not among .PHONY", m[1])
		}
	}
	if len(targets) != len(strings.Fields(phony)) || len(targets) < 8 {
		t.Errorf("%d targets, and .PHONY has %q", len(targets), phony)
	}
}
