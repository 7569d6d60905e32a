package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

const executorClass = "engine.executor.default_class"

// executorPaths are the paths of Prefect's executors, with the releases that load classes
// from each. Every other path is a module of the user's own.
var executorPaths = []struct {
	prefix  string
	in      release.Span
	classes []string
}{
	{"prefect.engine.executors.", release.ParseSpan("0.5.0-0.11.5"), []string{"SynchronousExecutor", "sync.SynchronousExecutor"}},
	{"prefect.engine.executors.", release.ParseSpan("0.5.0-0.15.13"), executors},
	{"prefect.executors.", release.ParseSpan("0.14.0-1.4.1"), executors},
}

var executors = []string{
	"LocalDaskExecutor", "DaskExecutor", "LocalExecutor", "Executor",
	"dask.LocalDaskExecutor", "dask.DaskExecutor", "local.LocalExecutor", "base.Executor",
}

// checkExecutorClass reports a class of Prefect's that releases do not have: with no more
// than a Python warning, they run the tasks of each flow one after the other.
func (s *source) checkExecutorClass(v *setting, version release.Version, report func(finding)) {
	if v.name != executorClass || v.str == "" || loadsExecutor(version, v.str) {
		return
	}
	const effect = ": flows run with LocalExecutor, one task after the other"
	spans, _ := release.Any.WhereEach(func(r release.Version) bool { return loadsExecutor(r, v.str) })
	if len(spans) == 0 {
		report(v.finding(v.name+" names a class that no release of Prefect loads"+effect, "use "+nearestExecutor(v.str, version)))
		return
	}
	report(v.finding(
		fmt.Sprintf("%s names a class that Prefect %s does not load%s", v.name, version, effect),
		fmt.Sprintf("%s load it; use %s", spans[0], nearestExecutor(v.str, version)),
	))
}

// loadsExecutor reports whether a release loads an executor, which may be the user's own.
func loadsExecutor(version release.Version, path string) bool {
	if !strings.HasPrefix(path, "prefect.") {
		return strings.Contains(path, ".") || strings.Contains(path, "$")
	}
	for _, p := range executorPaths {
		if class, ok := strings.CutPrefix(path, p.prefix); ok && p.in.Contains(version.Number()) && slices.Contains(p.classes, class) {
			return true
		}
	}
	return false
}

// nearestExecutor returns the path of the executor that is nearest to what a path names,
// or of all that a release has.
func nearestExecutor(path string, version release.Version) string {
	prefix := "prefect.executors."
	if version.Number().Compare(release.Number{0, 14, 0}) < 0 {
		prefix = "prefect.engine.executors."
	}
	name := path[strings.LastIndexByte(path, '.')+1:]
	for _, class := range executors[:3] {
		if strings.EqualFold(class, name) {
			return prefix + class
		}
	}
	if near := nearest.Of(name, executors[:3]); near != "" {
		return prefix + near
	}
	return prefix + "LocalDaskExecutor, DaskExecutor or LocalExecutor"
}
