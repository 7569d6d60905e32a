package release_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// secretCase is one row of fixtures/prefect/secret-get: where a secret is set, its
// value, and what Secret("K").get() of the real release returned.
type secretCase struct {
	Placement, Value, Step string
	Result                 *struct {
		Type, Repr string
		Value      json.RawMessage
		JSON       json.RawMessage
	}
	Error *struct{ Class string }
}

// objects are the Go values of the Python objects that rows of context-object name.
var objects = map[string]any{
	"42": int64(42), "True": true, "['a']": []any{"a"}, "b'42'": []byte("42"),
	"bytearray(b'true')": []byte("true"), "nan": math.NaN(), "None": nil, "1.5": 1.5,
	"{'a': 1}": map[string]any{"a": 1}, "(1, 2)": pyliteral.Tuple{int64(1), int64(2)},
	"False": false, "b'x'": []byte("x"),
}

// context returns the context in which the row's secret is read. The error is that
// of loading its config.
func (c secretCase) context(t *testing.T, v release.Version) (context.Context, error) {
	t.Helper()
	options := config.Options{Version: config.Version(v.String()), Env: []string{"HOME=/home/user"}, Text: "\n"}
	switch c.Placement {
	case "context":
		return prefect.WithSecrets(t.Context(), map[string]any{"K": c.Value}), nil
	case "context-object":
		object, ok := objects[c.Value]
		if !ok {
			t.Fatalf("no object %s", c.Value)
		}
		return prefect.WithSecrets(t.Context(), map[string]any{"K": object}), nil
	case "env":
		options.Env = append(options.Env, "PREFECT__CONTEXT__SECRETS__K="+c.Value)
	case "toml-raw":
		options.Text = "[context.secrets]\n" + c.Value + "\n"
	case "toml":
		quoted, _ := json.Marshal(c.Value)
		options.Text = "[context.secrets]\nK = " + string(quoted) + "\n"
	default:
		t.Fatalf("no placement %q", c.Placement)
	}
	loaded, err := config.Load(options)
	return prefect.WithConfig(t.Context(), loaded), err
}

func TestSecretGetOfReleases(t *testing.T) {
	for v, name := range releases {
		t.Run(name, func(t *testing.T) {
			n := 0
			for _, line := range readLines(t, casesDir+"secret-get-"+name+".jsonl") {
				var c secretCase
				if err := json.Unmarshal(line, &c); err != nil {
					t.Fatal(err)
				}
				if c.Placement == "" {
					continue // steps are the tests below
				}
				n++
				ctx, err := c.context(t, v)
				var got any
				if err == nil {
					got, err = prefect.Secret("K").Get(ctx)
				}
				if problem := c.compare(got, err); problem != "" {
					t.Errorf("%s %q: %s", c.Placement, c.Value, problem)
				}
			}
			if n < 60 {
				t.Errorf("only %d rows", n)
			}
		})
	}
}

// compare returns how the result of Get differs from the real release's; empty if it
// does not.
func (c secretCase) compare(got any, err error) string {
	var failed *config.Error
	switch {
	case c.Error != nil && err == nil:
		return "no error"
	case c.Error != nil && errors.Is(err, prefect.ErrNotFound):
		return ""
	case c.Error != nil && errors.As(err, &failed) && failed.Class == c.Error.Class:
		return ""
	case c.Error != nil:
		return fmt.Sprintf("error %v, want %s", err, c.Error.Class)
	case err != nil:
		return fmt.Sprintf("error %v", err)
	case c.Result.JSON != nil:
		text, err := json.Marshal(got)
		var a, b any
		if err != nil || json.Unmarshal(text, &a) != nil || json.Unmarshal(c.Result.JSON, &b) != nil {
			return fmt.Sprintf("%v is not JSON", got)
		}
		return cmp.Diff(b, a)
	}
	want := wantEntry{Type: c.Result.Type, Value: c.Result.Value}
	if c.Result.Repr != "" {
		want.Repr = &c.Result.Repr
	}
	if text := entryText(release.Entry{Value: pythonNumber(got)}); text != want.text() {
		return fmt.Sprintf("got %s, want %s", text, want.text())
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

// The rows that are steps of Python, for both releases.
func TestStepsOfReleases(t *testing.T) {
	for v := range releases {
		run := func(text string) context.Context {
			loaded, err := config.Load(config.Options{Version: config.Version(v.String()), Text: text + "\n"})
			if err != nil {
				t.Fatal(err)
			}
			return prefect.WithConfig(t.Context(), loaded)
		}
		local := "[context.secrets]\nK = 'v'\n"
		for text, name := range map[string]prefect.Secret{
			local: "NOPE", "": "NOPE", "[cloud]\nuse_local_secrets = 0\n": "NOPE", local + "#": "None",
		} {
			_, err := name.Get(run(text))
			if !errors.Is(err, prefect.ErrNotFound) || !strings.Contains(err.Error(), "local secret") {
				t.Errorf("%s %q: %v", v, text, err)
			}
		}
		for _, ctx := range []context.Context{run(local), prefect.BuildingFlow(run(local))} {
			if ok, err := prefect.Secret("K").Exists(ctx); !ok || err != nil {
				t.Errorf("%s: %v, %v", v, ok, err)
			}
		}
		if _, err := prefect.Secret("K").Get(prefect.BuildingFlow(run(local))); !errors.Is(err, prefect.ErrBuildingFlow) {
			t.Errorf("%s: %v", v, err)
		}
	}
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
