package check

import (
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// ConfigSecrets are the names of the secrets that flows find in a config: those
// below [context.secrets], and those that PREFECT__CONTEXT__SECRETS__NAME of
// opts.Env sets, as the Prefect of opts.Version spells them. Under Documented what
// the environment sets has a lower-case name. For AnyVersion the names are those
// of all releases and of the documentation together.
//
// The error is that of [prefect.LoadConfig], if no Prefect at all loads the
// config; then [File] says what is wrong with it. No error quotes a value.
func ConfigSecrets(text []byte, opts Options) ([]string, error) {
	versions := opts.Version.Prefects()
	if opts.Version == AnyVersion {
		versions = append(versions, prefect.Documented)
	}
	var names []string
	var failed []error
	for _, v := range versions {
		config, err := prefect.LoadConfig(prefect.ConfigOptions{
			Version: v, Text: string(text) + "\n", NoDefaults: true, Env: opts.Env,
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		names = slices.AppendSeq(names, maps.Keys(config.Secrets()))
	}
	if len(failed) > 0 && len(failed) == len(versions) {
		return nil, failed[0]
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
