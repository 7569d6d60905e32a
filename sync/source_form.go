package sync

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

var errTOML = errors.New("TOML: a file of secrets is JSON or dotenv; the [context.secrets] of a Prefect config are read by prefect-secrets sync --secrets-config")

// tomlHeader finds a line with a table's name, with only comments before it.
var tomlHeader = lazyregexp.New(`^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(\[)\[?[ \t]*[A-Za-z_][A-Za-z0-9_.-]*[ \t]*\]\]?[ \t]*(?:#[^\n]*)?\r?\n`)

// errorOfTOML returns errTOML with the position of the first table.
func errorOfTOML(label, text string) error {
	t, at := newSourceText(label, []byte(text)), 0
	if header := tomlHeader().FindStringSubmatchIndex(text); header != nil {
		at = header[2]
	}
	return t.errorAt(at, "%w", errTOML)
}

// startsWithComment reports whether a text begins with a comment that JSON lacks, but
// that some take for JSON's.
func startsWithComment(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(text, "//") || strings.HasPrefix(text, "/*")
}

// otherForms are what is given in place of a JSON object. Comments and empty lines may
// come first.
var otherForms = []struct {
	pattern func() *regexp.Regexp
	what    string
}{
	{lazyregexp.New(`^(Object|Array)\s*$`), "a context that was not converted to JSON"},
	{lazyregexp.New(`^\[object Object\]\s*$`), "a JavaScript object that was not converted to JSON"},
	{lazyregexp.New(`^(\$\{\{|toJSON\()`), "an expression that was not evaluated, as GitHub does in a workflow file with ${{ }} around it"},
	{lazyregexp.New(`^\[\[?[A-Za-z_][A-Za-z0-9_.-]*\]\]?\s*\n`), "TOML"},
	{lazyregexp.New(`^['"]\s*\{`), "JSON in quotation marks, as if it were a string"},
	{lazyregexp.New(`^(export[ \t]+)?[A-Za-z_.][A-Za-z0-9_.-]*[ \t]*=`), "NAME=value lines, as in a dotenv file"},
	{lazyregexp.New(`^(---\s|[A-Za-z_][A-Za-z0-9_.-]*:([ \t]|\r?\n))`), "YAML"},
	{lazyregexp.New(`(?i)^[\w./\\:-]+\.(json|env|toml|ya?ml)\s*$`), "a path"},
}

// otherForm returns what a text is that should have been a JSON object, and where that
// begins; an empty string if it is not known.
func otherForm(data []byte) (at int, what string) {
	rest := bytes.TrimLeft(data, " \t\r\n")
	for bytes.HasPrefix(rest, []byte("#")) {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
		rest = bytes.TrimLeft(rest, " \t\r\n")
	}
	for _, form := range otherForms {
		if form.pattern().Match(rest) {
			return len(data) - len(rest), form.what
		}
	}
	return 0, ""
}
