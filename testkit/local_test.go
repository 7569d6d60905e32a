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
	secrets := map[string]any{"KEY": "VALUE", "DEEP": map[string]any{"list": []any{inner}}, "TYPED": typed, "NIL": nil}
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
	for name, says := range map[prefect.Secret]string{
		"SLACK_URI": `the nearest name is "SLACK_URL"; there are "DB", "SLACK_URL"`,
		"ZZZ":       `there are "DB", "SLACK_URL"`,
	} {
		_, err := name.Get(ctx)
		if !errors.Is(err, prefect.ErrNotFound) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), canary) {
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
	ctx := testkit.LocalConfig(t.Context(), t, "", map[string]string{"HOME": "/nowhere", "PREFECT__USER_CONFIG_PATH": "/nowhere/config.toml"})
	if _, err := prefect.Secret("KEY").Get(ctx); !errors.Is(err, prefect.ErrNotFound) {
		t.Error(err)
	}
}

func TestLocalConfigThatDoesNotParseFailsTheTest(t *testing.T) {
	tb := &fakeTB{}
	var ctx context.Context = testkit.LocalConfig(t.Context(), tb, "[context.secrets]\nKEY = "+canary, nil)
	if said := tb.end(); !strings.Contains(said, "config:2") || strings.Contains(said, canary) || ctx == nil {
		t.Errorf("it said: %s", strings.ReplaceAll(said, canary, "<canary>"))
	}
}
