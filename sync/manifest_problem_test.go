package sync_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// manifestProblems has bad input for every key, with what Error says after the
// file's name.
var manifestProblems = []struct{ text, want string }{
	{
		`includes = ["*"]`,
		`includes: unknown key "includes": did you mean include? a manifest has api-url, tenants, include, exclude, overwrite, names, prune and environments`,
	},
	{`"a b" = 1`, `"a b": unknown key "a b": a manifest has`},
	{`max-deletes = 1`, `max-deletes: unknown key "max-deletes": a manifest has`},
	{`api-url = 1`, "api-url: expected a string: put it in double quotes"},
	{`api-url = ""`, "api-url: this is not an absolute URL: write the whole URL"},
	{`api-url = "secrets.example.com"`, "api-url: this is not an absolute URL"},
	{`api-url = "ftp://secrets.example.com"`, "api-url: this is not an absolute URL"},
	{`api-url = "https://%zz` + canary + `"`, "api-url: this is not an absolute URL"},
	{
		`api-url = "https://user:` + canary + `@x"`,
		"api-url: a URL must not hold a user or a password here: remove them",
	},
	{`tenants = "` + canary + `"`, `tenants: expected a list of strings: write it as a list, such as ["A", "B"]`},
	{`tenants = ["a", 1]`, "tenants[1]: expected a string"},
	{`tenants = ["  "]`, "tenants[0]: this string is empty"},
	{`tenants = ["` + canary + ` x"]`, "tenants[0]: a tenant's slug or id contains a space: remove it"},
	{`tenants = ["` + canary + `", "` + canary + `"]`, "tenants[1]: duplicate tenant: remove one"},
	{`include = "*"`, "include: expected a list of strings"},
	{`include = [1]`, "include[0]: expected a string"},
	{
		`include = ["A", "[` + canary + `"]`,
		`include[1]: not a glob: close its bracket, or write a literal bracket as [[]`,
	},
	{`include = [""]`, "include[0]: this string is empty"},
	{`exclude = {a = 1}`, "exclude: expected a list of strings"},
	{`exclude = ["` + canary + `\\"]`, "exclude[0]: not a glob"},
	{`names = 1`, "names: expected a table: write [names]"},
	{"[[names]]\nA = 'B'", "names: expected a table"},
	{"[names]\nA = 1", "names.A: expected a CI name: write it as a string"},
	{"[names]\nA = ['" + canary + "']", "names.A: expected a CI name"},
	{
		"[names]\nA = 'B'\nexclude = ['C']",
		"names.exclude: expected a CI name: exclude belongs at the top of the manifest, above its first [table]",
	},
	{"[names]\nA = ''", "names.A: it has no CI name: write the name of a CI secret"},
	{
		"[names]\nA = '" + strings.Repeat(canary, 40) + "'",
		"names.A: this is too long for a name: a CI name has at most 255 bytes; give the name, not the value",
	},
	{"[names]\n'' = 'A'", `names."": a name is empty: no store accepts it`},
	{
		"[names.A]\nfrom = 'B'\nformt = 'json'",
		`names.A.formt: unknown key "formt": did you mean format? an entry of [names] has from, format and required`,
	},
	{"[names]\nA = {from = 2}", "names.A.from: expected a string"},
	{"[names]\nA = {from = ' '}", "names.A.from: it has no CI name"},
	{"[names]\nA = {format = 'json'}", `names.A: it has no CI name: add from = "CI_NAME"`},
	{
		"[names]\nA = {from = 'B', format = 'jsn'}",
		"names.A.format: unknown format: did you mean json? use auto, string, json or raw",
	},
	{"[names]\nA = {from = 'B', format = '" + canary + "'}", "names.A.format: unknown format: use auto"},
	{"[names]\nA = {from = 'B', format = ''}", "names.A.format: unknown format"},
	{"[names]\nA = {from = 'B', format = true}", "names.A.format: expected a string"},
	{
		"[names]\nA = {from = 'B', required = 'yes'}",
		"names.A.required: expected true or false: write it without quotation marks",
	},
	{"prune = true", "prune: expected a table: write [prune]"},
	{
		"[prune]\nscopes = ['*']",
		`prune.scopes: unknown key "scopes": did you mean scope? [prune] has scope and max-deletes`,
	},
	{
		"[prune]\nexclude = ['*']",
		`prune.exclude: unknown key "exclude": exclude belongs at the top of the manifest, above its first [table]`,
	},
	{"[prune]\nscope = '*'", "prune.scope: expected a list of strings"},
	{"[prune]\nscope = ['[a']", "prune.scope[0]: not a glob"},
	{"[prune]\nscope = ['A', 'B[!_]*']", "prune.scope[1]: [! is ambiguous: list the characters that match, or begin with [^ to exclude them"},
	{
		"[prune]\nmax-deletes = -1",
		"prune.max-deletes: expected a number, 0 or more: write how many deletions a plan may have; 0 means none",
	},
	{"[prune]\nmax-deletes = 99999999999", "prune.max-deletes: expected a number, 0 or more"},
	{"[prune]\nmax-deletes = '5'", "prune.max-deletes: expected a number, 0 or more"},
	{"environments = ['a']", "environments: expected a table: write its settings below [environments.NAME]"},
	{"[environments]\nstaging = 1", "environments.staging: expected a table"},
	{"[environments.'']", `environments."": an environment's name is empty`},
	{
		"[environments.a.environments.b]",
		`environments.a.environments: unknown key "environments": environments belongs at the top`,
	},
	{"[environments.'a b']\ntenant = ['x']", `environments."a b".tenant: unknown key "tenant": did you mean tenants?`},
	{"[environments.a]\napi-url = 'x'", "environments.a.api-url: this is not an absolute URL"},
	{"[environments.a.prune]\nscope = ['[']", "environments.a.prune.scope[0]: not a glob"},
	{
		"exclude = ['Z', 'B*']\n[names]\nA = {from = 'BB', required = true}",
		"names.A: it is required, but exclude[1] removes its source: no plan can succeed",
	},
	{
		"exclude = ['B*']\n[environments.a.names]\nA = {from = 'BB', required = true}",
		"environments.a.names.A: it is required, but exclude[0] removes its source",
	},
	{`store = "vault"`, `store: unknown kind of store: use "blocks", or leave store out for Prefect 0.x and 1.x`},
	{`store = "block"`, `store: unknown kind of store: did you mean "blocks"? use "blocks", or leave store out`},
	{`store = "` + canary + `"`, `store: unknown kind of store: use "blocks"`},
	{`store = ""`, "store: unknown kind of store"},
	{`store = 3`, "store: expected a string"},
	{`sotre = "blocks"`, `sotre: unknown key "sotre": did you mean store? a manifest has api-url, tenants, include, exclude, overwrite,`},
	{`reader = "3"`, `reader: reader is only for store = "blocks": set store = "blocks", or remove reader`},
	{`store = "blocks"`, `store: a store of kind "blocks" needs reader: add reader = "3" or "2", the major version of Prefect that the flows run`},
	{"store = 'blocks'\nreader = '" + canary + "'", `reader: unknown reader: use "3" or "2", the major version of`},
	{"store = 'blocks'\nreader = 3", "reader: expected a string: put it in double quotes"},
	{"[environments.a]\nstore = 'blocks'", `environments.a.store: a store of kind "blocks" needs reader`},
	{"store = 'blocks'\nreader = '3'\n[environments.a]\nstore = 'cloud-1'\nreader = '2'", `environments.a.reader: reader is only for store = "blocks": set store = "blocks", or remove`},
	{"store = 'blocks'\nreader = '3'\ntenants = ['a']", `tenants: a store of kind "blocks" has no tenants: remove tenants: each workspace has its own api-url`},
	{"[environments.a]\nstore = 'blocks'\nreader = '3'\ntenants = []", `environments.a.tenants: a store of kind "blocks" has no tenants`},
	{"store = 'blocks'\nreader = '3'\n[environments.a]\ntenants = ['a']", `environments.a.tenants: a store of kind "blocks" has no tenants`},
	{"[environments.a]\nstore = 'blocks'\nreader = '3'\noverwrite = 'owned'", `environments.a.overwrite: overwrite = "owned" does not work with a store of kind "blocks": blocks have no owner: leave it out, or use any`},
	{"store = 'blocks'\nreader = '2'\napi-url = 'embedded:x.db'", `api-url: a store of kind "blocks" cannot be embedded: set the URL of a server`},
	{"store = 'blocks'\nreader = '2'\ndialect = 'camel'", `dialect: unknown key "dialect"`},
	{
		"[names]\n'A b' = {from = 'BB', required = true}\n[environments.a]\nexclude = ['B*']",
		`environments.a.exclude[0]: it removes the source of names."A b", which is required`,
	},
}

func TestParseManifestProblems(t *testing.T) {
	for _, tt := range manifestProblems {
		_, err := secretsync.ParseManifest("m.toml", []byte(tt.text))
		var bad *secretsync.ManifestError
		if !errors.As(err, &bad) || len(bad.Problems) != 1 || !strings.HasPrefix(err.Error(), "m.toml: "+tt.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", tt.text, err, tt.want)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%q: the error holds a value", tt.want)
		} else if p := bad.Problems[0]; p.Message == "" || p.Hint == "" || p.Line < 1 || p.Column < 1 {
			t.Errorf("%q: message, hint or place is missing: %+v", tt.want, p)
		}
	}
}

func TestParseManifestSaysEverything(t *testing.T) {
	_, err := secretsync.ParseManifest("m.toml", []byte(`
exclude = ["[", "B"]
nmaes = 1
[names]
A = { from = "B", required = true, format = "jsno" }
[prune]
max-deletes = -1
[environments.a]
tenants = [""]
`))
	want := []string{
		`m.toml: exclude[0]: not a glob: `, `m.toml: nmaes: unknown key "nmaes": `,
		`m.toml: names.A: it is required, but exclude[1] `, `m.toml: names.A.format: unknown format: `,
		`m.toml: prune.max-deletes: expected a number,`, `m.toml: environments.a.tenants[0]: this string is empty: `,
	}
	got := strings.Split(fmt.Sprint(err), "\n")
	if len(got) != len(want) {
		t.Fatalf("got %v", err)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %s, want %s", got[i], want[i])
		}
	}
}

func TestManifestWithAnExclusionThatAnEnvironmentLifts(t *testing.T) {
	parseManifest(t, "exclude = ['B']\n[names]\nA = 'B'\n[environments.a]\nexclude = []\nnames.A = {from = 'B', required = true}")
	parseManifest(t, "[names]\nA = {from = 'B', required = true}\n[environments.a]\nexclude = ['B']\nnames.A = 'B'")
}

func TestParseManifestThatIsNotTOML(t *testing.T) {
	for text, want := range map[string]string{
		"include = [\"*\"\n":                "m.toml:1:11: not valid TOML: this array is never closed",
		"\nkey = " + canary:                 "m.toml:2:7: not valid TOML: not a TOML value",
		"key = 7700123__4":                  "m.toml:1:7: not valid TOML: ",
		"a = 1\na = '" + canary + "'":       "m.toml:2:1: not valid TOML: this key is defined twice",
		"a = " + strings.Repeat("[", 4<<20): "m.toml:1:105: not valid TOML: this nests more than 100 levels deep",
		"\xff\xfea":                         "m.toml:1:1: not valid TOML: the file is UTF-16",
	} {
		_, err := secretsync.ParseManifest("m.toml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", text, err, want)
		} else if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "7700123") {
			t.Errorf("%q: the error holds a value", want)
		}
	}
}

// valueOfLine is a line from its first equals sign on.
var valueOfLine = regexp.MustCompile(`=[^\n]*(\n|$)`)

// FuzzParseManifest looks for panics, and for values in errors: a canary stands
// as the value of each line that the text has an equals sign on.
func FuzzParseManifest(f *testing.F) {
	f.Add(wholeManifest)
	for _, tt := range manifestProblems {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := secretsync.ParseManifest("m.toml", []byte(text)); err == nil {
			for _, name := range append(m.Environments(), "") {
				e, err := m.Environment(name)
				if err != nil && m.CheckNames() == nil || err == nil && e.Validate() != nil {
					t.Fatalf("environment %q: %v", name, err)
				}
			}
		}
		if strings.Contains(text, canary) {
			return
		}
		for _, value := range []string{`"` + canary + `"`, `["` + canary + `", "["]`, `{from = "` + canary + `", format = "` + canary + `"}`, canary} {
			pasted := valueOfLine.ReplaceAllLiteralString(text, "= "+value+"\n")
			if _, err := secretsync.ParseManifest("m.toml", []byte(pasted)); err != nil && strings.Contains(err.Error(), canary) {
				t.Fatalf("a value shows: %v", err)
			}
		}
	})
}
