package check

import (
	"fmt"
	"sort"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// lenientFinding returns the finding about a text that a release reads, though it is not
// TOML 1.0.
func (s *source) lenientFinding() finding {
	f := s.standard.syntaxFinding()
	key, found := s.keyOn(s.standard.faultLine())
	if found && s.readsAsWritten(key) {
		f.severity = SeverityWarning
	}
	f.message += "; " + s.reads(key, found)
	f.hint = passesHint + ": write it as TOML 1.0"
	f.key, f.node = "", tomlpos.Root
	if found {
		f.node = key.Node
	}
	return f
}

// readsAsWritten reports whether Prefect makes of a key and its value what a person
// does: the fault is in characters that TOML 1.0 does not have.
func (s *source) readsAsWritten(key tomlpos.Key) bool {
	p := s.standard.problem
	if p == nil || strings.Contains(s.doc.Text[key.Start:key.End], "=") {
		return false
	}
	switch p.Problem {
	case tomlpos.ControlCharacter, tomlpos.LoneReturn, tomlpos.Binary, tomlpos.BareKey, tomlpos.NumberRange:
		return true
	}
	return false
}

// prefectReads returns what Prefect makes of the first fault of a text that is not
// TOML 1.0, and that it reads.
func (s *source) prefectReads() string {
	_, doc, refused := pytoml.Scan(s.doc.Text)
	if refused != nil {
		return refused.Error()
	}
	python := &source{doc: doc}
	return python.reads(python.keyOn(s.faultLine()))
}

// faultLine returns where the key or header with the first fault begins, and where the
// line with the fault ends.
func (s *source) faultLine() span {
	if s.problem == nil {
		return span{s.rejectedAt, lineEnd(s.doc.Text, s.rejectedAt)}
	}
	return span{min(s.problem.Statement, s.problem.Start), lineEnd(s.doc.Text, s.problem.Start)}
}

// keyOn returns the first key that begins on a line, with its last part.
func (s *source) keyOn(line span) (key tomlpos.Key, found bool) {
	keys := s.doc.Keys
	start := strings.LastIndexByte(s.doc.Text[:line.start], '\n') + 1
	for i := sort.Search(len(keys), func(i int) bool { return keys[i].Start >= start }); i < len(keys) && keys[i].Start <= line.end; i++ {
		if keys[i].Last {
			return keys[i], true
		}
	}
	return tomlpos.Key{}, false
}

// reads says what Prefect reads where a key is.
func (s *source) reads(key tomlpos.Key, found bool) string {
	if !found {
		return "Prefect reads past it"
	}
	path := MaskTokens(s.doc.Path(key.Node))
	if key.Header {
		return "Prefect reads the table " + path
	}
	return fmt.Sprintf("Prefect reads the key %s as %s", path, s.kindPhrase(key.Node))
}

// kindPhrase returns what messages call the kind of a node's value.
func (s *source) kindPhrase(node tomlpos.NodeID) string {
	for _, v := range s.doc.Values {
		if v.Node == node {
			return kindPhrase(v.Kind)
		}
	}
	return "a table"
}

func kindPhrase(k tomlpos.Kind) string {
	switch {
	case k.IsString():
		return "a string"
	case k == tomlpos.Integer:
		return "an integer"
	case k == tomlpos.Float:
		return "a float"
	case k == tomlpos.Boolean:
		return "a boolean"
	case k == tomlpos.Array:
		return "a list"
	case k == tomlpos.InlineTable:
		return "a table"
	}
	return "a date or time"
}
