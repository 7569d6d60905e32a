package check

import (
	"errors"
	"sort"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// source is a file as the rules see it, whichever reader has read it.
type source struct {
	name       string
	doc        *tomlpos.Document
	problem    *tomlpos.Error // why it does not parse, or nil
	rejectedAt int            // offset at which the decoder rejected it, though the scanner did not, or -1
	verified   bool           // the scanner's positions agree with what the decoder read
	tokens     []token        // credentials anywhere in the text
	masked     []span         // of a file that parses: the values and comments never to show
	ignores    ignores        // of a file that parses and is verified

	// A file that a release reads in its own way has that reading in doc, and the one of
	// TOML 1.0 in standard. standard is nil if doc is that.
	standard *source
	python   *pythonRead // what the parser inside Prefect made of the text; nil until readPython

	opts      Options
	strictest bool          // the rules are to find what they may find in any run
	rules     []checker     // of this kind of file
	listRules func() []Rule // returns the rules that an ignore comment may name
	nameable  []Rule        // cached by nameableRules

	isManifest     bool
	readerProblems []tomlfile.Problem // of a manifest
	flow           *flow              // of a Python file
	secrets        *secretIndex       // of a Python file: the defined secrets
	blocks         *secretIndex       // the same for the Secret blocks of Prefect 2 and 3

	// What one rule has reported and others leave alone, by node.
	unread  map[tomlpos.NodeID]bool // settings that no release reads
	failing map[tomlpos.NodeID]bool // settings with which Prefect fails
	told    map[tomlpos.NodeID]bool // secrets with a $ that plaintext-secret has reported

	// Each is nil until the method that returns it was called.
	cachedSettings     []*setting      // see settings
	cachedInterpolated []*setting      // see interpolated
	cachedEnv          environment     // see env
	cachedTables       []bool          // see isTable
	cachedDefaults     *int            // see isCopy
	cachedOwn          map[string]bool // see isOwnSecretsTable
	cachedReferable    []string        // see referable
	cachedStarts       *startCache     // see readingsOf

	// Memory that frames use one after the other.
	frameText []byte
	frameLine maskedLine

	// What maskedPath has returned last: a message and its diagnostic ask for the same.
	lastMasked maskedNode
}

// span is a part of the text, in byte offsets, end exclusive.
type span struct{ start, end int }

// pythonRead is what the parser inside Prefect made of a text.
type pythonRead struct {
	table   *pytoml.Table
	refused *pytoml.Error
}

// newConfigSource reads a config as a version does. What a release refuses is seen as
// TOML 1.0, as far as it is that.
func newConfigSource(name, text string, v release.Version) *source {
	standard := newSource(name, text)
	if !v.HasOwnReader() {
		return standard
	}
	table, doc, refused := pytoml.Scan(text)
	standard.python = &pythonRead{table, refused}
	if refused != nil {
		return standard
	}
	return &source{
		name: name, doc: doc, rejectedAt: -1, verified: true, tokens: standard.tokens, ignores: readIgnores(doc),
		standard: standard, python: standard.python,
	}
}

// readPython returns what the parser inside Prefect makes of the text.
func (s *source) readPython() *pythonRead {
	if s.python == nil {
		table, refused := pytoml.Read(s.doc.Text)
		s.python = &pythonRead{table, refused}
	}
	return s.python
}

// newSource scans a text and, if the scanner finds no error, decodes it too.
func newSource(name, text string) *source {
	doc, problem := tomlpos.Scan(text)
	s := &source{name: name, doc: doc, problem: problem, rejectedAt: -1, verified: true, tokens: findTokens(text)}
	if problem == nil {
		var keys []toml.Key
		keys, s.rejectedAt = decodeKeys(text)
		s.verified = s.rejectedAt >= 0 || tomlpos.Verify(doc, keys)
	}
	if s.parses() && s.verified {
		s.ignores = readIgnores(doc)
	}
	return s
}

// decodeKeys returns the keys of a text and -1, or the offset at which the decoder
// rejected it. It drops the decoder's error, which quotes the text. If the decoder
// panics, the offset is 0.
func decodeKeys(text string) (keys []toml.Key, rejectedAt int) {
	rejectedAt = 0
	defer func() { _ = recover() }()
	var nothing struct{}
	meta, err := toml.Decode(text, &nothing)
	if err == nil {
		return meta.Keys(), -1
	}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		// The decoder does not count the byte order mark.
		rejectedAt = max(0, min(parse.Position.Start+tomlpos.MarkLength(text), len(text)))
	}
	return nil, rejectedAt
}

// position returns the position of an offset in the file.
func (s *source) position(offset int) tomlpos.Position {
	if s.flow != nil {
		return s.flow.position(offset)
	}
	return s.doc.Position(offset)
}

// shownLine returns the number in the file of a line of the text.
func (s *source) shownLine(number int) int {
	if s.flow != nil && s.flow.notebook != nil {
		number, _ = s.flow.notebook.Position(number, 1)
	}
	return number
}

// parses reports whether the file is TOML.
func (s *source) parses() bool { return s.problem == nil && s.rejectedAt < 0 }

// nodesBelow reports, for each node, whether it is the node of a path or below it.
func (s *source) nodesBelow(path ...string) []bool {
	below := make([]bool, len(s.doc.Nodes))
	top := tomlpos.Root
	for _, name := range path {
		child, ok := s.doc.Child(top, name)
		if !ok {
			return below
		}
		top = child
	}
	for i := range below {
		id := tomlpos.NodeID(i)
		below[i] = id == top || id != tomlpos.Root && below[s.doc.Nodes[i].Parent]
	}
	return below
}

// keyAt returns the index of the first key, in the order of the text, that ends
// after an offset.
func (s *source) keyAt(offset int) int {
	return sort.Search(len(s.doc.Keys), func(i int) bool { return s.doc.Keys[i].End > offset })
}
