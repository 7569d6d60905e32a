package check

import (
	"errors"
	"sort"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// source is a file as the rules see it.
type source struct {
	name               string
	doc                *tomlpos.Document
	problem            *tomlpos.Error  // why it does not parse, or nil
	rejectedAt         int             // where the decoder refused what the scanner passed, or -1
	verified           bool            // the scanner's places agree with what the decoder read
	tokens             []token         // what looks like a token, anywhere
	masked             []span          // of a file that parses: what is never shown; see masks
	ignores            ignores         // of a file that parses, if its places are certain
	cachedSettings     []setting       // see settings
	cachedStrings      []setting       // see texts
	cachedInterpolated []setting       // see withDollar
	cachedEnv          map[string]bool // see env
	cachedTables       []bool          // which nodes have names below them; see isTable
	isManifest         bool            // and no configuration
	opts               Options
	rules              []checker          // of this kind of file
	listRules          func() []Rule      // gives known
	nameable           []Rule             // that an ignore comment may name; see knownRules
	readerProblems     []tomlfile.Problem // of a manifest: what its reader found
	flow               *flow              // of a Python file
	secrets            *secretIndex       // of a Python file: those that there are
}

// span is a part of the text, in byte offsets, end exclusive.
type span struct{ start, end int }

// read scans a text and, if that finds no fault, lets the decoder read it too.
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

// decode returns the keys of a text, or the offset where the decoder stopped.
// What the decoder says about it is dropped, since it quotes the text.
func decodeKeys(text string) (keys []toml.Key, refused int) {
	refused = 0
	defer func() { _ = recover() }()
	var nothing struct{}
	meta, err := toml.Decode(text, &nothing)
	if err == nil {
		return meta.Keys(), -1
	}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		// The decoder does not count the byte order mark.
		refused = max(0, min(parse.Position.Start+tomlpos.MarkLength(text), len(text)))
	}
	return nil, refused
}

// parses reports whether the file is TOML.
func (s *source) parses() bool { return s.problem == nil && s.rejectedAt < 0 }

// below reports, for each node, whether it is what top names or stands under it.
func (s *source) nodesBelow(top ...string) []bool {
	under := make([]bool, len(s.doc.Nodes))
	root := tomlpos.Root
	for _, name := range top {
		child, ok := s.doc.Child(root, name)
		if !ok {
			return under
		}
		root = child
	}
	for i := range under {
		id := tomlpos.NodeID(i)
		under[i] = id == root || id != tomlpos.Root && under[s.doc.Nodes[i].Parent]
	}
	return under
}

// keyAt is the first key, in the order of the text, that ends after an offset.
func (s *source) keyAt(offset int) int {
	return sort.Search(len(s.doc.Keys), func(i int) bool { return s.doc.Keys[i].End > offset })
}
