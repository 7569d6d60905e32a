package graphql

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// Bounds of the document cache, in bytes of document text. It has two generations.
const (
	maxCachedDocument   = 16 << 10
	maxCachedGeneration = 128 << 10
)

// documentCache holds valid documents. It takes none with a string or a number in
// it, so that no secret in a literal outlives its request. It needs only a map and a
// mutex, no channel, timer or goroutine, so that bubbles of testing/synctest can
// share it.
type documentCache struct {
	mu       sync.Mutex
	size     int
	recent   map[string]*ast.QueryDocument
	previous map[string]*ast.QueryDocument
}

func (c *documentCache) get(query string) *ast.QueryDocument {
	c.mu.Lock()
	defer c.mu.Unlock()
	if doc := c.recent[query]; doc != nil {
		return doc
	}
	doc := c.previous[query]
	if doc != nil {
		c.insert(query, doc)
	}
	return doc
}

func (c *documentCache) put(query string, doc *ast.QueryDocument) {
	if len(query) > maxCachedDocument {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.insert(query, doc)
}

func (c *documentCache) insert(query string, doc *ast.QueryDocument) {
	if c.recent == nil || c.size+len(query) > maxCachedGeneration {
		c.previous, c.recent, c.size = c.recent, map[string]*ast.QueryDocument{}, 0
	}
	c.recent[query] = doc
	c.size += len(query)
}

// document parses and validates a document, or takes the result from the cache. The
// result is shared and must not be changed.
func (s *Schema) document(query string) (doc *ast.QueryDocument, errs []*Error) {
	if doc := s.documents.get(query); doc != nil {
		return doc, nil
	}
	// gqlparser reads hostile input here. If it panics, the text that caused that must
	// not be logged.
	defer func() {
		if recover() != nil {
			doc, errs = nil, []*Error{{Message: "The document cannot be checked.", Code: CodeInternal}}
		}
	}()
	if strings.Count(query, "\n") > maxLines {
		return nil, []*Error{{Message: limitMessage("lines", maxLines), Code: CodeValidationFailed}}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, maxTokens)
	if err != nil {
		return nil, []*Error{syntaxError(err)}
	}
	if err := checkParsed(doc, query); err != nil {
		return nil, []*Error{err}
	}
	usage, limitErr := measure(doc)
	if limitErr != nil {
		return nil, []*Error{limitErr}
	}
	if errs := s.validate(doc); len(errs) > 0 {
		return nil, errs
	}
	if !usage.literals {
		s.documents.put(query, doc)
	}
	return doc, nil
}

// checkParsed returns an error for what gqlparser accepts and graphql-js 15 does
// not, and for a string that is not valid Unicode.
func checkParsed(doc *ast.QueryDocument, query string) *Error {
	hasVariables := func(f *ast.FragmentDefinition) bool { return len(f.VariableDefinition) > 0 }
	message := ""
	switch {
	case len(doc.Operations)+len(doc.Fragments) == 0:
		message = "Syntax Error: Unexpected <EOF>."
	case slices.ContainsFunc(doc.Fragments, hasVariables):
		message = "Syntax Error: a fragment has no variables of its own."
	case loneSurrogate(query):
		message = "Syntax Error: a string has half of a surrogate pair."
	default:
		return nil
	}
	return &Error{Message: message, Code: codeParseFailed}
}

// expected matches those messages of gqlparser that hold only kinds of tokens. "At
// least one definition" is how it words an empty pair of brackets.
var expected = lazyregexp.New(`^(?:E|e)xpected (at least one definition|[^\s"]+), ` +
	`found (<?[A-Za-z]+>?|[^\s\w"]+)$`)

// syntaxError words a parse error. gqlparser's text quotes what it found, which may
// be a value, so syntaxError takes over only kinds of tokens and the location.
func syntaxError(err error) *Error {
	out := &Error{Message: "Syntax Error: the document cannot be parsed", Code: codeParseFailed}
	e, ok := err.(*gqlerror.Error)
	if !ok {
		return out
	}
	for _, l := range e.Locations {
		out.Locations = append(out.Locations, Location{l.Line, l.Column})
	}
	if len(e.Locations) == 0 {
		out.Message = limitMessage("tokens", maxTokens)
	}
	if strings.HasPrefix(e.Message, "exceeded maximum nesting depth") {
		out.Message = fmt.Sprintf("Syntax Error: the document nests deeper than %d levels",
			parser.MaxNestingDepth)
	}
	if m := expected().FindStringSubmatch(e.Message); m != nil {
		want := strings.Replace(m[1], "at least one definition", "Name", 1)
		out.Message = "Syntax Error: Expected " + want + ", found " + m[2]
	}
	return out
}
