// Package pysource finds which Prefect secrets a Python 3 module reads, without
// running it: [Read] takes the text of a module and returns a [Module].
//
// It follows imports and their aliases, assignments of them to other names,
// Python's scopes, and strings that are certain: literals, and names that are
// assigned one literal, or a sum or an f-string of such. A name that is computed in
// any other way is listed in [Module.Unknown] and never guessed.
//
// It takes time in proportion to the text, never panics, and never quotes the text
// in an error. Two things differ from Python: names are not normalized (NFKC), and
// what another module does to this one is not seen.
package pysource

import (
	"cmp"
	"slices"
)

// Kind is the way in which a secret is read.
type Kind string

const (
	Client      Kind = "client"      // Secret("A") of prefect.client
	Task        Kind = "task"        // PrefectSecret("A"), in 0.9 also Secret("A"), of prefect.tasks.secrets
	Context     Kind = "context"     // prefect.context.secrets["A"] and the like
	Parameter   Kind = "parameter"   // credentials_secret="A" in a call of a Prefect function or class
	Environment Kind = "environment" // EnvVarSecret("A"): the variable A, not a secret of Prefect's
	Block       Kind = "block"       // Secret.load("a") of Prefect 2 and 3, which reads the Secret block a
	Reference   Kind = "reference"   // {{ prefect.blocks.secret.a }} in a string, for which Prefect 2 and 3 read that block
)

// Access is an expression that reads a secret. Start and End are byte offsets into
// [Module.Text], End exclusive: those of the expression that gives the name or, if
// the call has no such argument, those of the call.
type Access struct {
	Name string // empty in Module.Unknown, and only there
	Kind Kind
	// Optional reports that the code works without the secret: it only asks whether
	// the secret exists, reads it where that is certain, or has a default.
	Optional bool
	// GivesNone reports that the read gives None if the secret is missing.
	GivesNone bool
	// Mocked is what replaces a part of Prefect that the read uses, or empty.
	Mocked Span
	// Outcomes are what becomes of the errors that the read may end with.
	Outcomes       Outcomes
	Prefix, Suffix string // in Module.Unknown: what the name certainly begins and ends with
	Start, End     int

	typed bool // the name has the type of a block in front, as in secret/a
}

// IsBlock reports whether a Secret block of Prefect 2 or 3 is read.
func (a Access) IsBlock() bool { return a.Kind == Block || a.Kind == Reference }

// Span is a part of [Module.Text], in byte offsets, End exclusive.
type Span struct{ Start, End int }

// Module is what a Python module does with secrets. Its lists are in the order of the text.
type Module struct {
	// Text is the module as Python sees it: decoded to UTF-8, without a byte order
	// mark, each line ended by \n.
	Text string
	// Reads are the accesses whose secret has a certain name, Unknown those whose
	// name is computed.
	Reads, Unknown []Access
	// Definitions are the secrets that the module itself brings.
	Definitions []Definition
	// Unnamed are the expressions by which the module brings secrets whose names are
	// not certain, such as prefect.context.secrets = load().
	Unnamed []Unnamed
	// UnnamedBlocks are the calls that save Secret blocks under names that are not certain,
	// and Nameless the references that lack the name of a block.
	UnnamedBlocks, Nameless []Span
	// Building are the calls of get and run that run while a flow is built, for which
	// Prefect raises an error.
	Building []Span
	// Literals are the strings and numbers: all of the code that may hold a value.
	// With a Problem that is the complete text.
	Literals []Span
	// Comments go from # to the end of their line. With a Problem there are none.
	Comments []Span
	// Unread are the cells of a notebook that Python cannot read, with the error in each.
	// The lists hold nothing that is in one.
	Unread []Problem
	// Problem is the first error that keeps Python from reading the text, or nil.
	// The lists hold nothing that comes after it. What the grammar refuses is found;
	// what the compiler refuses later is not, such as a return outside of a function
	// or two parameters of one name.
	Problem *Problem
}

// Problem is an error in the text.
type Problem struct {
	Message    string // never quotes the text
	Start, End int    // byte offsets into Module.Text
}

// maxSize is how many bytes of a module are read; a longer one is a [Problem].
const maxSize = 4 << 20

// Read reads a module. It never fails: see [Module.Problem].
func Read(text []byte) *Module {
	decoded, problem := decode(text)
	if problem != nil {
		return &Module{Text: decoded, Problem: problem, Literals: []Span{{0, len(decoded)}}}
	}
	return readModule(decoded, decoded, nil)
}

// readModule reads code, which is text but for what is left out of it, the unread
// cells.
func readModule(text, code string, unread []cell) *Module {
	p := parse(scan(code))
	m := &Module{Text: text, Problem: p.problem, Literals: p.literals, Comments: p.comments}
	if m.Problem != nil {
		m.Literals, m.Comments = []Span{{0, len(text)}}, nil
	} else if len(unread) > 0 {
		m.leaveOut(unread)
	}
	r := reader{
		parser: p, module: m, readOf: map[*node][]int{}, tested: map[*node]bool{}, builtOnly: map[*function]bool{},
		knownAffixes: map[*node][2]string{}, inEnvironment: map[int]bool{}, left: map[leaving]Outcome{}, limit: m.limit(),
	}
	r.followGetattr()
	r.findTested()
	for _, n := range p.nodes {
		if n.end <= r.limit {
			r.visit(n)
		}
	}
	r.findTemplates()
	r.findComputedVariables()
	r.defineMentioned()
	r.defineTexts()
	r.finishReload()
	r.evaluate()
	m.sort()
	return m
}

// limit returns the offset beyond which nothing is certain.
func (m *Module) limit() int {
	if m.Problem != nil {
		return m.Problem.Start
	}
	return len(m.Text)
}

// sort sorts the lists and drops duplicates: the same list of names may be read by
// several calls.
func (m *Module) sort() {
	byStart := func(a, b Access) int { return cmp.Compare(a.Start, b.Start) }
	slices.SortStableFunc(m.Reads, byStart)
	slices.SortStableFunc(m.Unknown, byStart)
	slices.SortStableFunc(m.Definitions, func(a, b Definition) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortStableFunc(m.Unnamed, func(a, b Unnamed) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortStableFunc(m.Building, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortStableFunc(m.Nameless, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	m.Reads, m.Unknown = slices.Compact(m.Reads), slices.Compact(m.Unknown)
	m.Definitions, m.Building, m.Unnamed = slices.Compact(m.Definitions), slices.Compact(m.Building), slices.Compact(m.Unnamed)
}
