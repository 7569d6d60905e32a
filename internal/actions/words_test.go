package actions

import "testing"

func TestInInputs(t *testing.T) {
	for message, want := range map[string]string{
		"say with --prefect-version which release": "say with the input prefect-version which release",
		"--api-url is missing":                     "the input api-url is missing",
		"not deleted (--prune-unowned)":            "not deleted (the command's --prune-unowned)",
		"prune scope, by --prune-scope":            "prune scope, by the input prune",
		`the name "a--b" and -- alone, ---x`:       `the name "a--b" and -- alone, ---x`,
		"no flag":                                  "no flag",
	} {
		if got := inInputs(message); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
