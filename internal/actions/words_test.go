package actions

import "testing"

func TestInInputs(t *testing.T) {
	for message, want := range map[string]string{
		"say with --prefect-version which release": "say with the input prefect-version which release",
		"--api-url is missing":                     "the input api-url is missing",
		"not deleted (--prune-unowned)":            "not deleted (the input prune-unowned)",
		"try --tenant, --max-deletes or --tenant":  "try the command's --tenant, the command's --max-deletes or the command's --tenant",
		"--tenant (--store-key-file)":              "the command's --tenant (the command's --store-key-file)",
		"prune scope, by --prune-scope":            "prune scope, by the input prune",
		`the name "a--b" and -- alone, ---x`:       `the name "a--b" and -- alone, ---x`,
		"no flag":                                  "no flag",
	} {
		if got := inInputs(message); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if again := inInputs(want); again != want {
			t.Errorf("%q becomes %q", want, again)
		}
	}
}
