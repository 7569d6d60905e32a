package check

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// measuredUse is a row of fixtures/prefect/uses.jsonl: what releases do with a config once
// they have read it, by the first release that does so.
type measuredUse struct {
	TOML, Use string
	Results   map[string]string
}

// TestUsesAsMeasured holds the findings about settings to what real releases do with them.
func TestUsesAsMeasured(t *testing.T) {
	releases, rows := readUses(t)
	compared := 0
	for _, row := range rows {
		want := ""
		for _, number := range releases {
			if result, changed := row.Results[number]; changed {
				want = result
			}
			if row.Use == "executor" && want != "AttributeError" {
				continue // see TestExecutorsAsMeasured
			}
			if want == "dict" {
				continue // up to 0.13 the parameter is missing, whatever the context has
			}
			compared++
			if got := useOutcome(mustParseVersion(t, number), row); got != want {
				t.Errorf("%s, %s: %q: got %s, want %s", number, row.Use, row.TOML, got, want)
			}
		}
	}
	if compared < 900 {
		t.Errorf("only %d results were compared", compared)
	}
}

func readUses(t *testing.T) (releases []string, rows []measuredUse) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "../../fixtures/prefect/uses.jsonl"))), "\n")
	var first struct{ Releases string }
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		var row measuredUse
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return strings.Fields(first.Releases), rows
}

// useFails match the message of a use.
var useFails = map[string]*regexp.Regexp{
	"agent":    regexp.MustCompile(`every agent .*fails with (\w+)|(each letter of it for a label)`),
	"task":     regexp.MustCompile(`every task .* fails with (\w+)`),
	"retry":    regexp.MustCompile(`every (?:retry|task) .* fails with (\w+)`),
	"secret":   regexp.MustCompile(`(?:every|and every) Secret\(…\).get\(\) fails with (\w+)`),
	"executor": regexp.MustCompile(`every flow.run\(\) fails with (\w+)`),
	"run":      regexp.MustCompile(`every (?:flow.run\(\)|task in a flow) fails with (\w+)`),
	"log":      regexp.MustCompile(`every log line fails with (\w+)|(no log line is written)`),
}

// useOutcome returns what the findings say of a row, in its words.
func useOutcome(version release.Version, row measuredUse) string {
	for _, d := range File("a.toml", []byte(row.TOML), Options{Version: version, Rules: []string{"type"}, Env: []string{}}) {
		if _, after, ok := strings.Cut(d.Message, "import prefect fails with "); ok {
			return "import: " + strings.Fields(after)[0]
		}
		fails := useFails[row.Use]
		if fails == nil {
			continue
		}
		m := fails.FindStringSubmatch(d.Message)
		switch {
		case m == nil:
		case m[1] != "":
			return m[1]
		case row.Use == "agent":
			return "letters"
		default:
			return "lost"
		}
	}
	return "ok"
}
