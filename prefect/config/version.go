package config

// Version is the Prefect by whose rules a configuration is read. The zero value is
// read as [Documented].
type Version string

// The versions.
const (
	// Documented is Prefect as the documentation of its secrets describes it: 0.9.3,
	// but secrets that the environment sets always get lower-case names, and nothing
	// local is consulted once use_local_secrets is false.
	Documented Version = "documented"
	// V0_9 is Prefect 0.9.3 and, as far as configuration goes, 0.6.7 to 0.10.7.
	V0_9 Version = "0.9"
	// V1_4 is Prefect 1.4.1 and, as far as configuration goes, 0.15.0 to 1.4.1.
	V1_4 Version = "1.4"
)
