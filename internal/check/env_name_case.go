package check

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// documentedCase ends a hint about a secret that the environment sets.
const documentedCase = "; Prefect's documentation says that a secret set through the environment gets a lower-case name"

// checkNameCase reports secrets that the environment sets and whose name has
// capitals: the documentation says that such a name becomes lower case, and the
// releases do not change it.
func checkNameCase(s *source, report func(finding)) {
	for _, v := range s.interpolated() {
		if !v.secret || len(v.path) != 3 || v.path[2] == release.EnvironmentName(v.path[2]) || !s.setByEnv(v.str) {
			continue
		}
		name := MaskTokens(v.path[2])
		message := ""
		switch s.opts.Version {
		case release.Any:
			message = fmt.Sprintf("the environment sets secret %s, whose name is lower-case then by the documentation and keeps its case in the releases", name)
		case release.Documented:
			message = fmt.Sprintf("the environment sets secret %s, so that its name is %s", name, release.EnvironmentName(name))
		default:
			continue
		}
		hint := fmt.Sprintf("name it %s, which is the same either way, in the flows that read it too; or say with --prefect-version what you run", release.EnvironmentName(name))
		report(s.keyFinding(v, len(v.path), message, hint))
	}
}

// setByEnv reports whether the environment sets a secret with this value. An unknown
// environment has no variables.
func (s *source) setByEnv(text string) bool {
	env, _ := s.env()
	return release.SetByEnvironment(text, func(name string) bool { return env[name] })
}
