package check

import (
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// ConfigSecrets returns the names of the secrets that flows find in a config: those
// below [context.secrets], and those that PREFECT__CONTEXT__SECRETS__NAME of
// opts.Env sets, as the Prefect of opts.Version spells them. Under Documented, a
// name that the environment sets is lower case. For [release.Any] the names are
// those of all releases and of the documentation together.
//
// If no Prefect loads the config, the error is that of [release.Load]; [File] says
// what is wrong with it. No error quotes a value.
func ConfigSecrets(text []byte, opts Options) ([]string, error) {
	versions := opts.Version.Eras()
	if opts.Version == release.Any {
		versions = append(versions, release.Documented)
	}
	loader := release.NewLoader(release.Options{Text: string(text) + "\n", NoDefaults: true, Env: opts.Env})
	var names []string
	var failed []error
	for _, v := range versions {
		loaded, err := loader.Load(v)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if v != release.Documented && !loaded.ReadsContext() {
			continue // 0.6 reads the store alone
		}
		names = slices.AppendSeq(names, maps.Keys(loaded.Secrets()))
	}
	if len(failed) > 0 && len(failed) == len(versions) {
		return nil, failed[0]
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// ConfigLookup returns where Prefect looks for a secret with a config and the
// environment of opts.Env: locally or, if the config of any release of opts.Version
// says so, in the store. It is LookupUnknown if no Prefect loads the config.
func ConfigLookup(text []byte, opts Options) Lookup {
	found := LookupUnknown
	loader := release.NewLoader(release.Options{Text: string(text) + "\n", Env: opts.Env})
	for _, v := range opts.Version.Eras("cloud.use_local_secrets", "backend") {
		loaded, err := loader.Load(v)
		if err != nil {
			continue
		}
		if loaded.ReadsStore() {
			return LookupOff
		}
		found = LookupLocal
	}
	return found
}
