// Package sync brings CI secrets into Prefect's store: sources → plan → apply →
// report. It shares its name with the standard library's; import it as
//
//	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
//
// [ParseSecrets], [ParseVars], [ParseSecretsFile], [FromEnvironment] and
// [FromConfig] read sources, [ParseManifest] what goes where, [NewPlan] decides
// what happens to each name before anything is written, [Apply] does exactly
// that, and [VerifyNames] asks the store what is there. Values are held as
// [prefect.Value]; nothing here prints one.
package sync
