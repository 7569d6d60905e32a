package check

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// brought are the secrets that a flow brings itself.
type brought struct {
	names  map[string]bool
	config map[string]bool                // only in the configuration, from which Secret does not read
	unseen map[string]pysource.Definition // by secret in lower case: variables that Prefect does not see
}

// brought returns the secrets that the file brings.
func (f flow) brought(v release.Version) brought {
	b := brought{names: map[string]bool{}, config: map[string]bool{}, unseen: map[string]pysource.Definition{}}
	var variables []string
	for _, d := range f.module.Definitions {
		switch {
		case d.Late || d.Kind == pysource.InPutenv:
			b.addUnseen(d)
		case d.Kind == pysource.InEnvironment || d.Kind == pysource.InRunEnvironment:
			variables = append(variables, d.Name+"=x")
		case d.Kind == pysource.InConfiguration:
			b.config[d.Name] = true
		case d.Kind == pysource.InBlocks:
		case d.Kind == pysource.InTemporaryConfig && !temporaryConfigReachesContext(v):
		default:
			b.names[d.Name] = true
		}
	}
	if len(variables) > 0 {
		for _, name := range variableSecrets(variables, v) {
			b.names[name] = true
		}
	}
	return b
}

// temporaryConfigReachesContext reports whether secrets in set_temporary_config are
// found, as they are up to 1.2.4 and no longer from 1.3.1 on.
func temporaryConfigReachesContext(v release.Version) bool {
	return !isSince(v, release.Number{1, 3, 0})
}

// variableSecrets returns the secrets that variables set.
func variableSecrets(variables []string, v release.Version) []string {
	names, err := ConfigSecrets(nil, Options{Version: v, Env: variables})
	if err != nil {
		return nil // Prefect fails with these variables, and no secret is read
	}
	return names
}

// has reports whether the flow brings the secret of a read.
func (b brought) has(a pysource.Access) bool {
	return b.names[a.Name] || a.Kind == pysource.Context && b.config[a.Name]
}

// addUnseen remembers the first variable that would set a secret, if Prefect saw it.
func (b brought) addUnseen(d pysource.Definition) {
	_, secret, _ := strings.Cut(strings.ToLower(d.Name), "__secrets__")
	if _, ok := b.unseen[secret]; !ok && secret != "" {
		b.unseen[secret] = d
	}
}

// unseenVariable returns the variable that would set a secret, if Prefect saw it.
func (b brought) unseenVariable(name string) (d pysource.Definition, ok bool) {
	d, ok = b.unseen[strings.ToLower(name)]
	return d, ok
}
