package prefect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

func TestGetReadsTextAsPrefectDoes(t *testing.T) {
	tests := []struct {
		stored any
		want   any
	}{
		{"plain", "plain"},
		{"42", json.Number("42")},
		{" 42 ", json.Number("42")},
		{"007", "007"},
		{"true", true},
		{"None", "None"},
		{"", ""},
		{`"42"`, "42"},
		{`{"a": 1}`, map[string]any{"a": json.Number("1")}},
		{"{'a': 1}", "{'a': 1}"},
		{42, 42},
		{[]byte("42"), json.Number("42")},
		{[]any{"a"}, []any{"a"}},
		{prefect.TextValue("42"), json.Number("42")},
		{json.RawMessage(`{"big": 12345678901234567890}`), map[string]any{"big": json.Number("12345678901234567890")}},
		{-math.MaxFloat64, -math.MaxFloat64},
	}
	for _, tt := range tests {
		ctx := prefect.WithSecrets(t.Context(), map[string]any{"S": tt.stored})
		got, err := prefect.Secret("S").Get(ctx)
		if err != nil {
			t.Errorf("stored %v: %v", tt.stored, err)
		} else if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("stored %v: %s", tt.stored, diff)
		}
	}
}

func TestTypedGet(t *testing.T) {
	ctx := prefect.WithSecrets(t.Context(), map[string]any{
		"TEXT": "plain", "DIGITS": "123456", "QUOTED": `"42"`, "OBJECT": `{"a": 1}`, "NATIVE": 42,
		"BIG":   `{"id": 12345678901234567890123}`,
		"TABLE": map[string]any{"user": "u", "port": 5432},
	})
	checkGet(t, ctx, "TEXT", "plain")
	checkGet(t, ctx, "DIGITS", "123456")
	checkGet(t, ctx, "DIGITS", 123456)
	checkGet(t, ctx, "DIGITS", any(json.Number("123456")))
	checkGet(t, ctx, "QUOTED", "42")
	checkGet(t, ctx, "OBJECT", `{"a": 1}`)
	checkGet(t, ctx, "OBJECT", map[string]int{"a": 1})
	checkGet(t, ctx, "NATIVE", 42)
	checkGet(t, ctx, "NATIVE", int64(42))
	checkGet(t, ctx, "NATIVE", "42")
	checkGet(t, ctx, "BIG", map[string]any{"id": json.Number("12345678901234567890123")})
	checkGet(t, ctx, "TABLE", struct {
		User string
		Port int
	}{"u", 5432})
}

func checkGet[T any](t *testing.T, ctx context.Context, name string, want T) {
	t.Helper()
	got, err := prefect.Get[T](ctx, name)
	if err != nil {
		t.Errorf("Get[%T](%s): %v", want, name, err)
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Get[%T](%s): %s", want, name, diff)
	}
}

func TestTypedGetErrorsHoldNoValue(t *testing.T) {
	ctx := prefect.WithSecrets(t.Context(), map[string]any{"TEXT": canary, "NUMBER": "77001234567", "FUNC": func() {}})
	_, err1 := prefect.Get[int](ctx, "TEXT")
	_, err2 := prefect.Get[bool](ctx, "NUMBER")
	_, err3 := prefect.Get[int8](ctx, "NUMBER")
	_, err4 := prefect.Get[string](ctx, "FUNC")
	for i, err := range []error{err1, err2, err3, err4} {
		if err == nil {
			t.Errorf("error %d: none", i+1)
		} else if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "7700") {
			t.Errorf("error %d holds the value", i+1)
		}
	}
}

func TestMissingLocalSecret(t *testing.T) {
	tests := []struct {
		name    string
		secrets map[string]any
		want    string
	}{
		{"SLACK_URL", nil, `local secret "SLACK_URL" was not found: there are no local secrets`},
		{"SLACK_URL", map[string]any{"SLACK_URI": canary},
			`local secret "SLACK_URL" was not found: did you mean "SLACK_URI"? the only local secret is "SLACK_URI"`},
		{"X", map[string]any{"ALPHA": canary, "BETA": canary}, `local secret "X" was not found: the local secrets are "ALPHA", "BETA"`},
	}
	for _, tt := range tests {
		_, err := prefect.Secret(tt.name).Get(prefect.WithSecrets(t.Context(), tt.secrets))
		if !errors.Is(err, prefect.ErrNotFound) || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestContextsMerge(t *testing.T) {
	loaded, err := config.Load(config.Options{Text: "[context.secrets]\nA = \"config\"\nB = \"config\"\n"})
	if err != nil {
		t.Fatal(err)
	}
	parent := prefect.WithSecrets(t.Context(), map[string]any{"A": "first", "C": "first"})
	child := prefect.WithSecrets(prefect.WithConfig(parent, loaded), map[string]any{"C": "second"})
	for name, want := range map[string]any{"A": "first", "B": "config", "C": "second"} {
		if got, err := prefect.Secret(name).Get(child); err != nil || got != want {
			t.Errorf("child: %s = %v, %v; want %v", name, got, err, want)
		}
	}
	if got, _ := prefect.Secret("C").Get(parent); got != "first" {
		t.Errorf("parent: C = %v; want first", got)
	}
	if ok, _ := prefect.Secret("B").Exists(parent); ok {
		t.Error("parent: B exists")
	}
	if printed := fmt.Sprintf("%v %+v", child, loaded); strings.Contains(printed, "config\"") || strings.Contains(printed, "second") {
		t.Error("printing the context or the config shows a value")
	}
}

func TestBuildingFlow(t *testing.T) {
	ctx := prefect.BuildingFlow(prefect.WithSecrets(t.Context(), map[string]any{"S": "v"}))
	if _, err := prefect.Secret("S").Get(ctx); !errors.Is(err, prefect.ErrBuildingFlow) {
		t.Errorf("Get: %v; want ErrBuildingFlow", err)
	}
	if ok, err := prefect.Secret("S").Exists(ctx); !ok || err != nil {
		t.Errorf("Exists: %v, %v; want true", ok, err)
	}
}

func TestCloudExecutionIgnoresLocalSecrets(t *testing.T) {
	loaded, err := config.Load(config.Options{Env: []string{"PREFECT__CLOUD__USE_LOCAL_SECRETS=false"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := prefect.WithConfig(prefect.WithSecrets(t.Context(), map[string]any{"S": "local"}), loaded)
	if v, err := prefect.Secret("S").Get(ctx); err == nil {
		t.Errorf("Get gave %v without asking a store", v)
	}
}

func TestNotFoundSaysWhyANameIsLowerCase(t *testing.T) {
	loaded, err := config.Load(config.Options{Env: []string{"PREFECT__CONTEXT__SECRETS__SLACK_URL=v"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = prefect.Secret("SLACK_URL").Get(prefect.WithConfig(t.Context(), loaded))
	if err == nil || !strings.Contains(err.Error(), `lower-case: "slack_url"`) {
		t.Errorf("got %v", err)
	}
}
