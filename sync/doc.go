// Package sync writes CI secrets to Prefect's store. It shares its name with the
// standard library's; import it as
//
//	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
//
// A [Run] plans what happens to each name, carries out the plan, and verifies what the
// store has. [ParseSecrets], [ParseVars], [ParseSecretsFile], [FromEnvironment] and
// [FromConfig] return its sources, and [ParseManifest] returns the rules for what goes
// where. A [prefect.Client] is a [Store] to write to; you can write your own. Values
// are of type [prefect.Value]; nothing here prints one.
package sync
