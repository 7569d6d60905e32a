package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// move is a prefix of class paths from which Prefect 1.4 does not load classes. One
// release moved the classes, and a later one was the last that loaded them from here.
type move struct {
	from, to    string
	moved, last release.Number
	renamed     []string // classes that to does not have by the same name; * for all
}

// moves are from the sources of 74 releases. Prefect 1.4.1 still ships
// prefect.engine.executors but no longer imports it, so that a setting's path does
// not find it.
var moves = []move{
	{"prefect.environments.storage.", "prefect.storage", release.Number{0, 14, 0}, release.Number{0, 14, 22}, []string{"Bytes", "Memory"}},
	{"prefect.engine.executors.", "prefect.executors", release.Number{0, 14, 0}, release.Number{0, 15, 13}, []string{"SynchronousExecutor"}},
	{"prefect.environments.execution.", "prefect.run_configs", release.Number{0, 13, 10}, release.Number{0, 15, 13}, []string{"*"}},
	{"prefect.engine.result_handlers.", "prefect.engine.results", release.Number{0, 10, 1}, release.Number{0, 13, 19}, []string{"*"}},
}

// daskAddress is a setting with the default "local" in 0.9, which means a cluster of
// Prefect's own. 0.13.19 was the last release that read it so; 1.4.1 connects to a
// host of that name.
const daskAddress = "engine.executor.dask.address"

// checkDeprecated reports what Prefect 1.4 no longer uses.
func checkDeprecated(s *source, report func(finding)) {
	if !includesLatest(s.opts.Version) {
		return
	}
	for _, v := range s.settings() {
		if h, ok := release.HistoryOf(v.name); ok && !h.ReadBy(release.Latest()) && v.str != "" {
			report(s.keyFinding(v, len(v.path),
				fmt.Sprintf("Prefect 1.4 does not use %s", v.name),
				fmt.Sprintf("%s was the last release that did: %s", h.Last, h.Instead),
			))
		}
		if v.name == daskAddress && v.str == "local" {
			report(v.finding(
				v.name+" means a host called local to Prefect 1.4",
				"0.13.19 was the last release that took local for a cluster of its own: leave it empty",
			))
		}
		if v.Kind.IsString() && !v.secret {
			checkMoved(v, report)
		}
	}
}

// checkMoved reports the path of a class that a release moved.
func checkMoved(v setting, report func(finding)) {
	for _, m := range moves {
		if class, ok := strings.CutPrefix(v.str, m.from); ok {
			report(v.finding(v.name+" names a class that Prefect 1.4 does not load", m.hint(class)))
		}
	}
}

// hint returns what to write for a class that was in m.from.
func (m move) hint(class string) string {
	from := strings.TrimSuffix(m.from, ".")
	if m.renamed[0] == "*" || slices.Contains(m.renamed, class) {
		return fmt.Sprintf("%s was the last release that loaded %s: choose a class of %s, which %s has", m.last, from, m.to, m.moved)
	}
	return fmt.Sprintf("%s moved it to %s.%s, and %s was the last release that loaded it from %s", m.moved, m.to, displayableClass(class), m.last, from)
}

// displayableClass returns a class name, or … for a text that is not a class name
// and may hold a value.
func displayableClass(text string) string {
	if text == "" || prefixLength(text, alphanumeric) != len(text) {
		return "…"
	}
	return text
}

// includesLatest reports whether a version stands for the latest release.
func includesLatest(v release.Version) bool { return v == release.Any || v == release.Latest() }
