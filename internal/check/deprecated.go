package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// move is the beginning of class paths that Prefect 1.4 does not load. A release
// put the classes elsewhere, and a later one was the last that loaded them from
// here, too.
type move struct {
	from, to    string
	moved, last release.Number
	renamed     []string // classes that have no like in to; * for all of them
}

// moves are as the source of 74 releases has them. Prefect 1.4.1 still ships
// prefect.engine.executors and imports it no more, so that a setting's path does
// not find it.
var moves = []move{
	{"prefect.environments.storage.", "prefect.storage", release.Number{0, 14, 0}, release.Number{0, 14, 22}, []string{"Bytes", "Memory"}},
	{"prefect.engine.executors.", "prefect.executors", release.Number{0, 14, 0}, release.Number{0, 15, 13}, []string{"SynchronousExecutor"}},
	{"prefect.environments.execution.", "prefect.run_configs", release.Number{0, 13, 10}, release.Number{0, 15, 13}, []string{"*"}},
	{"prefect.engine.result_handlers.", "prefect.engine.results", release.Number{0, 10, 1}, release.Number{0, 13, 19}, []string{"*"}},
}

// daskAddress is a setting that 0.9 begins with the text "local" for, which means
// a cluster of Prefect's own; 0.13.19 was the last release that took it so, and
// 1.4.1 connects to a host of that name.
const daskAddress = "engine.executor.dask.address"

// checkDeprecated reports what Prefect 1.4 no longer uses.
func checkDeprecated(s *source, report func(finding)) {
	if !s.opts.Version.Includes(release.V1_4) {
		return
	}
	for _, v := range s.settings() {
		if h, ok := release.HistoryOf(v.name); ok && !h.ReadBy(release.V1_4) && v.str != "" {
			report(s.keyFinding(v, len(v.path), fmt.Sprintf("Prefect 1.4 does not use %s", v.name), fmt.Sprintf("%s was the last release that did: %s", h.Last, h.Instead)))
		}
		if v.name == daskAddress && v.str == "local" {
			report(v.finding(v.name+" means a host called local to Prefect 1.4", "0.13.19 was the last release that took local for a cluster of its own: leave it empty"))
		}
		for _, m := range moves {
			if class, ok := strings.CutPrefix(v.str, m.from); ok && v.Kind.IsString() && !v.secret {
				report(v.finding(v.name+" names a class that Prefect 1.4 does not load", m.hint(class)))
			}
		}
	}
}

// hint says what to write for a class, which stood in m.from.
func (m move) hint(class string) string {
	from := strings.TrimSuffix(m.from, ".")
	if m.renamed[0] == "*" || slices.Contains(m.renamed, class) {
		return fmt.Sprintf("%s was the last release that loaded %s: choose a class of %s, which %s has", m.last, from, m.to, m.moved)
	}
	return fmt.Sprintf("%s moved it to %s.%s, and %s was the last release that loaded it from %s", m.moved, m.to, displayableClass(class), m.last, from)
}

// classWord is a class name to be shown; anything else is left out.
func displayableClass(text string) string {
	if text == "" || prefixLength(text, alphanumeric) != len(text) {
		return "…"
	}
	return text
}
