package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

func TestExplainPrintsTheSection(t *testing.T) {
	for _, rule := range check.Rules() {
		r := runCommand(t, nil, "", "check", "--explain", rule.Name)
		if r.code != exit.OK || r.stderr != "" || !strings.HasPrefix(r.stdout, "## "+rule.Name+"\n\n*"+string(rule.Severity)+".*") ||
			strings.Count(r.stdout, "\n## ") != 0 || !strings.Contains(r.stdout, "**To fix it**") {
			t.Errorf("%s: exit code %d: %s%s", rule.Name, r.code, r.stderr, r.stdout)
		}
	}
}

func TestExplainRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		`there is no rule "undefined-secrets": did you mean undefined-secret?`: {"undefined-secrets"},
		`there is no rule "TYPE": did you mean type?`:                          {"TYPE"},
		`there is no rule "unset_env": did you mean unset-env?`:                {"unset_env"},
		`there is no rule "E501": the rules are syntax, toml-compat,`:          {"E501"},
		"--explain needs a value":                                              {""},
		"--explain RULE takes no PATH":                                         {"type", "config.toml"},
	} {
		r := runCommand(t, nil, "", append([]string{"check", "--explain"}, args...)...)
		if r.code != exit.Usage || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%v: exit code %d: %s%s", args, r.code, r.stderr, r.stdout)
		}
	}
}
