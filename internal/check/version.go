package check

import "github.com/prefect-secrets/prefect-secrets/prefect"

// Version is the Prefect that a config is meant for, by the name that
// [prefect.ParseVersion] knows. The zero value is AnyVersion.
type Version string

// The versions.
const (
	AnyVersion Version = ""           // what any release would do
	Documented Version = "documented" // prefect.Documented
	V0_9       Version = "0.9"        // prefect.V0_9
	V1_4       Version = "1.4"        // prefect.V1_4
)

// ParseVersion reads what [prefect.ParseVersion] does. Empty text is AnyVersion.
func ParseVersion(text string) (Version, error) {
	if text == "" {
		return AnyVersion, nil
	}
	v, err := prefect.ParseVersion(text)
	if err != nil {
		return AnyVersion, err
	}
	return Version(v.String()), nil
}

// Prefects are the versions of Prefect that v stands for: for AnyVersion each
// release there is a constant for, oldest first; else one, and none for a Version
// that ParseVersion would refuse.
func (v Version) Prefects() []prefect.Version {
	if v == AnyVersion {
		return []prefect.Version{prefect.V0_9, prefect.V1_4}
	}
	if p, err := prefect.ParseVersion(string(v)); err == nil {
		return []prefect.Version{p}
	}
	return nil
}
