package sync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// ManifestError is why a manifest cannot be used: everything that is wrong with
// it. It has names of keys in it, and no values.
type ManifestError struct {
	File     string // as given to ParseManifest
	Problems []ManifestProblem
}

// ManifestProblem is one thing that is wrong with a manifest.
type ManifestProblem struct {
	Path    []string // the key that it is about
	Item    int      // the element of the list there, from 1; 0 means all of it
	Key     bool     // the key itself is wrong, and not its value
	Message string
	Hint    string // what to do about it
}

// Error has a line for each problem.
func (e *ManifestError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s: %s: %s: %s", e.File, p.where(), p.Message, p.Hint)
	}
	return strings.Join(lines, "\n")
}

func (p ManifestProblem) where() string {
	if p.Item > 0 {
		return itemPath(p.Path, p.Item-1)
	}
	return keyPath(p.Path)
}

// keyPath is a path as TOML writes a dotted key.
func keyPath(path []string) string {
	parts := make([]string, len(path))
	for i, name := range path {
		parts[i] = tomlpos.QuoteKey(name)
	}
	return strings.Join(parts, ".")
}

// itemPath is the path of an element of a list, which counts from 0.
func itemPath(path []string, i int) string { return fmt.Sprintf("%s[%d]", keyPath(path), i) }

// manifestReader gathers what is wrong with a manifest.
type manifestReader struct {
	problems []ManifestProblem
	places   places
}

// spot is a key of the manifest while it is read.
type spot struct {
	reader *manifestReader
	path   []string
}

func (s spot) key(name string) spot {
	return spot{s.reader, append(slices.Clip(s.path), name)}
}

// wrong reports the value.
func (s spot) wrong(message, hint string) { s.wrongItem(-1, message, hint) }

// wrongItem reports an element of a list, which counts from 0.
func (s spot) wrongItem(i int, message, hint string) {
	s.add(ManifestProblem{Item: i + 1, Message: message, Hint: hint})
}

// wrongKey reports the key itself.
func (s spot) wrongKey(message, hint string) {
	s.add(ManifestProblem{Key: true, Message: message, Hint: hint})
}

func (s spot) add(p ManifestProblem) {
	p.Path = s.path
	s.reader.problems = append(s.reader.problems, p)
}

// unknown reports a key of a table that has only the known ones.
func (s spot) unknown(what string, known []string) {
	name := s.path[len(s.path)-1]
	hint := fmt.Sprintf("%s has %s and %s", what, strings.Join(known[:len(known)-1], ", "), known[len(known)-1])
	suggestion := nearest.Hint(name, known, hint)
	if suggestion == hint && slices.Contains(topKeys, name) {
		suggestion = name + " of the manifest itself stands above its first [table]"
	}
	s.wrongKey(fmt.Sprintf("unknown key %q", name), suggestion)
}
