package release

import (
	"reflect"
	"slices"
)

// change is something that Prefect does with a configuration from some release on.
type change int

// The changes, in the order of their releases. Each was found in the source of the
// two releases around it; test/prefect/run.sh holds those that [Load] depends on to
// random configurations.
const (
	allowsBox4          change = iota // as its python-box: it may run with 3.4 or 4.2
	readsExtraLoggers                 // when it starts
	parsesExtraLoggers                // as a string that holds a list; a list itself fails
	readsBackendFile                  // the file of the backend that was switched to
	castsLiterals                     // variables that are settings are cast as Python literals
	castsFile                         // so are the strings of the file, and extra loggers are a list
	needsBox5                         // as its python-box, or a later one
	keepsBackslashes                  // of variables that are settings: no escape is read
	keepsTimeoutSeconds               // of tasks, as a number
	asksCloudOnly                     // for secrets: only a cloud backend has a store
	keepsCaseOfSubKeys                // of secrets that variables set
)

// changedIn has the releases of the changes.
var changedIn = [...]Number{
	allowsBox4:          {0, 9, 0},
	readsExtraLoggers:   {0, 9, 4},
	parsesExtraLoggers:  {0, 9, 6},
	readsBackendFile:    {0, 10, 0},
	castsLiterals:       {0, 11, 0},
	castsFile:           {0, 11, 2},
	needsBox5:           {0, 13, 8},
	keepsBackslashes:    {0, 13, 15},
	keepsTimeoutSeconds: {0, 13, 19},
	asksCloudOnly:       {0, 14, 5},
	keepsCaseOfSubKeys:  {0, 15, 0},
}

// does reports whether v has a change.
func (v Version) does(c change) bool { return v.Number().Compare(changedIn[c]) >= 0 }

// era returns how many of the changes v has.
func (v Version) era() int {
	n, _ := slices.BinarySearchFunc(changedIn[:], v.Number(), func(c, n Number) int {
		if c.Compare(n) <= 0 {
			return -1
		}
		return 1
	})
	return n
}

// Eras returns one release for each way in which v's releases read a configuration,
// oldest first. If what is asked depends on the defaults of settings, it has one for
// each of those as well.
func (v Version) Eras(settings ...string) []Version {
	var eras []Version
	for _, r := range v.Releases() {
		if last := len(eras) - 1; last < 0 || r.era() != eras[last].era() || !r.hasDefaultsOf(eras[last], settings) {
			eras = append(eras, r)
		}
	}
	return eras
}

// hasDefaultsOf reports whether settings have the same defaults in two releases.
func (v Version) hasDefaultsOf(other Version, settings []string) bool {
	return !slices.ContainsFunc(settings, func(name string) bool {
		s := SettingOf(name)
		mine, _ := s.defaultIn(v)
		theirs, _ := s.defaultIn(other)
		return !reflect.DeepEqual(mine.value, theirs.value)
	})
}

// startChanges are the changes on which it depends how a release starts with a setting
// of the file. See [Version.WhereStarted].
var startChanges = []change{readsExtraLoggers, parsesExtraLoggers, castsLiterals, castsFile}

// startEra returns how many of these changes v has.
func (v Version) startEra() int {
	n := 0
	for _, c := range startChanges {
		if v.does(c) {
			n++
		}
	}
	return n
}

// CastsFile reports whether v reads the strings of a configuration's file as Python
// literals if they are some.
func (v Version) CastsFile() bool { return v.does(castsFile) }
