package sync

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// places say where the values of a manifest stand.
type places struct {
	file  string
	doc   *tomlpos.Document
	start map[tomlpos.NodeID]int
}

func newPlaces(file string, doc *tomlpos.Document) places {
	p := places{file: file, doc: doc, start: make(map[tomlpos.NodeID]int, len(doc.Values))}
	for _, v := range doc.Values {
		p.start[v.Node] = v.Start
	}
	return p
}

// of is the file, line and column of the value at a path, as far as they are known.
func (p places) of(path []string) string {
	node := tomlpos.Root
	for _, name := range path {
		next, ok := p.doc.Child(node, name)
		if !ok {
			return p.file
		}
		node = next
	}
	start, ok := p.start[node]
	if !ok {
		return p.file
	}
	at := p.doc.Position(start)
	return fmt.Sprintf("%s:%d:%d", p.file, at.Line, at.Column)
}

// place is where a CI name stands that reports are not to show; empty for any other.
func (s spot) place(text string) string {
	if ciName.MatchString(text) {
		return ""
	}
	return s.reader.places.of(s.path)
}
