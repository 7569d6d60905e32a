package cli_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// startNames starts a fake server of Prefect 3 with a block, and changes to a directory
// with a manifest of two environments and secrets.json.
func startNames(t *testing.T, names string) *blockstest.Fake {
	fake := blockstest.New()
	fake.Set("db-password", `"old"`)
	url := startBlocks(t, fake)
	const manifest = `
[names]
%s
[environments.three]
store = "blocks"
reader = "3"
api-url = %[2]q
[environments.two]
store = "blocks"
reader = "2"
api-url = %[2]q
[environments.one]
api-url = "embedded"
`
	for name, text := range map[string]string{
		"prefect-secrets.toml": fmt.Sprintf(manifest, names, url),
		"secrets.json":         `{"DB_PASSWORD": "123456", "OTHER": "x"}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fake
}

// TestABlockIsNotOverwrittenForAMissingSource has a rule whose secret is absent, and
// another secret that goes by the name of the rule.
func TestABlockIsNotOverwrittenForAMissingSource(t *testing.T) {
	fake := startNames(t, `db-password = "OLD_TOKEN"`)
	out := runBlocks(t, nil, exit.Usage, "sync", "--environment", "three", "--secrets-file", "secrets.json")
	checkContains(t, out, `"db-password" has two sources, DB_PASSWORD in secrets.json and the one in [names]: OLD_TOKEN is not in any source; exclude DB_PASSWORD`)
	if got, _ := fake.Get("db-password"); got != `"old"` || !slices.Equal(fake.Names(), []string{"db-password"}) {
		t.Errorf("stored %s, %q", got, fake.Names())
	}
	out = runBlocks(t, nil, exit.OK, "sync", "--environment", "three", "--secrets-file", "secrets.json", "--exclude", "db-password")
	checkContains(t, out, `excluded by "db-password"`, "1 created")
}

// TestFlagsTakeTheNamesOfThePlan gives each flag a name in both spellings.
func TestFlagsTakeTheNamesOfThePlan(t *testing.T) {
	for _, tt := range []struct {
		names string
		flags string
		code  int
		want  string
	}{
		{"", "--require db-password", exit.OK, "overwrite db-password = DB_PASSWORD"},
		{"", "--require DB_PASSWORD", exit.OK, "overwrite db-password = DB_PASSWORD"},
		{"", "--require missing-one", exit.Usage, `"missing-one" is required, but the name in --require missing-one is not in any source`},
		{"", "--format-of db-password=raw", exit.OK, "overwrite db-password = DB_PASSWORD"},
		{"", "--format-of DB_PASSWORD=json", exit.OK, "overwrite db-password = DB_PASSWORD"},
		{"", "--format-of db-password=json --format-of DB_PASSWORD=raw", exit.OK, "overwrite db-password = DB_PASSWORD"},
		{"", "--name hook=db-password", exit.OK, "create    hook  = DB_PASSWORD"},
		{`Hook = "DB_PASSWORD"`, "--require hook", exit.OK, "Hook → hook"},
		{`Hook = "MISSING"`, "--require hook", exit.Usage, `"Hook" is required, but MISSING is not in any source`},
		{`Hook = "MISSING"`, "--name hook=DB_PASSWORD", exit.OK, "create    hook  = DB_PASSWORD"},
		{`db-password = "OTHER"`, "--format-of DB_PASSWORD=raw --exclude DB_PASSWORD", exit.OK, "overwrite db-password = OTHER"},
		{"", "--name hook=OTHER --name Hook=DB_PASSWORD", exit.Usage, `--name Hook: "hook" and "Hook" would both be stored as "hook": remove one`},
		{"", "--name hook=OTHER --name Hook=OTHER", exit.Usage, `--name Hook: "hook" and "Hook" would both be stored as "hook": remove one`},
		{"", "--name hook=OTHER --name hook=DB_PASSWORD", exit.Usage, "--name hook: this name has two sources: remove one"},
		{"", "--name hook=OTHER --name hook=OTHER", exit.OK, "create    hook        = OTHER"},
		{`"ho ok" = "OTHER"`, "--name ho_ok=OTHER", exit.Usage, `--name ho_ok: "ho ok" and "ho_ok" would both be stored as "ho-ok": remove one`},
		{`"ho ok" = "OTHER"`, "--name ho-ok=DB_PASSWORD", exit.OK, "create    ho-ok  = DB_PASSWORD"},
		{"", "--name db-password=DB_PASSWORD", exit.OK, "overwrite db-password = DB_PASSWORD"},
		{"", "--name Server=db;Password=HUNTER2", exit.Usage, "--name: number 1 contains what looks like a connection string with a password"},
		{"", "--name password=HUNTER2SECRET", exit.Usage, "--name: number 1 contains what looks like a connection string with a password"},
		{"", "--name password=hunter2", exit.Usage, "--name: number 1 contains what looks like a connection string with a password"},
	} {
		startNames(t, tt.names)
		args := append([]string{"plan", "--environment", "three", "--secrets-file", "secrets.json"}, strings.Fields(tt.flags)...)
		out := runBlocks(t, nil, tt.code, args...)
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(tt.want), " ")) {
			t.Errorf("%s: %q is missing in\n%s", tt.flags, tt.want, out)
		}
	}
}

// TestANameThatNoBlockCanHaveStopsOneEnvironment plans in each environment of a manifest
// that is invalid for some of them.
func TestANameThatNoBlockCanHaveStopsOneEnvironment(t *testing.T) {
	startNames(t, `"päss" = "OTHER"`)
	for environment, code := range map[string]int{"one": exit.OK, "two": exit.Usage, "three": exit.Usage} {
		out := runBlocks(t, nil, code, "plan", "--environment", environment, "--secrets-file", "secrets.json")
		want := `"päss": a block's name has only lower-case letters, digits and dashes`
		if strings.Contains(out, want) != (code == exit.Usage) || strings.Contains(out, "create    päss") == (code == exit.Usage) {
			t.Errorf("%s: %s", environment, out)
		}
		if n := strings.Count(out, want); n > 1 {
			t.Errorf("%s: reported %d times", environment, n)
		}
	}
	out := runBlocks(t, nil, exit.Failed, "check", "prefect-secrets.toml")
	checkContains(t, out, "prefect-secrets.toml:5:9: error", "prefect-secrets.toml:9:9: error", "2 errors")
	text := strings.ReplaceAll(readFile(t, "prefect-secrets.toml"), `store = "blocks"`, `store = "blocks" # prefect-secrets: ignore[manifest] for a test`)
	if err := os.WriteFile("prefect-secrets.toml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	runBlocks(t, nil, exit.OK, "check", "prefect-secrets.toml")
	runBlocks(t, nil, exit.OK, "plan", "--environment", "one", "--secrets-file", "secrets.json")
	out = runBlocks(t, nil, exit.Usage, "plan", "--environment", "three", "--secrets-file", "secrets.json")
	checkContains(t, out, "an ignore comment does not mend a manifest")
}

// TestAPlanFileOfAnotherStoreIsRefused applies a plan file to each other environment.
func TestAPlanFileOfAnotherStoreIsRefused(t *testing.T) {
	fake := startNames(t, "")
	runBlocks(t, nil, exit.OK, "plan", "--environment", "two", "--secrets-file", "secrets.json", "--plan-file", "plan.json")
	sync := []string{"sync", "--secrets-file", "secrets.json", "--plan-file", "plan.json", "--environment"}
	out := runBlocks(t, nil, exit.Usage, append(sync, "three")...)
	checkContains(t, out, "the plan file is for a store with another reader: plan again")
	if got, _ := fake.Get("db-password"); got != `"old"` {
		t.Errorf("stored %s", got)
	}
	runBlocks(t, nil, exit.OK, append(sync, "two")...)
	if got, _ := fake.Get("db-password"); got != `"123456"` {
		t.Errorf("stored %s", got)
	}
}
