package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// checkNameCase reports secrets that the environment sets and whose name has
// capitals: the documentation says that such a name becomes lower-case, and the
// releases keep it.
func checkNameCase(s *source, report func(finding)) {
	for _, v := range s.withDollar() {
		if !v.secret || len(v.path) != 3 || v.path[2] == strings.ToLower(v.path[2]) || !s.setByEnv(v.text) {
			continue
		}
		name := maskTokens(v.path[2])
		message, hint := fmt.Sprintf("the environment sets secret %s, whose name is lower-case then by the documentation and keeps its case in the releases", name),
			fmt.Sprintf("name it %s, which is the same either way, in the flows that read it too; or say with --prefect-version what you run", strings.ToLower(name))
		if s.opts.Version != AnyVersion {
			if s.opts.Version != Documented {
				continue
			}
			message = fmt.Sprintf("the environment sets secret %s, so that its name is %s", name, strings.ToLower(name))
		}
		report(s.atKey(v, len(v.path), message, hint))
	}
}

// setByEnv reports whether the environment, as far as it is known, sets a secret
// with this text.
func (s *source) setByEnv(text string) bool {
	env, _ := s.env()
	return prefect.SetByEnvironment(text, func(name string) bool { return env[name] })
}
