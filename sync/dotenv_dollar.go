package sync

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// What libraries make of a $. motdotla/dotenv keeps it. godotenv and compose-go
// replace $NAME and ${NAME} outside single quotes, python-dotenv ${NAME} everywhere;
// all three put nothing in place of a name that is not set.
var (
	errDollar     = errors.New("a backslash before a $: some libraries remove it; in single quotes both are kept")
	errExpression = errors.New("a ${ that does not begin a plain ${NAME}: some libraries replace it or refuse the file, python-dotenv even in single quotes; JSON keeps it as it is")
)

const (
	noteDollar       = "its $ is kept, though some dotenv libraries replace it: single quotes make that explicit"
	noteSingleDollar = "its ${ is kept, though python-dotenv replaces it even in single quotes"
)

var (
	bracedName = lazyregexp.New(`^\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	bareName   = lazyregexp.New(`^\{?([A-Za-z_][A-Za-z0-9_]*)`)
	// godotenvName is what godotenv takes for a name.
	godotenvName = lazyregexp.New(`^\(?\{?([A-Z0-9_]+)`)
	// pythonReference is what python-dotenv replaces.
	pythonReference = lazyregexp.New(`\$\{[^}:]*(?::-[^}]*)?\}`)
)

// checkDollars reports each $ of a value that some libraries replace by something of
// this file, and returns a note about those that are kept as they are.
func (p *dotenvParser) checkDollars(v dotenvValue) (note string) {
	if v.quote == '\'' {
		for _, found := range pythonReference().FindAllIndex(v.raw, -1) {
			note = noteSingleDollar
			p.checkReference(v, found[0])
		}
		return note
	}
	for i, c := range v.raw {
		if c == '$' && p.checkReference(v, i) {
			note = noteDollar
		}
	}
	return note
}

// checkReference reports the $ at an index of a value if it refers to another entry,
// or is not a plain reference, and returns whether any library replaces it.
func (p *dotenvParser) checkReference(v dotenvValue, i int) (replaced bool) {
	after := v.raw[i+1:]
	braced := len(after) > 0 && after[0] == '{'
	switch {
	case i > 0 && v.raw[i-1] == '\\' && v.quote == 0:
		p.report(v.at+i-1, fmt.Errorf("%q: %w", v.name, errDollar))
	case braced && !bracedName().Match(after):
		p.report(v.at+i, fmt.Errorf("%q: %w", v.name, errExpression))
	default:
		p.checkNames(v, i, braced)
	}
	return bareName().Match(after) || godotenvName().Match(after) || len(after) > 0 && after[0] == '$'
}

func (p *dotenvParser) checkNames(v dotenvValue, i int, braced bool) {
	remedy := "put this one in single quotes, which keep it"
	if braced {
		remedy = "use JSON, which keeps it"
	}
	for _, pattern := range []*regexp.Regexp{bareName(), godotenvName()} {
		found := pattern.FindSubmatch(v.raw[i+1:])
		if found == nil || string(found[1]) == v.name {
			continue
		}
		if line, ok := p.lines[string(found[1])]; ok {
			p.report(v.at+i, fmt.Errorf("%q: a reference to %q of line %d, whose value some libraries put in its place: write that value, or %s", v.name, found[1], line, remedy))
			return
		}
	}
}
