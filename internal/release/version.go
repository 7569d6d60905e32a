// Package release does what Prefect's releases do with a configuration: it knows how a
// string is cast, what $NAME and ${...} refer to, which names are reserved, and which
// settings exist with which defaults. [Load] reads a file and an environment by these
// rules.
//
// No error of this package quotes a value.
package release

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Version says whose rules apply. The zero value is Any.
type Version string

// The versions.
const (
	// Any is any release. To [Load], which reads by the rules of one, it is Documented.
	Any Version = ""
	// Documented is Prefect as the documentation of its secrets describes it: 0.9.3,
	// but secrets that the environment sets always get lower-case names, and nothing
	// local is consulted once use_local_secrets is false.
	Documented Version = "documented"
	// V0_9 is Prefect 0.9.3 and, as far as configuration goes, 0.6.7 to 0.10.7.
	V0_9 Version = "0.9"
	// V1_4 is Prefect 1.4.1 and, as far as configuration goes, 0.15.0 to 1.4.1.
	V1_4 Version = "1.4"
)

// ParseVersion reads documented, 0.9 or 1.4, or the number of a release that reads its
// configuration as one of these does: 0.9.x, and 0.15.x to 1.4.x.
func ParseVersion(name string) (Version, error) {
	switch {
	case name == string(Documented):
		return Documented, nil
	case !numbers.MatchString(name):
		return Any, fmt.Errorf("unknown version %q of Prefect: it is documented, 0.9 or 1.4, or a release of 0.9, or one from 0.15 to 1.4, such as 0.9.3 or 1.4.1", name)
	case strings.HasPrefix(name, "0.9"):
		return V0_9, nil
	}
	return V1_4, nil
}

// numbers matches the releases that were measured to read a configuration as V0_9 or
// V1_4 does: 0.9.3, and 0.15.13 as 1.4.1.
var numbers = regexp.MustCompile(`^(0\.9|0\.15|1\.[0-4])(\.[0-9]{1,3})?$`)

// String returns the name that [ParseVersion] reads; any for Any, which it does not
// read.
func (v Version) String() string {
	if v == Any {
		return "any"
	}
	return string(v)
}

// Releases returns the versions that v stands for: for Any each release with a
// constant, oldest first; otherwise v alone, and none if v is not a constant.
func (v Version) Releases() []Version {
	switch v {
	case Any:
		return []Version{V0_9, V1_4}
	case Documented, V0_9, V1_4:
		return []Version{v}
	}
	return nil
}

// Includes reports whether release is one of those that v stands for.
func (v Version) Includes(release Version) bool { return slices.Contains(v.Releases(), release) }

// ReadAs returns the version by whose rules a configuration is read: v, or Documented
// for Any. It fails if v is not a version.
func (v Version) ReadAs() (Version, error) {
	switch v {
	case Any:
		return Documented, nil
	case Documented, V0_9, V1_4:
		return v, nil
	}
	return Any, fmt.Errorf("unknown version %q of Prefect", string(v))
}
