package release

import "slices"

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
// oldest first.
func (v Version) Eras() []Version {
	var eras []Version
	last := -1
	for _, r := range v.Releases() {
		if e := r.era(); e != last {
			eras, last = append(eras, r), e
		}
	}
	return eras
}

// CastsFile reports whether v reads the strings of a configuration's file as Python
// literals if they are some.
func (v Version) CastsFile() bool { return v.does(castsFile) }
