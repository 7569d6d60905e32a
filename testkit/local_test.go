package testkit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func TestLocalSecretsAreACopy(t *testing.T) {
	inner := map[string]any{"user": "u"}
	typed := map[string][]string{"hosts": {"a"}}
	deep := map[string]any{"list": []any{inner}}
	secrets := map[string]any{"KEY": "VALUE", "DEEP": deep, "TYPED": typed, "NIL": nil}
	ctx := testkit.LocalSecrets(t.Context(), secrets)
	secrets["KEY"], inner["user"], typed["hosts"][0] = "changed", "changed", "changed"
	if got, err := prefect.Get[map[string][]string](ctx, "TYPED"); err != nil || got["hosts"][0] != "a" {
		t.Errorf("TYPED: %v, %v", got, err)
	}
	if got, err := prefect.Secret("NIL").Get(ctx); got != nil || err != nil {
		t.Errorf("NIL: %v, %v", got, err)
	}
	if got, err := prefect.Secret("KEY").Get(ctx); got != "VALUE" || err != nil {
		t.Errorf("KEY: %v", err)
	}
	got, err := prefect.Get[struct{ List []struct{ User string } }](ctx, "DEEP")
	if err != nil || got.List[0].User != "u" {
		t.Errorf("DEEP: %+v, %v", got, err)
	}
}

func TestAMissingLocalSecretNamesWhatThereIs(t *testing.T) {
	ctx := testkit.LocalSecrets(t.Context(), map[string]any{"SLACK_URL": canary, "DB": canary})
	for name, want := range map[prefect.Secret]string{
		"SLACK_URI": `did you mean "SLACK_URL"? the local secrets are "DB", "SLACK_URL"`,
		"ZZZ":       `the local secrets are "DB", "SLACK_URL"`,
	} {
		_, err := name.Get(ctx)
		if !errors.Is(err, prefect.ErrNotFound) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLocalConfig(t *testing.T) {
	t.Setenv("PREFECT__CONTEXT__SECRETS__OF_THE_PROCESS", canary)
	const config = "[context.secrets]\nKEY = \"VALUE\"\nSLACK = \"$SLACK\"\n"
	ctx := testkit.LocalConfig(t.Context(), t, config, map[string]string{
		"SLACK": "https://hooks.example.com", "PREFECT__CONTEXT__SECRETS__DB": "123456",
	})
	for name, want := range map[string]string{"KEY": "VALUE", "slack": "https://hooks.example.com", "db": "123456"} {
		if got, err := prefect.Get[string](ctx, name); got != want || err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if ok, err := prefect.Secret("of_the_process").Exists(ctx); ok || err != nil {
		t.Errorf("the process's environment is read: %v", err)
	}
}

func TestLocalConfigReadsNoFile(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	env := map[string]string{"HOME": "/nowhere", "PREFECT__USER_CONFIG_PATH": "/nowhere/config.toml"}
	ctx := testkit.LocalConfig(t.Context(), t, "", env)
	if _, err := prefect.Secret("KEY").Get(ctx); !errors.Is(err, prefect.ErrNotFound) {
		t.Error(err)
	}
}

func TestLocalConfigThatDoesNotParseFailsTheTest(t *testing.T) {
	tests := map[string]struct {
		tomlText string
		env      map[string]string
		want     string
	}{
		"not TOML": {"[context.secrets]\nKEY = " + canary, nil, "testkit: LocalConfig: tomlText:2: not valid TOML"},
		"too deep": {"a = " + strings.Repeat("[", 1000), nil, "testkit: LocalConfig: tomlText:1: it nests deeper than"},
		"environment": {
			"[cloud]\napi = \"" + canary + "\"\n", map[string]string{"PREFECT__CLOUD__API__KEY": canary},
			"testkit: LocalConfig: PREFECT__CLOUD__API__KEY: cloud.api.key: ",
		},
	}
	for name, tt := range tests {
		tb := &fakeTB{}
		var ctx context.Context = testkit.LocalConfig(t.Context(), tb, tt.tomlText, tt.env)
		got := tb.finish()
		if !strings.HasPrefix(got, tt.want) || strings.Contains(got, canary) || strings.Contains(got, "prefect-secrets") || ctx == nil {
			t.Errorf("%s: got: %s", name, strings.ReplaceAll(got, canary, "<canary>"))
		}
	}
}
