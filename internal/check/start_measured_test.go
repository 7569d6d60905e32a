package check

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// measuredStart is a row of fixtures/prefect/logging.jsonl: what import prefect of a
// release makes of a config and an environment.
type measuredStart struct {
	TOML   string
	Env    map[string]string
	Import map[string]string
}

// TestStartAsMeasured holds the findings about logging to what real releases do.
func TestStartAsMeasured(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "../../fixtures/prefect/logging.jsonl"))), "\n")
	compared := map[string]int{}
	for _, line := range lines[1:] {
		var row measuredStart
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		for number, want := range row.Import {
			if version, err := release.ParseVersion(number); err == nil {
				compared[number]++
				compareStart(t, version, row, want)
			}
		}
	}
	for _, number := range []string{"0.9.3", "1.4.1"} {
		if compared[number] != len(lines)-1 {
			t.Errorf("%s: only %d rows were compared", number, compared[number])
		}
	}
}

func compareStart(t *testing.T, version release.Version, row measuredStart, want string) {
	t.Helper()
	if want == "TomlDecodeError" {
		want = "ok" // for another rule
	}
	if got := startOutcome(version, row); got != want {
		t.Errorf("%s: %q with %v: got %s, want %s", version, row.TOML, row.Env, got, want)
	}
}

func startOutcome(version release.Version, row measuredStart) string {
	env := []string{}
	for name, value := range row.Env {
		env = append(env, name+"="+value)
	}
	for _, d := range File("a.toml", []byte(row.TOML), Options{Version: version, Env: env, Rules: []string{"type"}}) {
		if strings.Contains(d.Message, "each letter") {
			return "letters"
		}
		if _, after, ok := strings.Cut(d.Message, "import prefect fails with "); ok {
			return strings.Fields(after)[0]
		}
	}
	return "ok"
}
