package check

import "testing"

func TestMisplacedTable(t *testing.T) {
	for setting, want := range map[string]string{
		"secrets.A": secretsTable, "Secrets.A": secretsTable, "secret.A.B": secretsTable, "context.secret.A": secretsTable, "context.Secrets.A": secretsTable,
		"context.SECRET": secretsTable, "context.sercets.A": secretsTable, "contexts.secrets.A": secretsTable, "Context.Secrets.A": secretsTable,
		"context_secrets.A": secretsTable, `"context.secrets".A`: secretsTable, "local_secrets.A": secretsTable, "prefect.context.secrets.A": secretsTable,
		"prefect.secrets.A": secretsTable, "config.secrets.A": secretsTable, "prefect.config.context.secrets.A": secretsTable,
		"mine.context.secrets.A": secretsTable, "cloud.secrets.A": secretsTable, "secrets.context.A": secretsTable,
		"prefect.cloud.api": "cloud", "config.logging.level": "logging", "prefect.debug": "debug", "CLOUD.api": "cloud", "Prefect.Cloud.api": "cloud",
		"prefect.context.foo": "context",

		"context.secrets.secret": "", "context.secrets.A.secrets": "", "context.region": "", "context.mine.secrets.A": "", "mine.secrets.A": "",
		"prefect.mine.A": "", "config.debug": "", "config.mine": "", "prefect": "", "secrets": "", "cloud.api": "", "debug": "", "sections.A": "", "content.A": "",
	} {
		s := newSource("a.toml", setting+" = 1\n")
		if s.problem != nil {
			t.Fatal(setting, s.problem)
		}
		if _, got := misplacedTable(s.settings()[0].path); got != want {
			t.Errorf("%s: got %q, want %q", setting, got, want)
		}
	}
}
