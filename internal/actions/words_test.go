package actions

import (
	"errors"
	"fmt"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

func TestInInputs(t *testing.T) {
	for message, want := range map[string]string{
		"say with --prefect-version which release":             "say with the input prefect-version which release",
		"--api-url is missing":                                 "the input api-url is missing",
		"not deleted (--prune-unowned)":                        "not deleted (the input prune-unowned)",
		"try --tenant, --max-deletes or --tenant":              "try the command's --tenant, the command's --max-deletes or the command's --tenant",
		"--tenant: x\n--timeout: y (--store-key-file)":         "the command's --tenant: x\nthe input timeout: y (the command's --store-key-file)",
		"prefect-secrets keygen --store-key makes one":         "prefect-secrets keygen --store-key makes one",
		"use doppler secrets download --no-file --format json": "use doppler secrets download --no-file --format json",
		"by plan and sync --secrets-file":                      "by plan and sync --secrets-file",
		"prune scope, by --prune-scope":                        "prune scope, by the input prune",
		`the name "a--b" and -- alone, ---x`:                   `the name "a--b" and -- alone, ---x`,
		"no flag":                                              "no flag",
	} {
		if got := inInputs(message); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if again := inInputs(want); again != want {
			t.Errorf("%q becomes %q", want, again)
		}
	}
}

func TestInputsError(t *testing.T) {
	inner := exit.Store(errors.New("inner"))
	err := &inputsError{fmt.Errorf("pass --timeout: %w", inner)}
	if got := exit.MessageOf(err); got != "pass the input timeout: inner" || exit.CodeOf(err) != exit.Failed {
		t.Errorf("%q, exit code %d", got, exit.CodeOf(err))
	}
}
