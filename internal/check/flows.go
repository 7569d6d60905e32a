package check

import (
	"slices"
	"sort"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/notebook"
	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Flow is a Python file, a notebook, if its name ends in .ipynb, or a file of
// [IsReferenceFile], that may read secrets. Otherwise the name is only for diagnostics.
type Flow struct {
	Name string
	Text []byte
}

// FlowReads is what files do with Prefect's secrets. It is not safe for
// concurrent use.
type FlowReads struct{ flows []flow }

// flow is a file that was read. doc has the module's text and offsets.
type flow struct {
	name     string
	module   *pysource.Module
	doc      *tomlpos.Document
	notebook *notebook.Notebook // or nil
	unquoted []pysource.Span    // references in YAML that are not in a string
}

// ReadFlows reads Python files, in time in proportion to their text. It reads a file
// that is not Python 3 up to the error, which [FlowReads.Check] reports.
//
// A secret is read by Secret("A") of prefect.client; by PrefectSecret("A"), up to
// 0.9 Secret("A"), of prefect.tasks.secrets; by prefect.context.secrets["A"] and the
// like; and by an argument that names one in a call of something in Prefect, such as
// credentials_secret="A" or secrets=["A"]. A Secret block is read by Secret.load("a") of
// prefect.blocks.system, and by {{ prefect.blocks.secret.a }} in a string.
func ReadFlows(files []Flow) *FlowReads {
	r := &FlowReads{}
	for _, file := range files {
		f := flow{name: file.Name}
		f.read(file)
		if m := f.module; m.Problem != nil || len(m.Unread)+len(m.Reads)+len(m.Unknown) > 0 || len(m.Comments) > 0 || f.hasBlocks() {
			f.doc = tomlpos.NewDocument(m.Text, commentsOf(m))
			r.flows = append(r.flows, f)
		}
	}
	return r
}

// hasBlocks reports whether a file that reads nothing says something about blocks.
func (f *flow) hasBlocks() bool {
	m := f.module
	return len(m.Nameless)+len(m.UnnamedBlocks)+len(f.unquoted) > 0 ||
		slices.ContainsFunc(m.Definitions, func(d pysource.Definition) bool { return d.Kind == pysource.InBlocks })
}

// NotebookSuffix ends the name of a notebook.
const NotebookSuffix = ".ipynb"

func (f *flow) read(file Flow) {
	text := file.Text
	if IsReferenceFile(file.Name) {
		f.readReferences(text)
		return
	}
	if strings.HasSuffix(file.Name, NotebookSuffix) {
		n, err := notebook.Read(text, pysource.CellMark)
		if err != nil {
			f.module = &pysource.Module{Problem: &pysource.Problem{Message: err.Error()}}
			return
		}
		f.notebook, text = n, []byte(n.Source)
	}
	if f.notebook != nil {
		f.module = pysource.ReadNotebook(text)
	} else {
		f.module = pysource.Read(text)
	}
}

// position returns the position in the file of an offset in the module.
func (f flow) position(offset int) tomlpos.Position {
	p := f.doc.Position(offset)
	if f.notebook != nil {
		p.Line, p.Column = f.notebook.Position(p.Line, p.Column)
	}
	return p
}

func commentsOf(m *pysource.Module) []tomlpos.Comment {
	comments := make([]tomlpos.Comment, 0, len(m.Comments))
	for _, c := range m.Comments {
		comments = append(comments, tomlpos.Comment(c))
	}
	return comments
}

// Location is where a flow reads a secret. Line and Column count from 1, Column in
// Unicode code points.
type Location struct {
	File   string `json:"file"` // as given to ReadFlows
	Line   int    `json:"line"`
	Column int    `json:"column"`
	// Kind is client, task, context, parameter or environment, for Secret,
	// PrefectSecret, prefect.context.secrets, an argument that names a secret, and
	// EnvVarSecret; block and reference for Secret.load of Prefect 2 and 3, and for
	// {{ prefect.blocks.secret.a }}.
	Kind string `json:"kind"`
	// Optional reports that the code works without the secret: it checks whether it
	// exists, has a default, or handles the error.
	Optional bool `json:"optional"`
}

func (f flow) location(a pysource.Access, optional bool) Location {
	start := f.position(a.Start)
	return Location{File: f.name, Line: start.Line, Column: start.Column, Kind: string(a.Kind), Optional: optional}
}

// Unknown returns where flows read a secret whose name is computed, in the order of
// the files.
func (r *FlowReads) Unknown() []Location {
	var locations []Location
	for _, f := range r.flows {
		for _, a := range f.module.Unknown {
			locations = append(locations, f.location(a, a.Optional))
		}
	}
	return locations
}

// newSource returns the file as rules see it. It masks all strings and numbers
// except the names of secrets.
func (f flow) newSource(opts Options) *source {
	s := &source{
		name: f.name, doc: f.doc, rejectedAt: -1, verified: f.doc.Text != "", tokens: findTokens(f.doc.Text),
		ignores: readIgnores(f.doc), opts: opts, flow: &f,
		rules: flowRules, listRules: func() []Rule { return rulesOf(flowRules) },
	}
	s.masked = s.maskedSpans()
	for _, l := range f.module.Literals {
		if !f.isSecretName(l) {
			s.masked = append(s.masked, f.withoutReferences(l)...)
		}
	}
	sort.Slice(s.masked, func(i, j int) bool { return s.masked[i].start < s.masked[j].start })
	return s
}

// isSecretName reports whether a literal is a secret's name, or a part of it.
func (f flow) isSecretName(literal pysource.Span) bool {
	reads := f.module.Reads
	i := sort.Search(len(reads), func(i int) bool { return reads[i].Start > literal.Start })
	return i > 0 && literal.End <= reads[i-1].End && reads[i-1].Kind != pysource.Reference
}

// withoutReferences returns a literal without the references in it.
func (f flow) withoutReferences(literal pysource.Span) (rest []span) {
	reads, at := f.module.Reads, literal.Start
	i := sort.Search(len(reads), func(i int) bool { return reads[i].Start >= literal.Start })
	for ; i < len(reads) && reads[i].End <= literal.End; i++ {
		a := reads[i]
		if a.Kind != pysource.Reference || !strings.HasPrefix(f.module.Text[a.Start:], "{{") || a.Start < at {
			continue
		}
		rest = f.appendMasked(rest, at, a.Start)
		at = a.End
	}
	return f.appendMasked(rest, at, literal.End)
}

// appendMasked appends a part of a literal, unless it is empty or only a quote.
func (f flow) appendMasked(parts []span, start, end int) []span {
	if part := f.module.Text[start:end]; strings.Trim(part, `"'`) == "" && len(part) <= 1 {
		return parts
	}
	return append(parts, span{start, end})
}
