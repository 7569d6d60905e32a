package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// lineFinder finds the lines of settings in the files that they come from.
type lineFinder struct {
	*inspect.Cache
	version release.Version
	docs    map[string]*tomlpos.Document
}

func newLineFinder(version release.Version) *lineFinder {
	return &lineFinder{inspect.NewCache(), version, map[string]*tomlpos.Document{}}
}

// positions returns the positions of the keys in a file, nil if it cannot be read.
func (l *lineFinder) positions(file string) *tomlpos.Document {
	if doc, ok := l.docs[file]; ok {
		return doc
	}
	text, err := l.Read(file)
	if err != nil {
		return nil
	}
	l.docs[file] = l.version.Positions(string(text))
	return l.docs[file]
}

// line returns the line of a setting in a file, or else that of the innermost table
// around it; 0 if there is neither.
func (l *lineFinder) line(file string, path []string) int {
	doc := l.positions(file)
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

// shownPath returns the path of a setting without what may be a value: the parser inside
// Prefect takes the beginning of some values for a part of the key.
func (l *lineFinder) shownPath(e release.Entry) []string {
	shown := slices.Clone(e.Path)
	if e.Origin.File == "" {
		return shown
	}
	doc, node := l.positions(e.Origin.File), tomlpos.Root
	for i, name := range e.Path {
		next, ok := tomlpos.Root, false
		if doc != nil {
			next, ok = doc.Child(node, name)
		}
		if !ok {
			break
		}
		node, shown[i] = next, doc.Nodes[next].Name
	}
	return shown
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

// complete returns the error with its line.
func (l *lineFinder) complete(e *release.Error) error {
	out := *e
	if out.File != "" && out.Env == "" && len(out.Path) > 0 {
		out.Line = l.line(out.File, out.Path)
	}
	return &out
}
