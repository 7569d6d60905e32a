package check

import (
	"slices"
	"strings"
	"testing"
)

// TestExecutorsAsMeasured holds the findings about executors to which class real releases
// take for a path.
func TestExecutorsAsMeasured(t *testing.T) {
	releases, rows := readUses(t)
	compared := 0
	for _, row := range rows {
		_, path, ok := strings.Cut(row.TOML, `default_class = "prefect.`)
		if row.Use != "executor" || !ok || strings.HasPrefix(path, `executors"`) {
			continue
		}
		path = strings.Trim(path, "\"\n")
		asked, got := path[strings.LastIndexByte(path, '.')+1:], ""
		for _, number := range releases {
			if result, changed := row.Results[number]; changed {
				got = result
			}
			if asked == "LocalExecutor" {
				continue // that is what any other path gives too
			}
			compared++
			found := File("a.toml", []byte(row.TOML), Options{Version: mustParseVersion(t, number), Rules: []string{"deprecated"}})
			if falls := asked != got; falls != (len(found) == 1) {
				t.Errorf("%s: %q becomes %s, and found is %v", number, row.TOML, got, outline(found))
			}
		}
	}
	if compared < 40 {
		t.Errorf("only %d results were compared", compared)
	}
}

func TestExecutorClassHints(t *testing.T) {
	for _, tt := range []struct{ version, class, message, hint string }{
		{"0.13.19", "prefect.executors.LocalDaskExecutor", "names a class that Prefect 0.13.19 does not load", "0.14.0 to 1.4.1 load it; use prefect.engine.executors.LocalDaskExecutor"},
		{"1.4.1", "prefect.executors.LocalDaskExecuter", "names a class that no release of Prefect loads", "use prefect.executors.LocalDaskExecutor"},
		{"", "prefect.executors.daskexecutor", "names a class that no release of Prefect loads", "use prefect.executors.DaskExecutor"},
		{"", "LocalDaskExecutor", "names a class that no release of Prefect loads", "use prefect.executors.LocalDaskExecutor"},
		{"", "prefect.engine.executors.LocalDaskExecutor", "names a class that releases 1.0.0 to 1.4.1 do not load", "0.14.0 moved it to prefect.executors.LocalDaskExecutor"},
	} {
		opts := Options{Rules: []string{"deprecated"}}
		if tt.version != "" {
			opts.Version = mustParseVersion(t, tt.version)
		}
		found := File("a.toml", []byte("[engine.executor]\ndefault_class = \""+tt.class+"\"\n"), opts)
		if len(found) != 1 || !strings.Contains(found[0].Message, tt.message) || !strings.Contains(found[0].Hint, tt.hint) {
			t.Errorf("%s, %s: %+v", tt.version, tt.class, found)
		}
	}
	for _, own := range []string{"mine.Executor", "$EXECUTOR", "", "dask_thing.executors.LocalDaskExecuter"} {
		found := File("a.toml", []byte("[engine.executor]\ndefault_class = \""+own+"\"\n"), Options{})
		if slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Rule == "deprecated" }) {
			t.Errorf("%s: %v", own, outline(found))
		}
	}
}
