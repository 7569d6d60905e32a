package keysfile

import (
	"errors"
	"fmt"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Access is who may ask for what, as a keys file says it.
//
// The file holds hashes of keys and no keys, so that whoever reads it, a backup
// or a repository has no way in. A hash is one plain SHA-256 without a salt or a
// work factor: those slow the guessing of passwords that people choose, and
// [NewKey] makes keys of 130 random bits that no guessing reaches. A key that a
// person chose must not be hashed like this, and keygen takes none.
type Access struct {
	// URL is where clients reach this server, as they write it; the audience of
	// GitHub's tokens. Empty where the file does not say.
	URL     string
	Tenants []cloud.Tenant
	Keys    []cloud.Key // with Hash and Former in place of Secret
	GitHub  []Mapping   // in the order of the file
}

// Parse reads a keys file; name is what errors call it. A text that is not
// TOML 1.0 fails with the place of the first fault, anything else that is wrong
// with a [*Error], which has all of it. No error quotes a value.
func Parse(name string, text []byte) (*Access, error) {
	doc, tree, err := decode(name, string(text))
	if err != nil {
		return nil, err
	}
	r := newReader(name, doc)
	a := (&accessReader{reader: r}).access(spot{r, tomlpos.Root, tree})
	if err := r.err(); err != nil {
		return nil, err
	}
	return a, nil
}

// decode keeps nothing of the decoder's own text, which quotes the input.
func decode(name, text string) (doc *tomlpos.Document, tree map[string]any, err error) {
	doc, problem := tomlpos.Scan(text)
	if problem != nil {
		at := doc.Position(problem.Start)
		return nil, nil, fmt.Errorf("%s:%d:%d: not valid TOML: %s", name, at.Line, at.Column, problem.Problem)
	}
	_, err = toml.Decode(text, &tree)
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return nil, nil, fmt.Errorf("%s:%d: not valid TOML", name, parse.Position.Line)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: not valid TOML", name)
	}
	return doc, tree, nil
}
