package check

import (
	"sort"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Flow is a Python file in which secrets may be read. The name is for
// diagnostics only.
type Flow struct {
	Name string
	Text []byte
}

// FlowReads is what Python files do with Prefect's secrets. It is not for
// concurrent use.
type FlowReads struct{ flows []flow }

// flow is a file as it was read. Text and places of the module are those of doc.
type flow struct {
	name   string
	module *pysource.Module
	doc    *tomlpos.Document
}

// Flows reads Python files, in time in proportion to their text. A file that is
// not Python 3 is read up to the fault; [FlowReads.Undefined] says so.
//
// A secret is read by Secret("A") of prefect.client; by PrefectSecret("A"), up to
// 0.9 Secret("A"), of prefect.tasks.secrets; by prefect.context.secrets["A"] and
// the like; and by an argument of something of Prefect's that names one, such as
// credentials_secret="A" or secrets=["A"].
func Flows(files []Flow) *FlowReads {
	r := &FlowReads{}
	for _, file := range files {
		if m := pysource.Read(file.Text); m.Problem != nil || len(m.Reads)+len(m.Unknown) > 0 || len(m.Comments) > 0 {
			r.flows = append(r.flows, flow{file.Name, m, tomlpos.NewDocument(m.Text, comments(m))})
		}
	}
	return r
}

func comments(m *pysource.Module) []tomlpos.Comment {
	found := make([]tomlpos.Comment, 0, len(m.Comments))
	for _, c := range m.Comments {
		found = append(found, tomlpos.Comment(c))
	}
	return found
}

// Place is where a secret is read. Line and Column count from 1, Column in
// Unicode code points.
type Place struct {
	File   string `json:"file"` // as given to Flows
	Line   int    `json:"line"`
	Column int    `json:"column"`
	// Kind is client, task, context, parameter or environment, for Secret,
	// PrefectSecret, prefect.context.secrets, an argument that names a secret, and
	// EnvVarSecret.
	Kind string `json:"kind"`
	// Optional says that the code copes without the secret: it asks whether it
	// exists, or gives a default.
	Optional bool `json:"optional"`
}

func (f flow) place(a pysource.Access) Place {
	at := f.doc.Position(a.Start)
	return Place{File: f.name, Line: at.Line, Column: at.Column, Kind: string(a.Kind), Optional: a.Optional}
}

// Unknown are the places that read a secret whose name is computed, in the order
// of the files.
func (r *FlowReads) Unknown() []Place {
	var places []Place
	for _, f := range r.flows {
		for _, a := range f.module.Unknown {
			places = append(places, f.place(a))
		}
	}
	return places
}

// source is the file as rules see it. Of its texts and numbers only the names of
// secrets are shown.
func (f flow) source(opts Options) *source {
	s := &source{
		name: f.name, doc: f.doc, refused: -1, certain: f.doc.Text != "", tokens: findTokens(f.doc.Text),
		ignores: readIgnores(f.doc), opts: opts, flow: &f,
		rules: flowRules, list: func() []Rule { return rulesOf(flowRules) },
	}
	s.hidden = s.hide()
	for _, l := range f.module.Literals {
		if !f.isName(l) {
			s.hidden = append(s.hidden, span{l.Start, l.End})
		}
	}
	sort.Slice(s.hidden, func(i, j int) bool { return s.hidden[i].start < s.hidden[j].start })
	return s
}

// isName reports whether a text is a secret's name, or a part of it.
func (f flow) isName(text pysource.Span) bool {
	reads := f.module.Reads
	i := sort.Search(len(reads), func(i int) bool { return reads[i].Start > text.Start })
	return i > 0 && text.End <= reads[i-1].End
}
