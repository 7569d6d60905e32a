// Package check finds what is wrong with a Prefect configuration before Prefect
// does: [File] reads one TOML file and returns a [Diagnostic] for each finding,
// with its line and column. [Manifest] does that for a manifest, and [ReadFlows] for
// flow code.
//
// No field of a diagnostic holds a value that could be a secret. Names of keys are shown.
package check

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
)

// Severity is how serious a diagnostic is.
type Severity string

const (
	SeverityError   Severity = "error"   // Prefect fails, or does not do what the file says
	SeverityWarning Severity = "warning" // Prefect works, and somebody should look at it
	SeverityNote    Severity = "note"    // nothing is wrong, and somebody may want to know
)

// Diagnostic is one finding. Lines and columns count from 1, columns in Unicode code
// points; the end is exclusive. Line 0 means that it has no position in the file.
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

	// Frame shows the position: the line and up to two lines before it, numbered and
	// masked, and a marker below. It does not end with a newline. It is empty if
	// Line is 0.
	Frame string `json:"-"`
}

// String returns file:line:column: severity: message [rule].
func (d Diagnostic) String() string {
	location := d.File
	if d.Line > 0 {
		location += ":" + strconv.Itoa(d.Line) + ":" + strconv.Itoa(d.Column)
	}
	return location + ": " + string(d.Severity) + ": " + d.Message + " [" + d.Rule + "]"
}

// Options are what a file is checked for. The zero value is all rules, any release
// of Prefect, and an unknown environment.
type Options struct {
	// Rules are the names of the rules to apply; nil is all of them. The rule
	// syntax is always applied, since the others need a file that parses.
	Rules []string
	// Version is the Prefect that the file is meant for; the zero value is any.
	Version release.Version
	// Env is the environment that Prefect will run in, as os.Environ returns it.
	// If it is nil, the environment is unknown and no variable counts as missing; if
	// it is empty, there are no variables. Its values are never shown.
	Env []string
	// RequireEnv makes a variable that is missing from Env an error.
	RequireEnv bool
	// AssumeEnv are globs of names of variables that Prefect's environment will have,
	// though Env does not.
	AssumeEnv []string
	// Store is the kind of store whose secrets flows are checked for; nil is all kinds.
	Store *storekind.Kind

	parsedEnv environment // see ForMany
}

// ForMany returns the options for many files: they share the environment, which is
// parsed once. Env must not change afterwards.
func (o Options) ForMany() Options {
	if o.Env != nil {
		o.parsedEnv = newEnvironment(o.Env)
	}
	return o
}

func (o Options) includes(r Rule) bool {
	return r.Name == syntaxName || o.Rules == nil || slices.Contains(o.Rules, r.Name)
}

// File checks the text of one configuration file. The name is only for the
// diagnostics, which are sorted by position. A file that does not parse has exactly
// one. Findings that an ignore comment suppresses are omitted.
func File(name string, text []byte, opts Options) []Diagnostic {
	s := newConfigSource(name, string(text), opts.Version)
	s.opts, s.rules, s.listRules = opts, configRules, Rules
	return s.diagnose()
}

// diagnose applies the rules and returns what they report, sorted by position.
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

// activeRules returns the rules to apply: those in the options, or only the first,
// syntax, for a file that does not parse.
func (s *source) activeRules() []checker {
	if !s.parses() {
		return s.rules[:1]
	}
	var active []checker
	for _, r := range s.rules {
		if s.opts.includes(r.Rule) {
			active = append(active, r)
		}
	}
	return active
}

// maskedKey returns the key that a finding is about, without credentials.
func (s *source) maskedKey(f finding) string {
	if f.key != "" {
		return MaskTokens(f.key)
	}
	return s.maskedPath(f.node)
}

// diagnostic returns a finding as a diagnostic, without a position if the positions
// of the file are not verified.
func (s *source) diagnostic(r Rule, f finding) Diagnostic {
	d := Diagnostic{
		Rule:     r.Name,
		Severity: cmp.Or(f.severity, r.Severity),
		Message:  f.message,
		Hint:     f.hint,
		File:     s.name,
		Key:      s.maskedKey(f),
		Help:     r.Help(),
	}
	if !s.verified {
		return d
	}
	start, end := s.position(f.start), s.position(f.end)
	d.Line, d.Column = start.Line, start.Column
	d.EndLine, d.EndColumn = end.Line, end.Column
	d.Frame = s.frame(span{f.start, f.end})
	return d
}
