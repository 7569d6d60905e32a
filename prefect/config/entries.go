package config

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// Types of Python's that JSON and TOML lack, as a config of 1.4 can have them.
type (
	// Tuple is a tuple, such as the text "1,2" becomes.
	Tuple = pyliteral.Tuple
	// Set is a set, such as "{1, 2}" becomes, in the order of the text.
	Set = pyliteral.Set
	// Ellipsis is what "..." becomes.
	Ellipsis = pyliteral.Ellipsis
)

// Origin is where a setting comes from: with neither a default.
type Origin struct {
	File string // the file, as it was named; the name of a Text may be empty
	Env  string // the environment variable
}

// Entry is one setting of a config. The values are bool, string, nil for None,
// int64, *big.Int, float64, complex128, []byte, []any, [Tuple], [Set],
// [Ellipsis], an empty or nested dict as map[string]any, time.Duration for a
// delay, and time.Time, whose location is named date-local, time-local or
// datetime-local where TOML has no zone.
type Entry struct {
	Path   []string
	Value  any
	Origin Origin
	// Missing is what the text refers to and is not there: the variable of a text
	// that is $NAME and nothing else, which stays as it is, or what stands in
	// ${...}, for which the text has nothing now. Empty if there is no such
	// reference. It may be a part of a value: a password with ${ in it looks the same.
	Missing string
	// Written is the name in the file of a secret that has a lower-case name because
	// the environment sets it; empty if the name is as it is written.
	Written string
}

// Format writes the path alone, whatever the verb: the value could be secret.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "{%s}", strings.Join(e.Path, ".")) }

// Type is what Python calls the type of the value, such as str or NoneType.
func (e Entry) Type() string { return pyliteral.TypeName(e.Value) }

// Repr is the value as Python's repr prints it.
func (e Entry) Repr() string { return pyliteral.Repr(e.Value) }

// Entries are all settings, in the order in which Prefect has them: defaults
// first, then what the file adds, then the environment.
func (c *Config) Entries() []Entry {
	var all []Entry
	c.release().Each(func(e release.Entry) {
		all = append(all, Entry{Path: e.Path, Value: e.Value, Origin: Origin(e.Origin), Missing: e.Missing, Written: e.Written})
	})
	return all
}
