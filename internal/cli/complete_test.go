package cli_test

import (
	"os"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// complete returns what the Tab key offers behind a command line.
func complete(t *testing.T, env []string, args ...string) string {
	t.Helper()
	r := runCommand(t, env, "", append([]string{"__complete"}, args...)...)
	if r.code != 0 || strings.Contains(r.stderr, "prefect-secrets:") {
		t.Errorf("%q: exit code %d: %s", args, r.code, r.stderr)
	}
	words, noFiles := strings.CutSuffix(r.stdout, ":4\n")
	if !noFiles {
		t.Errorf("%q completes file names: %s", args, r.stdout)
	}
	return strings.Join(strings.Fields(words), " ")
}

func TestCompletion(t *testing.T) {

	keysFile, _ := writeKeysFile(t)
	t.Chdir(t.TempDir())
	manifest := "tenants = ['ml']\n[environments.production]\ntenants = ['prod', 'ml']\n[environments.staging]\n"
	if err := os.WriteFile("prefect-secrets.toml", []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"check --format |":      "text github json sarif markdown",
		"names --format |":      "text json",
		"names --format j|":     "json",
		"sync --fail-on |":      "error warning never",
		"sync --environment |":  "production staging",
		"sync --environment s|": "staging",
		"sync --tenant |":       "ml prod",
		"sync --tenant ml,p|":   "ml,prod",
		"keygen --role |":       "admin runner planner",
		"keygen --keys-file " + keysFile + " --tenant d|": "data",
		"keygen --keys-file " + keysFile + " --rotate |":  "ci",
		"check --explain unset|":                          "unset-env",
		"check --ignore type,unset|":                      "type,unset-env",
		"config --prefect-version 1.|":                    "1.4 1.3 1.2 1.1 1.0",
		"sync --format-of A=j|":                           "A=json",
		"sync --overwrite |":                              "any owned",
		"sync --timeout |":                                "",
		"names |":                                         "",
		"completion |":                                    "bash zsh fish powershell",
		"help ser|":                                       "serve",
		"--color a|":                                      "auto always",
	} {
		args := strings.Split(strings.TrimSuffix(line, "|"), " ")
		if got := complete(t, nil, args...); got != want {
			t.Errorf("%s gives %q, want %q", line, got, want)
		}
	}
}

func TestCompletionOfNames(t *testing.T) {
	fake, url, _ := startFake(t, 0)
	for _, name := range []string{"DB", "DB_OLD", "SLACK", "tab\there"} {
		if err := fake.AdminClient().SetSecret(t.Context(), name, canary); err != nil {
			t.Fatal(err)
		}
	}
	env := append([]string{"PREFECT_SECRETS_API_URL=" + url}, adminEnv...)
	if got := complete(t, env, "delete", ""); got != "DB DB_OLD SLACK" {
		t.Errorf("got %q", got)
	}
	if got := complete(t, adminEnv, "set", "--api-url", url, "DB"); got != "DB DB_OLD" {
		t.Errorf("got %q", got)
	}
	if got := complete(t, env, "rm", "DB", ""); got != "" {
		t.Errorf("a second name: %q", got)
	}
	// It is silent without a key, with a wrong one, and without a store.
	for _, env := range [][]string{nil, {"PREFECT_SECRETS_API_KEY=" + testkit.RunnerKey + "x"}} {
		if got := complete(t, env, "delete", "--api-url", url, ""); got != "" {
			t.Errorf("got %q", got)
		}
	}
	if got := complete(t, adminEnv, "delete", "--api-url", "http://127.0.0.1:1", ""); got != "" {
		t.Errorf("got %q", got)
	}
}
