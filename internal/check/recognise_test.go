package check

import (
	"strings"
	"testing"
)

func TestRecognise(t *testing.T) {
	for text, want := range map[string]Likeness{
		"":                                   Unlike,
		"# [context.secrets]\n":              Unlike,
		"[context.secrets]\nA = 'x'":         Certain,
		"\ufeff[context.secrets]":            Certain,
		"[ context . \"secrets\" ]":          Certain,
		"[context]\nsecrets.A = 'x'":         Certain,
		"[context]\n  Secrets = {A = 'x'}":   Certain,
		"context.secrets.A = 'x'":            Certain,
		"[context.secret]":                   Certain,
		"[prefect.context.secrets]":          Certain,
		"[config.context.secrets]":           Certain,
		"[cloud]\nuse_local_secrets = false": Certain,
		"[cloud.agent]":                      Certain,
		"[cloud.agent.env_vars]\nX = 'y'":    Certain,
		"[engine.executor.dask]":             Certain,
		"[flows]\ncheckpointing = true":      Certain,
		"[server.hasura]\nport = 3000":       Certain,
		"<<<<<<< HEAD\n[context.secrets]":    Certain, // it does not parse
		"a == 1\r[context.secrets]\r":        Certain,
		"[logging]\nlevel = 'DEBUG'":         Possible,
		"[server]\nport = 1\n[logging]":      Possible,
		"debug = true":                       Possible,
		"[secrets]\nJIRATOKEN = 'x'":         Possible,
		"[cloud]\nregion = 'eu'":             Possible,
		"[tool.poetry]\nname = 'context'":    Unlike,
		"[package]\nname = 'x'":              Unlike,
		"[tool.context.secrets]":             Unlike,
		"[context.production]":               Possible, // as netlify.toml has it
		"[server.database]\nname = 'x'":      Possible,
		"[logging]\nextra_loggers = []":      Possible, // of Prefect 3 as well
		"[server.api]\nhost = 'x'":           Possible, // of Prefect 3
		"[server.ui]\napollo_url = 'x'":      Certain,
		"[server.database]\nvolume_path = 1": Certain,
		"[a.b.c.d.e.f.g.context.secrets]":    Unlike,
		"[":                                  Unlike,
		"=":                                  Unlike,
		strings.Repeat("[", 1<<16):           Unlike,
		strings.Repeat(".", 1<<16) + "=":     Unlike,
		"[" + strings.Repeat("a.", 1<<16) + "]\n" + strings.Repeat("b = 1\n", 1<<10): Unlike,
	} {
		if got := Recognise([]byte(text)); got != want {
			t.Errorf("%.60q: got %d, want %d", text, got, want)
		}
	}
}
