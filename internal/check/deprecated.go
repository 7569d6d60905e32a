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
		if s.isShipped(v) {
			continue
		}
		if v.known != nil && v.known.DroppedIn(version) && v.str != "" {
			last, _ := v.known.LastRead()
			report(s.keyFinding(v, len(v.path),
				fmt.Sprintf("%s not use %s", s.thoseAfter(last, "does", "do"), v.name),
				fmt.Sprintf("%s was the last release that did: %s", last, v.known.Instead()),
			))
		}
		if v.name == daskAddress && v.str == "local" && lastLocalDask.Compare(version.Number()) < 0 {
			report(v.finding(
				fmt.Sprintf("%s this %s for a host called local", s.thoseAfter(lastLocalDask, "takes", "take"), v.name),
				fmt.Sprintf("%s was the last release for which local is a cluster that it starts: leave it empty", lastLocalDask),
			))
		}
		if v.Kind.IsString() && !v.secret && !s.checkMoved(v, version, report) {
			s.checkExecutorClass(v, version, report)
		}
	}
}

// thoseAfter names the releases after one that the file is checked for, with the verb for
// one or for several.
func (s *source) thoseAfter(last release.Number, one, several string) string {
	if s.opts.Version != release.Any {
		return fmt.Sprintf("Prefect %s %s", s.opts.Version, one)
	}
	spans, _ := release.Any.WhereEach(func(version release.Version) bool { return last.Compare(version.Number()) < 0 })
	return fmt.Sprintf("releases %s %s", spans[0], several)
}

// checkMoved reports the path of a class that a release moved, and returns whether it
// did.
func (s *source) checkMoved(v *setting, version release.Version, report func(finding)) bool {
	for _, m := range moves {
		if class, ok := strings.CutPrefix(v.str, m.from); ok && m.last.Compare(version.Number()) < 0 {
			report(v.finding(fmt.Sprintf("%s names a class that %s not load", v.name, s.thoseAfter(m.last, "does", "do")), m.hint(class)))
			return true
		}
	}
	return false
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
