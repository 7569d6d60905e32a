package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkSyntax reports the error that keeps the file from parsing.
func checkSyntax(s *source, report func(finding)) {
	switch {
	case s.problem != nil:
		p := s.problem
		report(finding{
			message: cmp.Or(mergeMark(s.doc.Text[p.Start:]), problemMessage(s.doc, p)),
			hint:    problemHint(p.Problem),
			node:    p.Node,
			start:   p.Start,
			end:     p.End,
		})
	case s.rejectedAt >= 0:
		report(finding{message: "this is not TOML 1.0", hint: mayFailHint, start: s.rejectedAt, end: s.rejectedAt})
	}
}

// mergeMark says that a text begins with a line that git leaves where it could not
// merge, or returns "".
func mergeMark(text string) string {
	for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if strings.HasPrefix(text, mark) {
			return "this is the mark of a merge conflict: decide between the two sides and take the marks out"
		}
	}
	return ""
}

func problemMessage(doc *tomlpos.Document, p *tomlpos.Error) string {
	message := p.Problem.String()
	switch {
	case p.Origin < 0:
		return message
	case p.Problem == tomlpos.NoComma:
		return fmt.Sprintf("%s, in what opens on line %d", message, doc.Position(p.Origin).Line)
	}
	return fmt.Sprintf("%s, on line %d first", message, doc.Position(p.Origin).Line)
}

const (
	failsHint    = "import prefect and every prefect command fail with a traceback that ends in toml/decoder.py and names no file"
	mayFailHint  = "import prefect and every prefect command fail with a traceback that ends in toml/decoder.py and names no file, or the parser inside Prefect lets it pass and reads something else"
	encodingHint = "import prefect and every prefect command fail with a traceback that names no file; save it as UTF-8 text"
	depthHint    = "use fewer levels"
)

// problemHint returns what Prefect does with the file.
func problemHint(p tomlpos.Problem) string {
	switch p {
	case tomlpos.NotUTF8, tomlpos.UTF16:
		return encodingHint
	case tomlpos.TooDeep:
		return depthHint
	}
	if rejectedByPython[p] {
		return failsHint
	}
	return mayFailHint
}

// rejectedByPython are the problems for which Python's toml 0.10.2, the parser
// inside Prefect, rejected every text of the toml-test suite (v1.6.0 and v2.2.0)
// that has them. It may accept a text with any other problem.
var rejectedByPython = map[tomlpos.Problem]bool{
	tomlpos.NoKey:               true,
	tomlpos.NoEquals:            true,
	tomlpos.UnclosedHeader:      true,
	tomlpos.Trailing:            true,
	tomlpos.NoValue:             true,
	tomlpos.Unquoted:            true,
	tomlpos.UnclosedString:      true,
	tomlpos.UnclosedMultiline:   true,
	tomlpos.BadEscape:           true,
	tomlpos.BadCodePoint:        true,
	tomlpos.NoComma:             true,
	tomlpos.InlineTrailingComma: true,
	tomlpos.EscapeE:             true,
	tomlpos.EscapeX:             true,
	tomlpos.NoSeconds:           true,
}
