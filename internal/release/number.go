package release

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Number is the number of a release of Prefect: major, minor and patch.
type Number [3]int

// String returns the number with dots, such as 0.9.3.
func (n Number) String() string { return fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]) }

// Version returns the release of this number.
func (n Number) Version() Version { return Version{number: n} }

// Compare returns -1, 0 or 1 as n is earlier than, the same as, or later than other.
func (n Number) Compare(other Number) int {
	for i := range n {
		if c := cmp.Compare(n[i], other[i]); c != 0 {
			return c
		}
	}
	return 0
}

// latestPatches has the latest release of each minor one. All patches before it were
// released, too.
var latestPatches = []Number{
	{0, 5, 5}, {0, 6, 7}, {0, 7, 3}, {0, 8, 1}, {0, 9, 8}, {0, 10, 7}, {0, 11, 5}, {0, 12, 6},
	{0, 13, 19}, {0, 14, 22}, {0, 15, 13}, {1, 0, 0}, {1, 1, 0}, {1, 2, 4}, {1, 3, 1}, {1, 4, 1},
}

// The earliest and the latest release whose rules are known.
var (
	earliest = Number{0, 6, 7}
	latest   = latestPatches[len(latestPatches)-1]
)

// latestPatch returns the latest release with the major and minor number of n, if
// there is one.
func latestPatch(n Number) (Number, bool) {
	i := slices.IndexFunc(latestPatches, func(l Number) bool { return l[0] == n[0] && l[1] == n[1] })
	if i < 0 {
		return Number{}, false
	}
	return latestPatches[i], true
}

// supported returns the releases whose rules are known, oldest first. The result is
// shared.
var supported = sync.OnceValue(func() []Version {
	var all []Version
	for _, last := range latestPatches {
		for n := (Number{last[0], last[1], 0}); n[2] <= last[2]; n[2]++ {
			if n.Compare(earliest) >= 0 {
				all = append(all, n.Version())
			}
		}
	}
	return all
})

// Span is a number of releases in a row, ends included.
type Span struct{ First, Last Number }

// String returns the numbers of the first and the last release, or of the only one.
func (s Span) String() string {
	if s.First == s.Last {
		return s.First.String()
	}
	return s.First.String() + " to " + s.Last.String()
}

// ParseSpan reads the numbers of two releases with a dash between them, such as
// 0.9.0-0.9.8. It panics if text is anything else.
func ParseSpan(text string) Span {
	first, last, _ := strings.Cut(text, "-")
	return Span{mustParseNumber(first), mustParseNumber(last)}
}

// Contains reports whether a release is one of those of the span.
func (s Span) Contains(n Number) bool { return s.First.Compare(n) <= 0 && n.Compare(s.Last) <= 0 }

// Where returns the spans of v's releases for which holds is true, oldest first, and
// whether it is true for all of them.
//
// It calls holds with one release of each way to read a configuration, which
// [changes] tells apart. holds must not ask for anything else, such as the defaults.
func (v Version) Where(holds func(Version) bool) (spans []Span, all bool) {
	return spansWhere(v.inEras(eras), holds)
}

// WhereStarted is Where for a function that asks whether a release starts with a setting
// of the file, of the context or of logging, and what it makes of it. It calls holds
// fewer times: once for each value of startChanges.
func (v Version) WhereStarted(holds func(Version) bool) (spans []Span, all bool) {
	return spansWhere(v.inEras(startEras), holds)
}

// WhereEach is Where for a function that depends on more than the way to read a
// configuration: it is called with each of the releases.
func (v Version) WhereEach(holds func(Version) bool) (spans []Span, all bool) {
	return spansWhere(v.inEras(eachRelease), holds)
}

// era is some releases in a row that are alike in what is asked.
type era struct {
	first Version
	Span
}

// The eras of all releases, by what is asked.
var (
	eras        = sync.OnceValue(func() []era { return erasBy(Version.era) })
	startEras   = sync.OnceValue(func() []era { return erasBy(Version.startEra) })
	useEras     = sync.OnceValue(func() []era { return erasBy(Version.useEra) })
	eachRelease = sync.OnceValue(func() []era { return erasBy(func(v Version) Number { return v.number }) })
)

// erasBy returns the eras of releases for which key is the same.
func erasBy[K comparable](key func(Version) K) (all []era) {
	var last K
	for i, v := range supported() {
		if k := key(v); i == 0 || k != last {
			all, last = append(all, era{first: v, Span: Span{First: v.number}}), k
		}
		all[len(all)-1].Last = v.number
	}
	return all
}

// inEras returns the eras of the releases that v stands for.
func (v Version) inEras(all func() []era) []era {
	if v == Any {
		return all()
	}
	return []era{{v, Span{v.Number(), v.Number()}}}
}

// spansWhere calls holds with the first release of each era.
func spansWhere(eras []era, holds func(Version) bool) (spans []Span, all bool) {
	before := false
	all = true
	for _, e := range eras {
		now := holds(e.first)
		switch {
		case !now:
			all = false
		case before:
			spans[len(spans)-1].Last = e.Last
		default:
			spans = append(spans, e.Span)
		}
		before = now
	}
	return spans, all
}

// Latest returns the latest release whose rules are known.
func Latest() Version { return latest.Version() }
