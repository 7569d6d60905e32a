package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// documentedCase ends a hint about a secret that the environment sets.
const documentedCase = "; Prefect's documentation says that a secret set through the environment gets a lower-case name"

// checkNameCase reports secrets that the environment sets and whose name has
// capitals: the documentation says that such a name becomes lower case, and every
// release keeps it. Without a version that is one note for the file.
func checkNameCase(s *source, report func(finding)) {
	var found []*setting
	for _, v := range s.interpolated() {
		if v.secret && len(v.path) == 3 && s.mayChangeCase(v.path[2]) && (isReference(v.str) || isTemplate(v.str)) && s.setByEnv(v.str) {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return
	}
	if s.opts.Version == release.Any {
		v := found[0]
		report(s.keyFinding(v, len(v.path), noteOfCase(found),
			"no release does that: pass --prefect-version, and this note is not reported"))
		return
	}
	for _, v := range found {
		name := MaskTokens(v.path[2])
		lower := release.EnvironmentName(name)
		f := s.keyFinding(v, len(v.path),
			fmt.Sprintf("the environment sets secret %s, which the documentation names %s", name, lower),
			fmt.Sprintf("name it %s, in the flows that read it too; or pass --prefect-version: every release keeps the name", lower))
		f.severity = SeverityWarning
		report(f)
	}
}

// mayChangeCase reports whether the name of a secret depends on how the environment's
// secrets are named: it has capitals, Prefect's own tasks do not read it by this very
// name, and the file is not for a release, since they all keep the case.
func (s *source) mayChangeCase(name string) bool {
	_, known := knownSecrets[name]
	isRelease := s.opts.Version != release.Any && s.opts.Version != release.Documented
	return !known && !isRelease && name != release.EnvironmentName(name)
}

// maxNamesInNote is how many names the note about their case lists.
const maxNamesInNote = 3

func noteOfCase(found []*setting) string {
	var names []string
	for _, v := range found[:min(len(found), maxNamesInNote)] {
		names = append(names, MaskTokens(v.path[2]))
	}
	list, subject := strings.Join(names, ", "), "secret %s takes its value from the environment"
	if more := len(found) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	if len(found) > 1 {
		subject = "secrets %s take their values from the environment"
	}
	return fmt.Sprintf(subject, list) + "; Prefect's documentation makes such names lower-case"
}

// setByEnv reports whether the environment sets a secret with this value. An unknown
// environment has no variables.
func (s *source) setByEnv(text string) bool {
	env, _ := s.env()
	return release.SetByEnvironment(text, env.has)
}
