package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkSyntax reports the error that keeps the file from parsing.
func checkSyntax(s *source, report func(finding)) {
	if s.parses() {
		return
	}
	f := s.syntaxFinding()
	f.hint = s.syntaxHint()
	report(f)
}

// syntaxFinding returns the first fault of a text that is not TOML 1.0.
func (s *source) syntaxFinding() finding {
	p := s.problem
	if p == nil {
		return finding{message: "this is not TOML 1.0", start: s.rejectedAt, end: s.rejectedAt}
	}
	message := cmp.Or(mergeMark(s.doc.Text[p.Start:]), problemMessage(s.doc, p))
	return finding{message: message, node: p.Node, start: p.Start, end: p.End}
}

// mergeMark says that a text begins with a line that git leaves where it could not
// merge, or returns "".
func mergeMark(text string) string {
	for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if strings.HasPrefix(text, mark) {
			return "this is the mark of a merge conflict: choose one of the two sides and remove the marks"
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
	passesHint   = "every other reader of TOML stops here"
	encodingHint = "import prefect and every prefect command fail with a traceback that names no file; save it as UTF-8"
	depthHint    = "use fewer levels"
)

// syntaxHint returns what Prefect does with a text that is not TOML 1.0.
func (s *source) syntaxHint() string {
	if s.problem != nil && s.problem.Problem == tomlpos.TooDeep {
		return depthHint
	}
	switch refused := s.readPython().refused; {
	case refused == nil:
		return passesHint + "; " + s.prefectReads()
	case refused.Limit != nil:
		return refused.Error()
	case refused.Class == "UnicodeDecodeError":
		return encodingHint
	}
	return failsHint
}
