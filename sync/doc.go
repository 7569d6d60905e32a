// Package sync brings CI secrets into Prefect's store. It shares its name with the
// standard library's; import it as
//
//	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
//
// A [Run] plans what happens to each name before anything is written, writes that, and
// verifies what the store has. Its sources come from [ParseSecrets], [ParseVars],
// [ParseSecretsFile], [FromEnvironment] and [FromConfig], and what goes where from
// [ParseManifest]. A [prefect.Client] is a [Store] to write to; so may be a type of
// yours. Values are of type [prefect.Value]; nothing here prints one.
package sync
