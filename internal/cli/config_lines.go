package cli

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// lineFinder finds the lines of settings in the files that they come from.
type lineFinder struct {
	*inspect.Cache
	scanned map[string]scanned
}

// scanned is a file with the positions of its keys.
type scanned struct {
	doc     *tomlpos.Document
	problem *tomlpos.Error
}

func newLineFinder() *lineFinder { return &lineFinder{inspect.NewCache(), map[string]scanned{}} }

// scan returns the positions of the keys in a file. The document is nil if the file
// cannot be read.
func (l *lineFinder) scan(file string) scanned {
	if found, ok := l.scanned[file]; ok {
		return found
	}
	text, err := l.Read(file)
	if err != nil {
		return scanned{}
	}
	doc, problem := tomlpos.Scan(string(text))
	l.scanned[file] = scanned{doc, problem}
	return l.scanned[file]
}

// line returns the line of a setting in a file, or else that of the innermost table
// around it; 0 if there is neither.
func (l *lineFinder) line(file string, path []string) int {
	doc := l.scan(file).doc
	if doc == nil {
		return 0
	}
	node, line := tomlpos.Root, 0
	for _, name := range path {
		next, ok := child(doc, node, name)
		if !ok {
			break
		}
		node = next
		if key, ok := doc.FirstKey(node); ok {
			line = doc.Position(key.Start).Line
		}
	}
	return line
}

// child returns the node with a name, or with one that differs only in case: secrets
// that the environment sets have lower-case names.
func child(doc *tomlpos.Document, parent tomlpos.NodeID, name string) (tomlpos.NodeID, bool) {
	if id, ok := doc.Child(parent, name); ok {
		return id, true
	}
	for _, key := range doc.Keys {
		if n := doc.Nodes[key.Node]; n.Parent == parent && strings.EqualFold(n.Name, name) {
			return key.Node, true
		}
	}
	return tomlpos.Root, false
}

// origin returns where a setting comes from, with its line if that is known.
func (l *lineFinder) origin(e release.Entry) string {
	switch {
	case e.Origin.Env != "":
		return "environment " + e.Origin.Env
	case e.Origin.File == "":
		return "default"
	}
	if line := l.line(e.Origin.File, e.Path); line > 0 {
		return fmt.Sprintf("%s:%d", e.Origin.File, line)
	}
	return e.Origin.File
}

// complete returns the error with its line and, for a file that is not UTF-8, with the
// decoding error, which Python raises before it parses the file.
func (l *lineFinder) complete(e *release.Error) error {
	out := *e
	if out.File == "" || out.Env != "" {
		return &out
	}
	if len(out.Path) > 0 {
		out.Line = l.line(out.File, out.Path)
		return &out
	}
	if found := l.scan(out.File); found.problem != nil {
		problem := found.problem.Problem
		out.Line = found.doc.Position(found.problem.Start).Line
		switch problem {
		case tomlpos.NotUTF8, tomlpos.UTF16:
			out.Class, out.Problem = "UnicodeDecodeError", problem.String()
		case tomlpos.Binary:
			out.Problem = problem.String()
		}
	}
	return &out
}
