// Package check finds what is wrong with a Prefect configuration before Prefect
// does: [File] reads one TOML file and returns a [Diagnostic] for each finding,
// at its line and column.
//
// No value that could be a secret is in a diagnostic, in none of its fields.
// Names of keys are.
package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// Severity says how grave a diagnostic is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // Prefect fails, or does not do what the file says
	SeverityWarning Severity = "warning" // Prefect works, and somebody should look at it
)

// Diagnostic is one finding. Lines and columns count from 1, columns in Unicode
// code points; the end is exclusive. Line 0 means the file as a whole.
type Diagnostic struct {
	Rule      string   `json:"rule"`
	Severity  Severity `json:"severity"`
	Message   string   `json:"message"`
	Hint      string   `json:"hint"` // what to do about it
	File      string   `json:"file"` // as given to File
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	EndLine   int      `json:"end_line"`
	EndColumn int      `json:"end_column"`
	Key       string   `json:"key"`  // the dotted key it is about; may be empty
	Help      string   `json:"help"` // a link to what the rule is for

	// Frame shows the place: the line and up to two before it, numbered and
	// masked, and below it a marker. No newline ends it. It is empty where Line
	// is 0.
	Frame string `json:"-"`
}

// String is file:line:column: severity: message [rule].
func (d Diagnostic) String() string {
	place := d.File
	if d.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column)
	}
	return fmt.Sprintf("%s: %s: %s [%s]", place, d.Severity, d.Message, d.Rule)
}

// Options says what to look for. The zero value is everything that any release of
// Prefect would do, in an environment that is not known.
type Options struct {
	// Rules are the names of the rules to apply; nil is all of them. The rule
	// syntax is always applied, since the others need a file that parses.
	Rules []string
	// Version is the Prefect that the file is meant for; the zero value is any.
	Version release.Version
	// Env is the environment that Prefect will run in, as os.Environ gives it.
	// With nil it is not known, and nothing is said to be missing from it; an empty
	// one has no variables. No value in it is ever shown.
	Env []string
	// RequireEnv makes a variable that Env lacks an error.
	RequireEnv bool
}

func (o Options) includes(r Rule) bool {
	return r.Name == syntaxName || o.Rules == nil || slices.Contains(o.Rules, r.Name)
}

// File checks the text of one configuration file. The name is for the
// diagnostics only. They come sorted by position; there are none for a file
// without fault. A file that does not parse has exactly one. What an ignore
// comment silences is left out.
func File(name string, text []byte, opts Options) []Diagnostic {
	s := newSource(name, string(text))
	s.opts, s.rules, s.listRules = opts, configRules, Rules
	return s.diagnose()
}

// diagnose applies the rules.
func (s *source) diagnose() []Diagnostic {
	var found []Diagnostic
	for _, r := range s.activeRules() {
		r.check(s, func(f finding) {
			if !s.suppresses(r.Name, f) {
				found = append(found, s.diagnostic(r.Rule, f))
			}
		})
	}
	slices.SortStableFunc(found, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return found
}

// applied are the rules that the options and the file admit.
func (s *source) activeRules() []checker {
	if !s.parses() {
		return s.rules[:1]
	}
	var applied []checker
	for _, r := range s.rules {
		if s.opts.includes(r.Rule) {
			applied = append(applied, r)
		}
	}
	return applied
}
