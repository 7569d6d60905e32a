package release_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// secretCase is a row of fixtures/prefect/secret-get.jsonl: where the secret K is set
// with its value, or a step with a configuration of its own; and what
// Secret("K").get() of the releases returned.
type secretCase struct {
	Placement, Value, Step string

	TOML     *string
	Store    map[string]json.RawMessage // nil where the release asks none
	Building bool
	Call     string  // get, or exists
	Name     *string // of the secret, if it is another
	Results  map[string]secretResult

	hasName bool
}

// secretResult is what one release returned, and all after it up to the next one in a
// row.
type secretResult struct {
	Error      string // the name of the class
	Type, Repr string
	Value      json.RawMessage
	JSON       json.RawMessage
}

// objects are the Go values of the Python objects that rows of context-object name.
var objects = map[string]any{
	"42": int64(42), "True": true, "['a']": []any{"a"}, "b'42'": []byte("42"),
	"bytearray(b'true')": []byte("true"), "nan": math.NaN(), "None": nil, "1.5": 1.5,
	"{'a': 1}": map[string]any{"a": 1}, "(1, 2)": pyliteral.Tuple{int64(1), int64(2)},
	"False": false, "b'x'": []byte("x"),
}

// in returns the result of a release.
func (c secretCase) in(t *testing.T, v release.Version) secretResult {
	t.Helper()
	var found secretResult
	var last release.Number
	for name, result := range c.Results {
		first, err := release.ParseVersion(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := first.Number(); n.Compare(v.Number()) <= 0 && n.Compare(last) >= 0 {
			found, last = result, n
		}
	}
	return found
}

// context returns the context in which the row's secret is read. The error is that
// of loading its config.
func (c secretCase) context(t *testing.T, v release.Version) (context.Context, error) {
	t.Helper()
	options := config.Options{Version: config.Version(v.String()), Env: []string{"HOME=/home/user"}, Text: "\n"}
	ctx := t.Context()
	switch c.Placement {
	case "context":
		return prefect.WithSecrets(ctx, map[string]any{"K": c.Value}), nil
	case "context-object":
		object, ok := objects[c.Value]
		if !ok {
			t.Fatalf("no object %s", c.Value)
		}
		return prefect.WithSecrets(ctx, map[string]any{"K": object}), nil
	case "env":
		options.Env = append(options.Env, "PREFECT__CONTEXT__SECRETS__K="+c.Value)
	case "toml-raw":
		options.Text = "[context.secrets]\n" + c.Value + "\n"
	case "toml":
		quoted, _ := json.Marshal(c.Value)
		options.Text = "[context.secrets]\nK = " + string(quoted) + "\n"
	case "":
		ctx = c.stepContext(t)
		if c.TOML != nil {
			options.Text = *c.TOML
		}
	default:
		t.Fatalf("no placement %q", c.Placement)
	}
	loaded, err := config.Load(options)
	return prefect.WithConfig(ctx, loaded), err
}

// stepContext returns the context of a step, with its store.
func (c secretCase) stepContext(t *testing.T) context.Context {
	t.Helper()
	ctx := t.Context()
	if c.Store != nil {
		store := testkit.New(t)
		for name, value := range c.Store {
			store.Set(name, value)
		}
		ctx = prefect.WithClient(ctx, store.RunnerClient())
	}
	if c.Building {
		ctx = prefect.BuildingFlow(ctx)
	}
	return ctx
}

// get does what the row does.
func (c secretCase) get(ctx context.Context) (any, error) {
	name := prefect.Secret("K")
	switch {
	case c.Name != nil:
		name = prefect.Secret(*c.Name)
	case c.hasName:
		name = "None" // Secret(None) of Python
	}
	if c.Call == "exists" {
		return name.Exists(ctx)
	}
	return name.Get(ctx)
}

// readSecretCases returns the rows, and the releases that they are of.
func readSecretCases(t *testing.T) (cases []secretCase, measured []release.Version) {
	t.Helper()
	for i, line := range readLines(t, casesDir+"secret-get.jsonl") {
		var c struct {
			secretCase
			Releases string
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			for _, name := range strings.Fields(c.Releases) {
				v, err := release.ParseVersion(name)
				if err != nil {
					t.Fatal(err)
				}
				measured = append(measured, v)
			}
			continue
		}
		c.hasName = strings.Contains(string(line), `"name"`)
		cases = append(cases, c.secretCase)
	}
	return cases, measured
}

// noExists is what Python raises for Secret.exists before 0.9, which Go has in any
// release.
const noExists = "AttributeError"

func TestSecretGetOfReleases(t *testing.T) {
	cases, measured := readSecretCases(t)
	page, err := os.ReadFile("../../docs/compatibility.md")
	if counts := fmt.Sprintf("| %d for each of %d releases,", len(cases), len(measured)); err != nil || !strings.Contains(string(page), counts) {
		t.Errorf("docs/compatibility.md does not have %q: %v", counts, err)
	}
	for _, v := range measured {
		for _, c := range cases {
			want := c.in(t, v)
			if want.Error == noExists {
				continue
			}
			ctx, err := c.context(t, v)
			var got any
			if err == nil {
				got, err = c.get(ctx)
			}
			if problem := want.compare(got, err); problem != "" {
				t.Errorf("%s: %s %q %s %s: %s", v, c.Placement, c.Value, c.Step, c.Store, problem)
			}
		}
	}
}

// compare returns how the result of Get differs from the real release's; empty if it
// does not.
func (want secretResult) compare(got any, err error) string {
	var failed *config.Error
	switch {
	case want.Error != "" && err == nil:
		return fmt.Sprintf("no error, want %s", want.Error)
	case want.Error != "" && (errors.Is(err, prefect.ErrNotFound) || errors.Is(err, prefect.ErrBuildingFlow)):
		return ""
	case want.Error != "" && errors.As(err, &failed) && failed.Class == want.Error:
		return ""
	case want.Error != "":
		return fmt.Sprintf("error %v, want %s", err, want.Error)
	case err != nil:
		return fmt.Sprintf("error %v", err)
	case want.JSON != nil:
		text, err := json.Marshal(got)
		var a, b any
		if err != nil || json.Unmarshal(text, &a) != nil || json.Unmarshal(want.JSON, &b) != nil {
			return fmt.Sprintf("%v is not JSON", got)
		}
		return cmp.Diff(b, a)
	}
	entry := wantEntry{Type: want.Type, Value: want.Value}
	if want.Repr != "" {
		entry.Repr = &want.Repr
	}
	if text := entryText(release.Entry{Value: pythonNumber(got)}); text != entry.text() {
		return fmt.Sprintf("got %s, want %s", text, entry.text())
	}
	return ""
}

// pythonNumber returns a JSON number as Python has it, and anything else as it is.
func pythonNumber(v any) any {
	number, ok := v.(json.Number)
	if !ok {
		return v
	}
	if n, ok := new(big.Int).SetString(number.String(), 10); ok {
		if n.IsInt64() {
			return n.Int64()
		}
		return n
	}
	f, _ := number.Float64()
	return f
}

// Under a release the context comes first in cloud execution too; under the
// documented rules it does not count.
func TestWhereSecretsAreReadInCloudExecution(t *testing.T) {
	const text = "[cloud]\nuse_local_secrets = false\n[context.secrets]\nK = 'local'\n"
	for v, want := range map[release.Version]string{
		release.Number{0, 9, 3}.Version(): "local", release.Number{1, 4, 1}.Version(): "local", release.Documented: "no client",
	} {
		loaded, err := config.Load(config.Options{Version: config.Version(v.String()), Text: text})
		if err != nil {
			t.Fatal(err)
		}
		ctx := prefect.WithConfig(t.Context(), loaded)
		got, err := prefect.Secret("K").Get(ctx)
		found := err == nil && got == want
		failed := err != nil && strings.Contains(err.Error(), want)
		if !found && !failed {
			t.Errorf("%s: %v, %v", v, got, err)
		}
		if _, err := prefect.Secret("OTHER").Get(ctx); err == nil || !strings.Contains(err.Error(), "no client") {
			t.Errorf("%s asks no store: %v", v, err)
		}
	}
	loaded, err := config.Load(config.Options{Version: "1.4.1", Text: "backend = 'server'\n" + text})
	if err != nil {
		t.Fatal(err)
	}
	ctx := prefect.WithConfig(t.Context(), loaded)
	if _, err := prefect.Secret("OTHER").Get(ctx); !errors.Is(err, prefect.ErrNotFound) {
		t.Errorf("a server backend asks a store: %v", err)
	}
	if ok, err := prefect.Secret("OTHER").Exists(ctx); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}
