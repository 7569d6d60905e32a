// Package release does what Prefect's releases do with a configuration: it knows how
// a string is cast, what $NAME and ${...} refer to, which names are reserved, and
// which settings exist with which defaults. [Load] reads a file and an environment
// by these rules.
//
// No error of this package quotes a value.
package release

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// Version says whose rules apply: those of a release of Prefect, of its
// documentation, or of any release. The zero value is [Any]. Versions are compared
// with ==.
type Version struct {
	documented bool
	number     Number
}

// The versions that are not a release. [Number.Version] returns those that are.
var (
	// Any is any release. To [Load], which reads by the rules of one, it is Documented.
	Any = Version{}
	// Documented is Prefect as the documentation of its secrets describes it: 0.9.3,
	// but secrets that the environment sets always get lower-case names, and nothing
	// local is consulted once use_local_secrets is false.
	Documented = Version{documented: true}
)

// likeDocumented is the release that the page about secrets is closest to.
var likeDocumented = Number{0, 9, 3}

// prefect2 matches the releases from 2 on.
var prefect2 = lazyregexp.New(`^[2-9](\.[0-9]{1,3}){0,2}$`)

// numbers matches what may be the number of a release, with its patch or without.
var numbers = lazyregexp.New(`^([0-9]{1,2})\.([0-9]{1,2})(?:\.([0-9]{1,2}))?$`)

// ParseVersion reads documented, or the number of a release from 0.6.7 to 1.4.1.
// MAJOR.MINOR is the latest patch of that minor release.
func ParseVersion(name string) (Version, error) {
	if name == Documented.String() {
		return Documented, nil
	}
	if prefect2().MatchString(name) {
		return Any, fmt.Errorf("%s is not supported, since Prefect 2 and later keep secrets as blocks: use a release of Prefect from %s to %s, or documented", name, earliest, latest)
	}
	parts := numbers().FindStringSubmatch(name)
	if parts == nil {
		return Any, fmt.Errorf("unknown version %q of Prefect: %suse documented, or a release from %s to %s, such as 0.13 or 0.13.19", name, suggestRelease(name), earliest, latest)
	}
	n := Number{atoi(parts[1]), atoi(parts[2]), atoi(parts[3])}
	newest, ok := latestPatch(n)
	if ok && parts[3] == "" {
		n = newest
	}
	switch {
	case ok && n.Compare(newest) > 0:
		return Any, fmt.Errorf("%s was never released, and the latest %d.%d of Prefect is %s: use a release from %s to %s, or documented", name, n[0], n[1], newest, earliest, latest)
	case n.Compare(earliest) < 0 || n.Compare(latest) > 0:
		return Any, fmt.Errorf("%s is not supported: use a release of Prefect from %s to %s, or documented", name, earliest, latest)
	case !ok:
		return Any, fmt.Errorf("%s was never released: use a release of Prefect from %s to %s, or documented", name, earliest, latest)
	}
	return n.Version(), nil
}

// suggestRelease asks whether a release was meant by its number behind a v, or the newest
// one by its major number alone.
func suggestRelease(name string) string {
	bare := strings.TrimPrefix(strings.ToLower(name), "v")
	switch {
	case bare == "0":
		bare = "0.15"
	case bare == "1":
		bare = "1.4"
	case !numbers().MatchString(bare):
		return ""
	}
	return "did you mean " + bare + "? "
}

// VersionOf is ParseVersion, but returns Any for the empty name.
func VersionOf(name string) (Version, error) {
	if name == "" {
		return Any, nil
	}
	return ParseVersion(name)
}

// atoi returns the number in at most two digits; 0 for none.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// String returns the name that [ParseVersion] reads; any for Any, which it does not
// read.
func (v Version) String() string {
	switch v {
	case Any:
		return "any"
	case Documented:
		return "documented"
	}
	return v.number.String()
}

// Number returns the number of the release by whose rules v reads, which is 0.9.3
// for Documented and Any.
func (v Version) Number() Number {
	if v.number == (Number{}) {
		return likeDocumented
	}
	return v.number
}

// Releases returns the releases that v stands for, oldest first: for Any all from
// 0.6.7 on, otherwise v alone.
func (v Version) Releases() []Version {
	if v == Any {
		return supported()
	}
	return []Version{v}
}

// ReadAs returns the version by whose rules a configuration is read: v, or
// Documented for Any.
func (v Version) ReadAs() Version {
	if v == Any {
		return Documented
	}
	return v
}
