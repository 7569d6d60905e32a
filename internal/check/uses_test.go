package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUses has settings that every release reads, and with which something fails later.
func TestUses(t *testing.T) {
	const taskTypeError = "every task without a timeout of its own fails with TypeError"
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"[cloud.agent]\nlevel = 'debug'", []string{"2 type: with this cloud.agent.level every agent fails with ValueError"}},
		{"[cloud.agent]\nlevel = '10'", []string{"2 type: with this cloud.agent.level every agent fails with ValueError in 0.6.7 to 0.11.1"}},
		{"[cloud.agent]\nlabels = 'etl,prod'", []string{"2 type: with this cloud.agent.labels every agent fails with ValueError in 0.7.0 to 0.11.1, and Prefect takes each letter of it for a label in 0.11.2 to 1.4.1"}},
		{"[cloud.agent]\nlabels = ['etl']", nil},
		{"[cloud.agent]\nlabels = 5", []string{"2 type: with this cloud.agent.labels every agent fails with ValueError in 0.7.0 to 0.11.1, and every agent fails with TypeError in 0.11.2 to 1.4.1"}},
		{"[cloud.agent]\nname = '5'", []string{"2 type: with this cloud.agent.name every agent fails with TypeError in 0.11.2 to 1.4.1"}},
		{"[[context.secrets]]\nA = '$A'", []string{"1 type: with this context.secrets every Secret(…).get() fails with TypeError"}},
		{"[context]\nsecrets = 'x'", []string{"2 type: with this context.secrets every Secret(…).get() fails with TypeError"}},
		{"[[cloud]]\napi = 'https://a.example.com'", []string{"1 type: with this cloud every agent and every Secret(…).get() fails with AttributeError"}},
		{"[[logging]]\nlevel = 'INFO'", []string{"1 type: with this logging import prefect fails with AttributeError"}},
		{"[[tasks.defaults]]\nmax_retries = 1", []string{"1 type: with this tasks.defaults import prefect fails with AttributeError"}},
		{"[[engine.flow_runner]]\na = 1", []string{"1 unknown-key: engine.flow_runner is a table of Prefect's, and here it is an array of tables"}},
		{"[[mine]]\na = 1\n[[mine]]\na = 2", nil},
		{"[tasks.defaults]\nmax_retries = 2", []string{"2 type: with this tasks.defaults.max_retries every task without a retry_delay of its own fails with ValueError"}},
		{"[tasks.defaults]\nmax_retries = 2\nretry_delay = 10", nil},
		{"[tasks.defaults]\nmax_retries = 2\nretry_delay = '$DELAY'", nil},
		{"[tasks.defaults]\nmax_retries = 2\nretry_delay = '10s'", []string{"3 type: with this tasks.defaults.retry_delay every retry of a task fails with TypeError"}},
		{"[tasks.defaults]\nmax_retries = '3'\nretry_delay = 10", []string{"2 type: with this tasks.defaults.max_retries every task without max_retries of its own fails with TypeError in 0.6.7 to 0.11.1"}},
		{"[tasks.defaults]\nretry_delay = 10", []string{"2 type: with this tasks.defaults.retry_delay every task without max_retries of its own fails with ValueError in 0.9.0 to 0.15.5"}},
		{"[tasks.defaults]\ntimeout = '60s'", []string{"2 type: with this tasks.defaults.timeout " + taskTypeError}},
		{"[tasks.defaults]\ntimeout = 60", nil},
		{"[logging]\nformat = '100% %(message)s'", []string{"2 type: with this logging.format no log line is written"}},
		{"[logging]\nformat = '%(levelname)s %(flow)s'", []string{"2 type: with this logging.format no log line is written"}},
		{"[logging]\nformat = '%(flow)s %(message)s'\nlog_attributes = \"['flow']\"", []string{"2 type: with this logging.format no log line is written in 0.6.7 to 0.10.5"}},
		{"[logging]\ndatefmt = '2020'", []string{"2 type: with this logging.datefmt no log line is written in 0.11.2 to 1.4.1"}},
		{"[logging]\nlog_attributes = 'flow_id'", []string{"2 type: with this logging.log_attributes every log line fails with ValueError in 0.10.6 to 0.11.1, and Prefect takes each letter of it for an attribute of log lines in 0.11.2 to 1.4.1"}},
		{"[context]\ncaches = 4", []string{"2 type: with this context.caches every flow.run() fails with AttributeError"}},
		{"[engine.executor]\ndefault_class = '5'", []string{"2 type: with this engine.executor.default_class every flow.run() fails with AttributeError in 0.11.2 to 1.4.1"}},
	} {
		got := outline(File("a.toml", []byte(tt.text+"\n"), Options{Rules: []string{"type", "unknown-key", "cast-surprise"}}))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

// TestUnsureUsesAreWarnings has an attribute that a record may get from elsewhere.
func TestUnsureUsesAreWarnings(t *testing.T) {
	for format, want := range map[string]Severity{"%(flow)s": SeverityWarning, "%(message)s %": SeverityError} {
		found := File("a.toml", []byte("[logging]\nformat = '%(levelname)s "+format+"'\n"), Options{Rules: []string{"type"}})
		if len(found) != 1 || found[0].Severity != want {
			t.Errorf("%s: %+v", format, found)
		}
	}
}

// TestTablesInBrackets has arrays of tables, and the hint for each.
func TestTablesInBrackets(t *testing.T) {
	for _, table := range []string{"context.secrets", "cloud", "cloud.agent", "logging", "tasks", "tasks.defaults", "engine", "flows", "server", "cloud.rate_limiting"} {
		for _, version := range []string{"", "1.4.1", "0.9.3"} {
			opts := Options{Rules: []string{"type", "unknown-key"}}
			if version != "" {
				opts.Version = mustParseVersion(t, version)
			}
			found := File("a.toml", []byte("[["+table+"]]\na = '$A'\n"), opts)
			if len(found) != 1 || !strings.HasPrefix(found[0].Hint, "write ["+table+"] with one pair") && !strings.Contains(found[0].Message, "does not know") {
				t.Errorf("%s, %s: %+v", table, version, found)
			}
		}
	}
}

// TestUsesFromVariables has a level that comes from the environment.
func TestUsesFromVariables(t *testing.T) {
	const text = "[cloud.agent]\nlevel = '$LEVEL'\n"
	for value, want := range map[string]int{"LEVEL=debug": 1, "LEVEL=DEBUG": 0} {
		if found := File("a.toml", []byte(text), Options{Env: []string{value}, Rules: []string{"type"}}); len(found) != want {
			t.Errorf("%s: %+v", value, found)
		}
	}
	if found := File("a.toml", []byte(text), Options{Env: []string{"A=b"}, Rules: []string{"type"}, AssumeEnv: []string{"LEVEL"}}); len(found) > 0 {
		t.Errorf("assumed: %+v", found)
	}
}
