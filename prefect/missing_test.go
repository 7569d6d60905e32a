package prefect_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// The error for a missing local secret says that the context has a client, and why
// the client was not asked.
func TestMissingSecretBesideAClient(t *testing.T) {
	under := func(text string) context.Context {
		t.Helper()
		loaded, err := config.Load(config.Options{Text: text, Version: "1.4.1"})
		if err != nil {
			t.Fatal(err)
		}
		return prefect.WithConfig(t.Context(), loaded)
	}
	const (
		local   = `the context has a client, which is not used because use_local_secrets is true: pass a config with use_local_secrets = false to prefect.WithConfig`
		backend = `the context has a client, which is not used because backend is not "cloud": pass a config with backend = "cloud" to prefect.WithConfig`
	)
	tests := map[string]struct {
		ctx  context.Context
		want string
	}{
		"no config":        {t.Context(), `local secret "DB" was not found: there are no local secrets; ` + local},
		"local secrets":    {prefect.WithSecrets(t.Context(), map[string]any{"DATABASE": canary}), `local secret "DB" was not found: the only local secret is "DATABASE"; ` + local},
		"true in a config": {under("backend = \"cloud\"\n[cloud]\nuse_local_secrets = true\n"), `local secret "DB" was not found: there are no local secrets; ` + local},
		"server's backend": {under("backend = \"server\"\n[cloud]\nuse_local_secrets = false\n"), `local secret "DB" was not found: there are no local secrets; ` + backend},
	}
	cloud := testkit.New(t)
	cloud.Set("DB", canary)
	for name, tt := range tests {
		_, err := prefect.Get[string](prefect.WithClient(tt.ctx, cloud.RunnerClient()), "DB")
		if !errors.Is(err, prefect.ErrNotFound) || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

func TestNilClientMeansNoClient(t *testing.T) {
	ctx := testkit.LocalConfig(t.Context(), t, "[cloud]\nuse_local_secrets = false\n", nil)
	_, err := prefect.Get[string](prefect.WithClient(ctx, nil), "DB")
	if err == nil || !strings.Contains(err.Error(), "the context has no client") {
		t.Errorf("got %v", err)
	}
}

type DB struct{ Port int }

func TestGetNamesTheTypeThatDoesNotFit(t *testing.T) {
	ctx := prefect.WithSecrets(t.Context(), map[string]any{"JSON": `{"port": "` + canary + `"}`, "STRING": canary})
	for name, want := range map[string]string{
		"JSON":   `secret "JSON": its JSON does not fit the type prefect_test.DB`,
		"STRING": `secret "STRING": it is a string, not JSON of the type prefect_test.DB`,
	} {
		if _, err := prefect.Get[DB](ctx, name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
