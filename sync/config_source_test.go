package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

const hidden = "CANARY51c0"

var versions = []config.Version{config.Documented, "0.9.3", "1.4.1"}

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sentValues returns the JSON that a plan of one source sends, by name.
func sentValues(t *testing.T, source *Source, rules Rules) map[string]string {
	t.Helper()
	plan, err := NewPlan(Run{Sources: []*Source{source}, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, a := range plan.Actions {
		if a.Kind == Create {
			all[a.Name] = string(a.sent.value.Reveal())
		}
	}
	return all
}

func TestFromConfig(t *testing.T) {
	path := writeConfig(t, `
[cloud]
api = "https://c.example.com"
api_key = "$NOT_SET"
[context.secrets]
TEXT = "plain"
DIGITS = "123456"
NUMBER = 42
FLOAT = 100000.0
OFF = false
LIST = [1, 2]
JSON = '{"a": NaN}'
FROM_ENV = "$VARIABLE"
PARTLY = "x${VARIABLE}y"
SETTING = "${cloud.api}/graphql"
PASSWORD = "pa$word"
EMPTY = ""
[context.secrets.TABLE]
user = "u"
port = 5432
`)
	environ := []string{
		"VARIABLE=v", "PREFECT__CONTEXT__SECRETS__OTHER=x", "PREFECT__CONTEXT__SECRETS__TEXT=x",
		"PREFECT__USER_CONFIG_PATH=/nowhere", "HOME=/nowhere",
	}
	want := map[string]string{
		"TEXT": `"plain"`, "DIGITS": `"123456"`, "NUMBER": "42", "FLOAT": "100000.0", "OFF": "false",
		"LIST": "[1,2]", "JSON": `"{\"a\": NaN}"`,
		"from_env": `"v"`, "partly": `"xvy"`, "SETTING": `"https://c.example.com/graphql"`,
		"PASSWORD": `"pa$word"`, "TABLE": `{"port":5432,"user":"u"}`,
	}
	source, err := FromConfig(path, config.Documented, environ)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, sentValues(t, source, Rules{})); diff != "" {
		t.Error(diff)
	}
	if source, err = FromConfig(path, "1.4.1", environ); err != nil {
		t.Fatal(err)
	}
	for old, name := range map[string]string{"from_env": "FROM_ENV", "partly": "PARTLY"} {
		want[name] = want[old]
		delete(want, old)
	}
	want["DIGITS"] = "123456" // 1.4 makes a number of it
	if diff := cmp.Diff(want, sentValues(t, source, Rules{})); diff != "" {
		t.Error(diff)
	}
}

// What a flow gets from the store is what it gets from the config.
func TestAConfigsSecretReachesAFlowUnchanged(t *testing.T) {
	values := []string{
		"42", "-1", "1.5", "1e5", "1e400", "true", "007", "0x1F", "12345678901234567890123", "None", "null",
		"NaN", "-Infinity", "nan",
		` 42 `, `"42"`, `"\"42\""`, `'q'`, "'42'", "[1, 2]", `["a"]`, `{"a": 1.10}`, `{"a": NaN}`,
		`{'a': 1}`, "{}", "[", "plain", "pa$word", "ä🔑", "2020-01-01",
	}
	raw := []string{
		"42", "9223372036854775807", "1.0", "1e16", "-0.0", "true", "false", "[]", "[1, 2]",
		`["42", "[1]"]`, "{a = '42', b = {c = [1.5]}}", "[{a = 1}]",
	}
	for _, value := range values {
		quoted, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, string(quoted))
	}
	for _, version := range versions {
		same := 0
		for _, value := range raw {
			path := writeConfig(t, "[context.secrets]\nK = "+value+"\n")
			source, err := FromConfig(path, version, nil)
			if err != nil {
				continue // TestFromConfigErrors
			}
			loaded, err := config.Load(config.Options{Version: version, Path: path})
			if err != nil {
				t.Fatal(err)
			}
			local := prefect.WithConfig(t.Context(), loaded)
			for name := range loaded.Secrets() {
				want, err := prefect.Secret(name).Get(local)
				if err != nil {
					t.Fatal(err)
				}
				entry := source.Entries[0]
				encoded, err := entry.formatUnder(FormatAuto).encode(entry.Text.RevealText())
				if err != nil {
					t.Fatal(err)
				}
				if got := readInFlow(t, encoded.value); asPython(got) != asPython(want) {
					t.Errorf("%s K = %s: a flow gets %s from the store and %s from the config", version, value, asPython(got), asPython(want))
				}
				same++
			}
		}
		if same < 34 {
			t.Errorf("%s: only %d values", version, same)
		}
	}
}

// asPython writes a value so that numbers differ as in Python, whatever their Go type.
func asPython(v any) string {
	if value, err := (release.Entry{Value: v}).JSON(); err == nil {
		return string(value)
	}
	if value, err := prefect.NewValue(v); err == nil {
		return string(value.Reveal())
	}
	return fmt.Sprint(v)
}

func TestFormatsOfAConfigsSecrets(t *testing.T) {
	path := writeConfig(t, "[context.secrets]\nNUMBER = 1.0\nTABLE = {a = 1}\nTEXT = '42'\n")
	source, err := FromConfig(path, config.Documented, nil)
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[Format]map[string]string{
		FormatString: {"NUMBER": `"\"1.0\""`, "TABLE": `"\"{\\\"a\\\":1}\""`, "TEXT": `"\"42\""`},
		FormatJSON:   {"NUMBER": "1.0", "TABLE": `{"a":1}`, "TEXT": "42"},
		FormatRaw:    {"NUMBER": `"1.0"`, "TABLE": `"{\"a\":1}"`, "TEXT": `"42"`},
	} {
		rules := Rules{Names: map[string]NameRule{}}
		for name := range want {
			rules.Names[name] = NameRule{From: name, Format: format}
		}
		if diff := cmp.Diff(want, sentValues(t, source, rules)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

func TestFromConfigErrors(t *testing.T) {
	deep := strings.Repeat("[", pyjson.MaxDepth+1) + hidden
	tests := []struct {
		name, secrets string
		version       config.Version
		want          string
	}{
		{"no TOML", "K = " + hidden, "", "config.toml:2: not valid TOML"},
		{"unset", "K = '$SLACK_URL'", "", `secret "k" refers to SLACK_URL, which is neither a variable`},
		{"unset in 1.4", "K = '$SLACK_URL'", "1.4.1", `secret "K" refers to SLACK_URL`},
		{"unset in braces", "K = '" + hidden + "${SLACK_URL}'", "", `secret "k" refers to SLACK_URL`},
		{"unset in a table", "K.inner = '$SLACK_URL'", "", `secret "K" refers to SLACK_URL`},
		{"perhaps a password", "K = '$" + hidden + "'", "", `refers to what follows a $ in it`},
		{"a setting that only a release has", "K = '${cloud.api}'", "", `refers to cloud.api, which is neither`},
		{
			"a variable that is a setting", "K = '$PREFECT__CLOUD__API_KEY'", "",
			"variables that begin with PREFECT__ are settings",
		},
		{"in a variable's value", "K = '$BRACES'", "", `refers to what follows a $ in it`},
		{"date", "K = 1979-05-27", "", `secret "K" is or holds a value of type date`},
		{"infinity", "K = inf", "", "of type float that is NaN or infinite"},
		{"inside", "K = [['" + hidden + "'], [nan]]", "", "of type float that is NaN or infinite"},
		{"tuple", "K = '1,7700123'", "1.4.1", "of type tuple"},
		{"bytes", "K = \"b'" + hidden + "'\"", "1.4.1", "of type bytes"},
		{"complex", "K = '7700123j'", "1.4.1", "of type complex"},
		{"None", "K = 'None'", "1.4.1", `secret "K" is None`},
		{"not UTF-8", "K = '$NOT_UTF8'", "", `secret "k" is a string that is not UTF-8`},
		{"too deep", "K = '" + deep + "'", "", `secret "K" opens more than 500 brackets`},
		{"empty name", "'' = '" + hidden + "'", "", "a name is empty"},
		{"names that become one", "K = '$SET'\nk = '" + hidden + "'", "", "rename one"},
	}
	environ := []string{
		"SET=" + hidden, "NOT_UTF8=" + hidden + "\xff", "BRACES=pa${SECRET_PART}word" + hidden,
		"PREFECT__CLOUD__API_KEY=" + hidden,
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := FromConfig(writeConfig(t, "[context.secrets]\n"+tt.secrets+"\n"), tt.version, environ)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "config.toml") {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			for _, value := range []string{hidden, "7700123", "SECRET_PART"} {
				if strings.Contains(err.Error(), value) {
					t.Error("the error holds a value")
				}
			}
		})
	}
	if _, err := FromConfig("", "", nil); err == nil {
		t.Error("a file without a name is read")
	}
	_, err := FromConfig(writeConfig(t, "context.secrets = '"+hidden+"'\n"), "", nil)
	if err == nil || strings.Contains(err.Error(), hidden) {
		t.Errorf("got %v for secrets that are not a table", err)
	}
	source, err := FromConfig(writeConfig(t, "[cloud]\napi = 'x'\n"), "", nil)
	if err != nil || source.HasSecrets() {
		t.Errorf("got %v, %v for a config without secrets", source, err)
	}
}

func TestFromConfigFailsAsLoadDoes(t *testing.T) {
	_, err := FromConfig(writeConfig(t, "[context.secrets]\nK = 'a\n"), config.Documented, nil)
	var failed *config.Error
	if !errors.As(err, &failed) || failed.Line != 2 {
		t.Errorf("got %v", err)
	}
}
