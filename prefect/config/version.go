package config

import "github.com/prefect-secrets/prefect-secrets/internal/release"

// Version says whose rules a configuration is read by.
type Version = release.Version

// The versions.
const (
	// Any is any release, the zero value; [Load] reads it as [Documented].
	Any = release.Any
	// Documented is Prefect as the documentation of its secrets tells it: 0.9.3,
	// but secrets that the environment sets always get lower-case names, and
	// nothing local is consulted once use_local_secrets is false.
	Documented = release.Documented
	// V0_9 is Prefect 0.9.3, and as far as configuration goes 0.6.7 to 0.10.7.
	V0_9 = release.V0_9
	// V1_4 is Prefect 1.4.1, and as far as configuration goes 0.15.0 to 1.4.1.
	V1_4 = release.V1_4
)

// ParseVersion reads what the command's --prefect-version takes: documented, 0.9
// or 1.4, or the number of a release that reads its configuration as one of these
// does: 0.9.x, and 0.15.x to 1.4.x.
func ParseVersion(name string) (Version, error) { return release.ParseVersion(name) }
