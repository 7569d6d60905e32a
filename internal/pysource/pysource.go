// Package pysource finds which Prefect secrets a Python 3 module reads, without
// running it: [Read] takes the text of a module and returns a [Module].
//
// It follows imports and their aliases, assignments of them to other names,
// Python's scopes, and texts that are certain: literals, and names that are
// assigned one literal, or a sum or an f-string of such. What is computed in any
// other way is counted in [Module.Unknown] and never guessed.
//
// It takes time in proportion to the text, never panics, and quotes the text in
// no error. Two things differ from Python: names are not normalized (NFKC), and
// what another module does to this one is not seen.
package pysource

import (
	"cmp"
	"slices"
)

// Kind says in which way a secret is read.
type Kind string

// The kinds.
const (
	Client      Kind = "client"      // Secret("A") of prefect.client
	Task        Kind = "task"        // PrefectSecret("A"), in 0.9 also Secret("A"), of prefect.tasks.secrets
	Context     Kind = "context"     // prefect.context.secrets["A"] and the like
	Parameter   Kind = "parameter"   // credentials_secret="A" in a call of something of Prefect's
	Environment Kind = "environment" // EnvVarSecret("A"): the variable A, and no secret of Prefect's
)

// Access is a place that reads a secret. Start and End are byte offsets into
// [Module.Text], End exclusive: those of the expression that gives the name, or
// of the call where there is none.
type Access struct {
	Name       string // empty among Module.Unknown, and only there
	Kind       Kind
	Optional   bool // whether the code copes without: exists(), or get with a default
	Start, End int
}

// Span is a part of [Module.Text], in byte offsets, End exclusive.
type Span struct{ Start, End int }

// Module is what a Python module does with secrets. Reads, Unknown, Literals
// and Comments are in the order of the text.
type Module struct {
	// Text is the module as Python sees it: decoded to UTF-8, without a byte order
	// mark, each line ended by \n.
	Text string
	// Reads are the places whose secret is known, Unknown those where the name is
	// computed.
	Reads, Unknown []Access
	// Sets are the names of the secrets that the module itself puts into Prefect's
	// context, sorted.
	Sets []string
	// Literals are the texts and numbers: all of the code that may hold a value.
	// With a Problem that is the whole text.
	Literals []Span
	// Comments go from # to the end of their line. With a Problem there are none.
	Comments []Span
	// Problem is the first fault that keeps Python from reading the text, or nil.
	// What stands after it is in none of the lists. Not every fault is found: it is
	// Python's tokens that are checked, and that nothing stands where an operator
	// is missing.
	Problem *Problem
}

// Problem is a fault of the text.
type Problem struct {
	Message    string // what is wrong; quotes nothing
	Start, End int    // where, in byte offsets into Module.Text
}

// MaxSize is how many bytes of a module are read; a longer one is a [Problem].
const MaxSize = 4 << 20

// Read reads a module. It never fails: see [Module.Problem].
func Read(text []byte) *Module {
	decoded, problem := decode(text)
	if problem != nil {
		return &Module{Text: decoded, Problem: problem, Literals: []Span{{0, len(decoded)}}}
	}
	p := parse(scan(decoded))
	m := &Module{Text: decoded, Problem: p.problem, Literals: p.literals, Comments: p.comments}
	if m.Problem != nil {
		m.Literals, m.Comments = []Span{{0, len(decoded)}}, nil
	}
	r := reader{parser: p, module: m, calls: map[*node]int{}, limit: m.limit()}
	for _, n := range p.nodes {
		if n.end <= r.limit {
			r.node(n)
		}
	}
	r.finish()
	return m
}

// limit is the offset beyond which nothing is certain.
func (m *Module) limit() int {
	if m.Problem != nil {
		return m.Problem.Start
	}
	return len(m.Text)
}

func byStart(a, b Access) int { return cmp.Compare(a.Start, b.Start) }

// finish puts everything in order. One list of names may be read in several ways
// at one place.
func (r *reader) finish() {
	m := r.module
	slices.SortStableFunc(m.Reads, byStart)
	slices.SortStableFunc(m.Unknown, byStart)
	slices.Sort(m.Sets)
	m.Reads, m.Unknown, m.Sets = slices.Compact(m.Reads), slices.Compact(m.Unknown), slices.Compact(m.Sets)
}
