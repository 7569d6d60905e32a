package check

import (
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// ConfigSecrets are the names of the secrets that flows find in a config: those
// below [context.secrets], and those that PREFECT__CONTEXT__SECRETS__NAME of
// opts.Env sets, as the Prefect of opts.Version spells them. Under Documented what
// the environment sets has a lower-case name. For [release.Any] the names are those
// of all releases and of the documentation together.
//
// The error is that of [release.Load], if no Prefect at all loads the
// config; then [File] says what is wrong with it. No error quotes a value.
func ConfigSecrets(text []byte, opts Options) ([]string, error) {
	versions := opts.Version.Releases()
	if opts.Version == release.Any {
		versions = append(versions, release.Documented)
	}
	var names []string
	var failed []error
	for _, v := range versions {
		loaded, err := release.Load(release.Options{
			Version: v, Text: string(text) + "\n", NoDefaults: true, Env: opts.Env,
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		names = slices.AppendSeq(names, maps.Keys(loaded.Secrets()))
	}
	if len(failed) > 0 && len(failed) == len(versions) {
		return nil, failed[0]
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
