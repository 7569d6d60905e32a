// Package sync brings CI secrets into Prefect's store: sources → plan → apply →
// report. It shares its name with the standard library's; import it as
//
//	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
//
// [ParseSecrets], [ParseVars], [ParseSecretsFile], [FromEnvironment] and
// [FromConfig] read sources, [ParseManifest] what goes where, [NewPlan] decides
// what happens to each name before anything is written, [Apply] does exactly
// that, and [VerifyNames] asks the store what is there. [Run] is all of it, for
// several tenants at once. A [Store] is where secrets go, such as what a
// [prefect.Client] speaks to. Values are held as [prefect.Value]; nothing here prints
// one.
package sync
