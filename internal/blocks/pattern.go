package blocks

import (
	"errors"
	"path"
	"strings"
)

// StoredPattern returns the glob for the names of blocks that a glob for names matches.
func (c *Client) StoredPattern(glob string) (string, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return "", errors.New("not a glob")
	}
	return foldGlob(glob)
}

var errClass = errors.New("a class of characters, such as [A-Z], does not say which blocks it means: write a pattern without [")

// foldGlob folds what is literal in a glob. The folded names of what a class matches are
// not those of another class: of [!_] a dash may be one or not.
func foldGlob(glob string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(glob); i++ {
		switch glob[i] {
		case '*', '?':
			b.WriteByte(glob[i])
			continue
		case '[':
			return "", errClass
		case '\\':
			i++
		}
		folded, err := fold(glob[i : i+1])
		if err != nil {
			return "", err
		}
		b.WriteString(folded)
	}
	return b.String(), nil
}
