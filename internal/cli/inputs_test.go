package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
)

// notFlags are the inputs that are not flags of the command, and why.
var notFlags = map[string]string{
	"mode":         "the commands sync, plan and check",
	"api-key":      "a flag's value is seen by every process; --api-key-file, PREFECT_SECRETS_API_KEY",
	"secrets":      "a flag's value is seen by every process; --secrets-file -",
	"vars":         "--vars-file",
	"prune":        "--prune-scope",
	"sarif-file":   "--format sarif",
	"comment":      "there is no pull request",
	"matrix":       "likewise",
	"github-token": "there is no GitHub",
}

// Inputs have the names of flags.
func TestInputsAreFlags(t *testing.T) {
	help := ""
	for _, command := range []string{"sync", "plan", "check"} {
		help += runCommand(t, nil, "", command, "--help").stdout
	}
	for _, in := range actions.InputNames {
		isFlag := strings.Contains(help, "--"+in+" ")
		if _, excused := notFlags[in]; isFlag == excused {
			t.Errorf("input %s: a flag of the command: %t, excused: %t", in, isFlag, excused)
		}
	}
}
