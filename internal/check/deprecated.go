package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// move is a prefix of class paths. One release moved the classes, and a later one was
// the last that loaded them from here.
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

// daskAddress is a setting whose value local meant a cluster of Prefect's own up to
// lastLocalDask. Later releases connect to a host of that name.
const daskAddress = "engine.executor.dask.address"

var lastLocalDask = release.Number{0, 13, 19}

// checkDeprecated reports what the release no longer uses, or without one the latest. A
// setting as a release ships it is left alone, for it changes nothing.
func checkDeprecated(s *source, report func(finding)) {
	version := s.opts.Version
	if version == release.Any {
		version = release.Latest()
	}
	for _, v := range s.settings() {
		if known, _ := release.SettingOf(v.name); known.DroppedIn(version) && v.str != "" && !s.isShipped(v) {
			last, _ := known.LastRead()
			report(s.keyFinding(v, len(v.path),
				fmt.Sprintf("Prefect %s does not use %s", version, v.name),
				fmt.Sprintf("%s was the last release that did: %s", last, known.Instead()),
			))
		}
		if v.name == daskAddress && v.str == "local" && !s.isShipped(v) && lastLocalDask.Compare(version.Number()) < 0 {
			report(v.finding(
				fmt.Sprintf("%s means a host called local to Prefect %s", v.name, version),
				fmt.Sprintf("%s was the last release for which local is a cluster that it starts: leave it empty", lastLocalDask),
			))
		}
		if v.Kind.IsString() && !v.secret && !s.isShipped(v) {
			checkMoved(v, version, report)
		}
	}
}

// checkMoved reports the path of a class that a release moved.
func checkMoved(v setting, version release.Version, report func(finding)) {
	for _, m := range moves {
		if class, ok := strings.CutPrefix(v.str, m.from); ok && m.last.Compare(version.Number()) < 0 {
			report(v.finding(fmt.Sprintf("%s names a class that Prefect %s does not load", v.name, version), m.hint(class)))
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
