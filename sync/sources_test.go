package sync_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// forms makes a source of each kind out of the same names and strings, which need no
// escapes.
var forms = map[string]func(t *testing.T, names []string, texts map[string]string) (*secretsync.Source, error){
	"secrets": func(_ *testing.T, names []string, texts map[string]string) (*secretsync.Source, error) {
		return secretsync.ParseSecrets("s", []byte("{"+written(names, texts, `"`, `": "`, `"`, ",")+"}"))
	},
	"vars": func(_ *testing.T, names []string, texts map[string]string) (*secretsync.Source, error) {
		return secretsync.ParseVars("s", []byte("{"+written(names, texts, `"`, `": "`, `"`, ",")+"}"))
	},
	"dotenv": func(_ *testing.T, names []string, texts map[string]string) (*secretsync.Source, error) {
		return secretsync.ParseSecretsFile("s", ".env", []byte(written(names, texts, "", "='", "'", "\n")))
	},
	"config": func(t *testing.T, names []string, texts map[string]string) (*secretsync.Source, error) {
		path := filepath.Join(t.TempDir(), "config.toml")
		text := "[context.secrets]\n" + written(names, texts, "", " = '", "'", "\n")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return secretsync.FromConfig(path, config.Documented, nil)
	},
	"environment": func(_ *testing.T, names []string, texts map[string]string) (*secretsync.Source, error) {
		return secretsync.FromEnvironment(strings.Split(written(names, texts, "", "=", "", "\n"), "\n"), []string{"*"})
	},
}

func written(names []string, texts map[string]string, before, between, after, separator string) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = before + name + between + texts[name] + after
	}
	return strings.Join(parts, separator)
}

// What is skipped, empty or required is decided by one rule for all sources.
func TestOneRuleForAllSources(t *testing.T) {
	texts := map[string]string{"A": "x", "EMPTY": "", "GitHub_Token": "t", "OWN": " " + canary + " ", "NO_1": "x"}
	names := []string{"A", "EMPTY", "GitHub_Token", "OWN", "NO_1"}
	for kind, parse := range forms {
		t.Run(kind, func(t *testing.T) {
			source, err := parse(t, names, texts)
			if err != nil {
				t.Fatal(err)
			}
			in := secretsync.Run{
				Sources: []*secretsync.Source{source}, Keys: []prefect.Value{prefect.TextValue(canary)},
				Rules: secretsync.Rules{Exclude: []string{"NO_*"}},
			}
			plan, err := secretsync.NewPlan(in)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"create A<A", "skip EMPTY<EMPTY empty", "skip GitHub_Token<GitHub_Token GitHub's own token",
				`skip NO_1<NO_1 excluded by "NO_*"`, "skip OWN<OWN its value is the API key of this run",
			}
			if kind == "environment" { // which never takes it
				want = append(want[:2:2], want[3:]...)
			}
			if diff := cmp.Diff(want, lines(plan)); diff != "" {
				t.Error(diff)
			}
			in.Rules.Names = map[string]secretsync.NameRule{
				"R": {From: "EMPTY", Required: true}, "S": {From: "MISSING", Required: true},
			}
			_, err = secretsync.NewPlan(in)
			for _, want := range []string{"its source EMPTY in ", "MISSING is not in any source"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
			}
		})
	}
}

func TestTwoSourcesOfOneName(t *testing.T) {
	texts := map[string]string{"A": canary}
	for kind, parse := range forms {
		one, err := parse(t, []string{"A"}, texts)
		if err != nil {
			t.Fatal(err)
		}
		other := newSource("other", "A", canary)
		_, err = secretsync.NewPlan(secretsync.Run{Sources: []*secretsync.Source{one, other}})
		want := `"A" has two sources, A in ` + one.Label + " and A in other"
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

// A source without secrets, besides one with secrets, is not an error.
func TestOneEmptySourceAmongSeveral(t *testing.T) {
	empty, full := newSource("empty", "github_token", "t"), newSource("full", "A", "x")
	plan, err := secretsync.NewPlan(secretsync.Run{Sources: []*secretsync.Source{empty, full}})
	if err != nil || !plan.Pending() || empty.HasSecrets() || !full.HasSecrets() {
		t.Errorf("got %v, %v", plan, err)
	}
	_, err = secretsync.NewPlan(secretsync.Run{Sources: []*secretsync.Source{empty, empty}})
	if !errors.Is(err, secretsync.ErrEmptySource) {
		t.Errorf("got %v", err)
	}
}

func TestTheKeyInQuotes(t *testing.T) {
	plan, err := secretsync.NewPlan(secretsync.Run{
		Sources: []*secretsync.Source{newSource("s",
			"A", "x", "QUOTED", `"`+canary+`"`, "ESCAPED", ` "\u0043`+canary[1:]+`\n" `, "LONGER", canary+"1")},
		Keys: []prefect.Value{prefect.TextValue(canary)},
	})
	if err != nil {
		t.Fatal(err)
	}
	const reason = "its value is the API key of this run"
	want := []string{
		"create A<A", "skip ESCAPED<ESCAPED " + reason, "create LONGER<LONGER", "skip QUOTED<QUOTED " + reason,
	}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Error(diff)
	}
}
