package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// dollarHint returns what to do about a $ in a secret or in the value of a variable.
func dollarHint(isSecret bool) string {
	const reason = "nothing escapes a $, and Prefect expands the value of a variable as well: "
	if isSecret {
		return reason + "write the secret to the store with prefect-secrets sync"
	}
	return reason + "use one without a $"
}

// checkDollars reports secrets with a $ that is not meant as a reference. Prefect
// expands what follows it, and it cannot be escaped.
func checkDollars(s *source, report func(finding)) {
	env, _ := s.env()
	for _, v := range s.interpolated() {
		isSecret := v.secret || isSensitiveKey(v.path[len(v.path)-1])
		switch {
		case !isSecret:
		case refers(v.str):
			s.checkDollarsBehind(v, env, report)
		case !isPlaceholder(v.str) && !s.told[v.Node]:
			s.checkDollarsIn(v, report)
		}
	}
	s.checkDollarsOfEnv(report)
}

const onWindows = "on Windows Prefect makes one $ of two"

// checkDollarsIn reports a secret that has the $ itself.
func (s *source) checkDollarsIn(v *setting, report func(finding)) {
	if effect := literalDollar(v.str); effect != "" {
		report(v.finding(s.label(v)+" has a $ in it: "+effect, dollarHint(v.secret)))
	}
}

// literalDollar returns what Prefect does with a $ in a secret of the file, or "".
func literalDollar(str string) string {
	switch {
	case !strings.Contains(str, "$"):
		return ""
	case len(release.References(str)) > 0:
		return "Prefect replaces what follows it wherever the environment has a variable of that name"
	case strings.Contains(str, "$$"):
		return onWindows
	}
	return ""
}

// checkDollarsBehind reports a secret whose variable has the $ in its value.
func (s *source) checkDollarsBehind(v *setting, env environment, report func(finding)) {
	var byEffect map[string]*nameList
	for _, ref := range release.References(v.str) {
		effect := s.dollarEffect(env[ref.Name])
		if effect == "" {
			continue
		}
		if byEffect == nil {
			byEffect = map[string]*nameList{}
		}
		if byEffect[effect] == nil {
			byEffect[effect] = &nameList{}
		}
		byEffect[effect].add(ref.Name)
	}
	for _, effect := range slices.Sorted(maps.Keys(byEffect)) {
		names := byEffect[effect]
		report(v.finding(
			fmt.Sprintf("%s takes its value from %s, which %s a $ in it: %s", s.label(v), names.phrase("variable"), plural(names.len(), "has", "have"), effect),
			dollarHint(v.secret),
		))
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
		if !ok {
			continue
		}
		if effect := s.dollarEffect(value); effect != "" {
			report(finding{
				message: fmt.Sprintf("secret %s takes its value from the variable %s, which has a $ in it: %s", MaskTokens(secret), MaskTokens(name), effect),
				hint:    dollarHint(true),
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
		if env.has(ref.Name) {
			return "Prefect replaces what follows it by the variable of that name"
		}
	}
	if strings.Contains(value, "$$") {
		return onWindows
	}
	return ""
}
