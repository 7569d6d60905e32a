package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

const canary = "CANARY3f9a"

func TestLoadSecrets(t *testing.T) {
	tests := []struct {
		name string
		text string
		env  []string
		want map[string]any
	}{
		{"as written", "[context.secrets]\nKEY = \"VALUE\"\nn = 42\n", nil, map[string]any{"KEY": "VALUE", "n": int64(42)}},
		{"environment variable", "[context.secrets]\nKEY = \"$ENV_VAR\"\n", []string{"ENV_VAR=v"}, map[string]any{"key": "v"}},
		{"braces", "[context.secrets]\nKEY = \"a-${ENV_VAR}-b\"\n", []string{"ENV_VAR=v"}, map[string]any{"key": "a-v-b"}},
		{"unset", "[context.secrets]\nKEY = \"$NOPE\"\n", nil, map[string]any{"key": "$NOPE"}},
		{"unset in braces", "[context.secrets]\nKEY = \"a${NOPE}b\"\n", nil, map[string]any{"key": "ab"}},
		{"a $ in a password", `
[context.secrets]
DB_PASSWORD = "pa$word"
DOUBLE = "P@$$w0rd"
HASH = "$2b$12$R9h/cIPz0gi.URNNX3kh2O"
DIGIT = "$1password"
PART = "pre-$NOPE"
`, nil, map[string]any{
			"DB_PASSWORD": "pa$word", "DOUBLE": "P@$$w0rd", "HASH": "$2b$12$R9h/cIPz0gi.URNNX3kh2O",
			"DIGIT": "$1password", "PART": "pre-$NOPE",
		}},
		{"a $ in a password that a variable matches",
			"[context.secrets]\nDB_PASSWORD = \"pa$word\"\nPART = \"pre-$SET\"\n", []string{"word=v", "SET=v"},
			map[string]any{"db_password": "pav", "part": "pre-v"}},
		{"PREFECT__", "", []string{"PREFECT__CONTEXT__SECRETS__KEY=v"}, map[string]any{"key": "v"}},
		{"later wins", "", []string{"PREFECT__CONTEXT__SECRETS__KEY=a", "PREFECT__CONTEXT__SECRETS__KEY=b"}, map[string]any{"key": "b"}},
		{"PREFECT__ over the file",
			"[context.secrets]\nkey = \"file\"\n", []string{"PREFECT__CONTEXT__SECRETS__KEY=env"}, map[string]any{"key": "env"}},
		{"PREFECT__ is cast", "", []string{
			"PREFECT__CONTEXT__SECRETS__A=42", "PREFECT__CONTEXT__SECRETS__B=TRUE", "PREFECT__CONTEXT__SECRETS__C=1.5",
			"PREFECT__CONTEXT__SECRETS__D=007", "PREFECT__CONTEXT__SECRETS__E=1e5",
		}, map[string]any{"a": int64(42), "b": true, "c": 1.5, "d": "007", "e": "1e5"}},
		{"one expansion is not cast", "[context.secrets]\nk = \"$NUM\"\n", []string{"NUM=42"}, map[string]any{"k": "42"}},
		{"two expansions are", "[context.secrets]\nk = \"$N1\"\n", []string{"N1=$NUM", "NUM=42"}, map[string]any{"k": int64(42)}},
		{"self reference", "[context.secrets]\nk = \"$X\"\n", []string{"X=$X"}, map[string]any{"k": "$X"}},
		{"never settles", "[context.secrets]\nk = \"$X\"\n", []string{"X=a$X"}, map[string]any{"k": nil}},
		{"home", "[context.secrets]\nK = \"~/x\"\n", []string{"HOME=/home/u"}, map[string]any{"K": "/home/u/x"}},
		{"another key", "base = \"b\"\n[context.secrets]\nK = \"${base}\"\n", nil, map[string]any{"k": "b"}},
		{"another section's key",
			"[a]\nn = 5\n[context.secrets]\nK = \"${a.n}\"\nL = \"<${a.n}>\"\nM = \"${a}\"\n", nil,
			map[string]any{"K": int64(5), "L": "<5>", "m": ""}},
		{"a list is left alone", "[context.secrets]\nK = [\"$A\"]\n", []string{"A=v"}, map[string]any{"K": []any{"$A"}}},
		{"empty table", "[context.secrets]\n", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loaded, err := config.Load(config.Options{Text: tt.text, Env: tt.env})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, loaded.Secrets()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadUseLocalSecrets(t *testing.T) {
	tests := []struct {
		text string
		env  []string
		want bool
	}{
		{"", nil, true},
		{"[cloud]\nuse_local_secrets = true\n", nil, true},
		{"[cloud]\nuse_local_secrets = false\n", nil, false},
		{"[cloud]\nuse_local_secrets = \"false\"\n", nil, true},
		{"", []string{"PREFECT__CLOUD__USE_LOCAL_SECRETS=false"}, false},
		{"[cloud]\nuse_local_secrets = false\n", []string{"PREFECT__CLOUD__USE_LOCAL_SECRETS=true"}, true},
		{"cloud = 1\n", nil, true},
	}
	for _, tt := range tests {
		loaded, err := config.Load(config.Options{Text: tt.text, Env: tt.env})
		if err != nil {
			t.Fatal(err)
		}
		if got := loaded.UseLocalSecrets(); got != tt.want {
			t.Errorf("%q with %q: %v, want %v", tt.text, tt.env, got, tt.want)
		}
	}
	if !(&config.Config{}).UseLocalSecrets() {
		t.Error("the zero Config is not Prefect's default")
	}
}

func TestLoadFindsTheUsersFile(t *testing.T) {
	home := t.TempDir()
	write := func(name, secret string) string {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("[context.secrets]\nk = \""+secret+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(".prefect/config.toml", "default")
	other := write("other.toml", "other")
	tests := []struct {
		options config.Options
		want    map[string]any
	}{
		{config.Options{Env: []string{"HOME=" + home}}, map[string]any{"k": "default"}},
		{config.Options{Env: []string{"HOME=" + home, "PREFECT__USER_CONFIG_PATH=~/other.toml"}}, map[string]any{"k": "other"}},
		{config.Options{Env: []string{"HOME=" + home, "PREFECT__USER_CONFIG_PATH=/nope.toml"}}, nil},
		{config.Options{Env: []string{"HOME=" + home, "PREFECT__USER_CONFIG_PATH=" + home}}, nil},
		{config.Options{Path: other, Env: []string{"HOME=" + home}}, map[string]any{"k": "other"}},
		{config.Options{}, nil},
	}
	for i, tt := range tests {
		loaded, err := config.Load(tt.options)
		if err != nil {
			t.Errorf("case %d: %v", i, err)
		} else if diff := cmp.Diff(tt.want, loaded.Secrets()); diff != "" {
			t.Errorf("case %d: %s", i, diff)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	twice := []string{"PREFECT__CONTEXT__SECRETS__KEY=" + canary, "PREFECT__CONTEXT__SECRETS__key=" + canary}
	tests := []struct {
		options config.Options
		want    string
	}{
		{config.Options{Path: "nope.toml"}, "reading config"},
		{config.Options{Path: "c.toml", Text: "[context.secrets]\nk = " + canary + "\n"}, "c.toml:2: not valid TOML"},
		{config.Options{Text: "k = \"" + canary}, "config:1: not valid TOML"},
		{config.Options{Text: "k = 7700123__4\n"}, "config:1: not valid TOML"},
		{config.Options{Version: "2.0"}, "2.0 is not supported"},
		{config.Options{Env: twice}, "PREFECT__CONTEXT__SECRETS__KEY sets this secret as well"},
		{
			config.Options{
				Text: "[context.secrets]\nKEY = \"$A\"\nkey = \"" + canary + "\"\n",
				Env:  []string{"A=" + canary},
			},
			"becomes \"key\", which is there already",
		},
		{
			config.Options{Text: "a = 1\n", Env: []string{"PREFECT__A__B=" + canary}},
			"PREFECT__A__B: a.b: it is below a, which is of type int",
		},
		{
			config.Options{
				Text: "[context.secrets]\nKEY = \"$V\"\n[context.secrets.key]\nx = 1\n",
				Env:  []string{"V=1"},
			},
			"it is below context.secrets.key",
		},
	}
	for _, tt := range tests {
		_, err := config.Load(tt.options)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		} else if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "7700123") {
			t.Errorf("%q: the error holds a value", tt.want)
		}
	}
}

// The classes of error that import prefect fails with after it has read the
// configuration were measured with both releases.
func TestStartOfReleases(t *testing.T) {
	for text, class := range map[string]string{
		"context = 5\n": "TypeError", "context = 'abc'\n": "ValueError", "[context]\nconfig = 5\n": "AttributeError",
		"logging = 5\n": "AttributeError", "[logging]\nformat = 'x'\n": "ValueError", "[logging]\nformat = '%(nope'\n": "ValueError",
		"[logging]\nformat = 5\n": "TypeError", "[logging]\nlevel = 'debug'\n": "ValueError", "[logging]\nlevel = [1]\n": "TypeError",
		"[logging]\nlevel = 10\n": "", "[logging]\nformat = '%(message)s'\n": "", "[context]\nfoo = 5\n": "",
	} {
		for _, v := range []config.Version{"0.9.3", "1.4.1"} {
			_, err := config.Load(config.Options{Version: v, Text: text})
			var e *config.Error
			if errors.As(err, &e) != (class != "") || e != nil && e.Class != class {
				t.Errorf("%s %q: %v, want %s", v, text, err, class)
			}
		}
	}
	for text, fails := range map[string]bool{"5": true, "[1]": true, "['a']": false, "\"['a']\"": false} {
		_, err := config.Load(config.Options{Version: "1.4.1", Text: "[logging]\nextra_loggers = " + text + "\n"})
		if (err != nil) != fails {
			t.Errorf("extra_loggers = %s: %v", text, err)
		}
	}
}

func TestTheZeroVersionIsDocumented(t *testing.T) {
	env := []string{"PREFECT__CONTEXT__SECRETS__KEY=v", "PREFECT__CLOUD__USE_LOCAL_SECRETS=false"}
	for _, v := range []config.Version{"", config.Documented} {
		loaded, err := config.Load(config.Options{Version: v, Env: env})
		if err != nil {
			t.Fatal(err)
		}
		if lower, ok := loaded.LowerCased("Key"); lower != "key" || !ok || loaded.ReadsContext() || !loaded.ReadsStore() {
			t.Errorf("%s: %q, %t, %t, %t", v, lower, ok, loaded.ReadsContext(), loaded.ReadsStore())
		}
	}
}
