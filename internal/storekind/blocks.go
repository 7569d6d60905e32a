package storekind

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// ReaderSetting is the setting that says for which Prefect a block is written.
const ReaderSetting = "reader"

// Blocks is Prefect 2 and 3, which keep secrets as Secret blocks.
var Blocks = &Kind{
	Name: "blocks",
	Settings: []Setting{{
		Name: ReaderSetting, Values: []string{"3", "2"}, Meaning: "the major version of Prefect that the flows run",
	}},
	Refused: map[string]string{
		Tenant:        "each workspace has its own api-url",
		Dialect:       "leave it out",
		VerifyKeyFile: "the key that writes also reads values back",
		Overwrite:     "blocks have no owner: leave it out, or use any",
		StoreKeyFile:  "it is for embedded:PATH, which keeps no blocks",
	},
	// of the last two Prefect 3 takes the first as well (client/orchestration of 3.9.1)
	KeyVariables: []string{"PREFECT_SECRETS_API_KEY", apikey.AuthString, bearerVariable},
	URLVariable:  "PREFECT_API_URL", // Prefect's own since 2.0

	ManifestURLFirst: true,

	CheckKey:      checkBlocksKey,
	storedName:    blockName,
	storedPattern: blockPattern,
}

// bearerVariable is the variable whose key Prefect sends as Bearer.
const bearerVariable = "PREFECT_API_KEY"

// IsAuthString reports whether a key for blocks is an auth string, which is sent as Basic.
// Any other is sent as Bearer. Prefect's own variables say which it is. Elsewhere a key of
// Prefect Cloud is known by its form, and a server of Prefect takes nothing but an auth
// string. A key with a colon always is one: none that is sent as Bearer has a colon
// (RFC 6750, 2.1).
func IsAuthString(key Key) bool {
	switch {
	case key.Variable == apikey.AuthString, strings.Contains(key.Text, ":"):
		return true
	case key.Variable == bearerVariable, key.Cloud:
		return false
	}
	return !apikey.IsPrefectCloud(key.Text)
}

// ErrControl means that an auth string cannot be sent (RFC 7617, 2).
var ErrControl = errors.New("the auth string contains a control character, such as a line end")

func checkBlocksKey(key Key) error {
	isAuthString := IsAuthString(key)
	switch {
	case strings.TrimSpace(key.Text) == "":
		return apikey.ErrNone
	case apikey.IsSecretsAPI(key.Text):
		return apikey.ErrSecretsAPI
	case isAuthString && key.Cloud:
		return apikey.ErrAuthString
	case isAuthString && strings.ContainsFunc(key.Text, unicode.IsControl):
		return ErrControl
	case !isAuthString && !apikey.FitsHeader(key.Text):
		return apikey.ErrNotHeader
	}
	return nil
}

// blockName returns name itself if it is the name of a block, and else in lower case, with
// a dash for each other character of ASCII. Two dashes stay two, so that A_B and A__B are
// two blocks: the names of GitHub's secrets all stay different.
func blockName(name string) (string, error) {
	if name == "" {
		return "", errors.New("a name is empty")
	}
	var b strings.Builder
	for _, c := range name {
		stored, ok := blockRune(c)
		if !ok {
			return "", noRune(c)
		}
		b.WriteRune(stored)
	}
	return b.String(), nil
}

func noRune(c rune) error {
	return fmt.Errorf("a block's name has only lower-case letters, digits and dashes, and %q has no replacement", c)
}

// blockRune returns what a character of a name becomes in the name of a block, and
// whether there is such a character.
func blockRune(c rune) (rune, bool) {
	switch {
	case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
		return c, true
	case 'A' <= c && c <= 'Z':
		return c - 'A' + 'a', true
	}
	return '-', ' ' <= c && c <= '~'
}

// blockPattern does the same for the characters of a glob, also in its classes.
func blockPattern(glob string) (string, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return "", errors.New("invalid pattern")
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
		p.err = noRune(c)
	}
	return c
}

// class writes the class whose bracket was read.
func (p *patternFolder) class() {
	p.out.WriteByte('[')
	if p.rest[0] == '^' {
		p.err = errors.New("a block's pattern cannot have [^…]: list the characters that match")
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
			p.err = errors.New("invalid range in brackets: use digits, or letters of one case")
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
