package check

import (
	"fmt"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// dollarHint is what to do about a $ in a secret.
const dollarHint = "put the secret into the store with prefect-secrets sync"

// checkDollars reports secrets with a $ that is not meant as a reference. Prefect
// expands what follows it, and it cannot be escaped.
func checkDollars(s *source, report func(finding)) {
	values := sync.OnceValue(s.envValues)
	for _, v := range s.interpolated() {
		isSecret := v.secret || isSensitiveKey(v.path[len(v.path)-1])
		switch {
		case !isSecret:
		case refers(v.str):
			s.checkDollarsBehind(v, values(), report)
		case !isPlaceholder(v.str):
			s.checkDollarsIn(v, report)
		}
	}
	s.checkDollarsOfEnv(report)
}

const onWindows = "on Windows Prefect makes one $ of two"

// checkDollarsIn reports a secret that has the $ itself.
func (s *source) checkDollarsIn(v setting, report func(finding)) {
	effect := ""
	switch {
	case len(release.References(v.str)) > 0:
		effect = "Prefect replaces what follows it wherever the environment has a variable of that name"
	case strings.Contains(v.str, "$$"):
		effect = onWindows
	default:
		return
	}
	report(v.finding(
		fmt.Sprintf("%s has a $ in it: %s", s.label(v), effect),
		"nothing escapes a $ here: name an environment variable instead, whose value is expanded as well, or "+dollarHint,
	))
}

// checkDollarsBehind reports a secret whose variable has the $ in its value.
func (s *source) checkDollarsBehind(v setting, values map[string]string, report func(finding)) {
	for _, ref := range release.References(v.str) {
		if effect := s.dollarEffect(values[ref.Name]); effect != "" {
			report(v.finding(
				fmt.Sprintf("%s takes its value from %s, which has a $ in it: %s", s.label(v), maskedName(ref.Name, "a variable"), effect),
				"nothing escapes a $: "+dollarHint,
			))
			return
		}
	}
}

// checkDollarsOfEnv reports a secret that a variable sets without the file. The
// finding is at the table of the secrets, or at the first key.
func (s *source) checkDollarsOfEnv(report func(finding)) {
	if len(s.doc.Keys) == 0 {
		return
	}
	key := s.doc.Keys[0]
	if node, ok := s.lookup(secretsTable); ok {
		key, _ = s.doc.FirstKey(node)
	}
	for _, entry := range s.opts.Env {
		name, value, _ := strings.Cut(entry, "=")
		secret, ok := strings.CutPrefix(name, release.Prefix+"CONTEXT__SECRETS__")
		if effect := s.dollarEffect(value); ok && effect != "" {
			report(finding{
				message: fmt.Sprintf("secret %s takes its value from %s, which has a $ in it: %s", MaskTokens(secret), MaskTokens(name), effect),
				hint:    "nothing escapes a $: " + dollarHint,
				node:    tomlpos.Root, key: secretsTable + "." + secret, start: key.Start, end: key.End,
			})
		}
	}
}

// dollarEffect returns what Prefect does with a $ in the value of a variable, or "".
// A value that is a reference is meant to be one.
func (s *source) dollarEffect(value string) string {
	if !strings.Contains(value, "$") || isReference(value) {
		return ""
	}
	env, _ := s.env()
	for _, ref := range release.References(value) {
		if env[ref.Name] {
			return "Prefect replaces what follows it by the variable of that name"
		}
	}
	if strings.Contains(value, "$$") {
		return onWindows
	}
	return ""
}
