package storekind

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// Blocks is Prefect 2 and 3, which keep secrets as Secret blocks.
var Blocks = &Kind{
	Name:    "blocks",
	Readers: []string{"3", "2"},
	Refused: map[string]string{
		Tenant:        "a workspace has an api-url of its own",
		Dialect:       "there is only one",
		VerifyKeyFile: "the key that writes also reads the values back",
		Overwrite:     "blocks have no owner: use any",
	},
	KeyVariables:  []string{"PREFECT_SECRETS_API_KEY", "PREFECT_API_KEY", apikey.AuthString},
	URLVariable:   "PREFECT_API_URL", // Prefect's own since 2.0
	CheckKey:      checkBlocksKey,
	storedName:    blockName,
	storedPattern: blockPattern,
}

// checkBlocksKey accepts any string that Basic authentication may have.
func checkBlocksKey(key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return apikey.ErrNone
	case apikey.IsSecretsAPI(key):
		return apikey.ErrSecretsAPI
	case !strings.Contains(key, ":") && !apikey.FitsHeader(key):
		return apikey.ErrNotHeader
	}
	return nil
}

// blockName returns the name of a block, which has lower-case letters, digits and dashes
// alone. The names of GitHub's secrets give different names.
func blockName(name string) (string, error) {
	var b strings.Builder
	for _, c := range name {
		stored, ok := blockRune(c)
		if !ok {
			return "", fmt.Errorf("a block's name cannot contain %q", c)
		}
		b.WriteRune(stored)
	}
	return b.String(), nil
}

// blockRune returns what a character of a name becomes in the name of a block, and
// whether there is such a character.
func blockRune(c rune) (rune, bool) {
	switch {
	case 'A' <= c && c <= 'Z':
		return c - 'A' + 'a', true
	case c == '_' || c == ' ' || c == '.':
		return '-', true
	}
	return c, c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
}

// blockPattern does the same for the characters of a glob, also in its classes.
func blockPattern(glob string) (string, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return "", err
	}
	p := patternFolder{rest: []rune(glob)}
	for len(p.rest) > 0 && p.err == nil {
		switch c := p.next(); c {
		case '*', '?':
			p.out.WriteRune(c)
		case '[':
			p.class()
		default:
			p.write(p.character(c))
		}
	}
	return p.out.String(), p.err
}

// patternFolder reads a valid glob, and writes it for the names of blocks.
type patternFolder struct {
	rest []rune
	out  strings.Builder
	err  error
}

func (p *patternFolder) next() rune {
	c := p.rest[0]
	p.rest = p.rest[1:]
	return c
}

// character returns the character that begins with c, which may be a backslash.
func (p *patternFolder) character(c rune) rune {
	if c == '\\' {
		c = p.next()
	}
	if _, ok := blockRune(c); !ok && p.err == nil {
		p.err = fmt.Errorf("a block's name cannot contain %q, so the pattern matches none", c)
	}
	return c
}

// class writes the class whose bracket was read.
func (p *patternFolder) class() {
	p.out.WriteByte('[')
	if p.rest[0] == '^' {
		p.out.WriteRune(p.next())
	}
	for c := p.next(); c != ']' && p.err == nil; c = p.next() {
		first := p.character(c)
		p.writeInClass(first)
		if p.rest[0] != '-' {
			continue
		}
		p.next()
		last := p.character(p.next())
		if !isRange(first, last) && p.err == nil {
			p.err = errors.New("a range in brackets must be of letters in one case or of digits: list the characters")
		}
		p.out.WriteByte('-')
		p.writeInClass(last)
	}
	p.out.WriteByte(']')
}

// isRange reports whether all characters of a range become those of a range.
func isRange(first, last rune) bool {
	return slices.ContainsFunc([]string{"AZ", "az", "09"}, func(all string) bool {
		return rune(all[0]) <= first && last <= rune(all[1])
	})
}

// write writes what a character becomes.
func (p *patternFolder) write(c rune) {
	stored, _ := blockRune(c)
	p.out.WriteRune(stored)
}

// writeInClass does the same in a class, where a dash alone would make a range.
func (p *patternFolder) writeInClass(c rune) {
	if stored, _ := blockRune(c); stored == '-' {
		p.out.WriteByte('\\')
	}
	p.write(c)
}
