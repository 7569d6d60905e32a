package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// What Prefect does with TOML 1.0 that the parser inside it, Python's toml 0.10.2,
// does not read as TOML 1.0 says.
const (
	refuses = "import prefect fails with TomlDecodeError"
	misread = "Prefect reads something else"
)

const byteOrderMark = "\ufeff"

// checkCompat reports valid TOML that toml 0.10.2 refuses or reads differently, as
// measured with it.
func checkCompat(s *source, report func(finding)) {
	kinds := make([]tomlpos.Kind, len(s.doc.Nodes))
	for _, v := range s.doc.Values {
		kinds[v.Node] = v.Kind
	}
	mixed := s.mixedLists(kinds)
	for _, v := range s.doc.Values {
		raw := s.doc.Text[v.Start:v.End]
		message, hint := compatOfValue(v.Kind, raw)
		switch {
		case mixed[v.Node]:
			message, hint = "a list of several types: "+refuses, "give every element the same type; an int is no float to it, and a date no time"
		case kinds[s.doc.Nodes[v.Node].Parent] == tomlpos.InlineTable && message == "":
			message, hint = compatInline(v.Kind, raw)
		}
		if message != "" {
			report(finding{message: message, hint: hint, node: v.Node, start: v.Start, end: v.End})
		}
	}
	s.compatKeys(report)
}

// mixedLists reports, for each node, whether it is a list of several types.
func (s *source) mixedLists(kinds []tomlpos.Kind) []bool {
	first, mixed := make([]string, len(kinds)), make([]bool, len(kinds))
	for id, n := range s.doc.Nodes {
		if n.Index < 0 || kinds[n.Parent] != tomlpos.Array {
			continue
		}
		kind := compatType(kinds[id])
		if first[n.Parent] == "" {
			first[n.Parent] = kind
		}
		mixed[n.Parent] = mixed[n.Parent] || first[n.Parent] != kind
	}
	return mixed
}

// compatType is what the parser takes for one type.
func compatType(k tomlpos.Kind) string {
	switch k {
	case tomlpos.OffsetDateTime, tomlpos.LocalDateTime, tomlpos.LocalDate:
		return "date"
	case tomlpos.BasicString, tomlpos.MultilineString, tomlpos.LiteralString, tomlpos.MultilineLiteral:
		return "text"
	}
	return fmt.Sprint(k)
}

func compatOfValue(kind tomlpos.Kind, raw string) (message, hint string) {
	switch {
	case kind == tomlpos.MultilineString && len(raw) > 6 && strings.HasSuffix(raw, `""""`) && raw[len(raw)-5] != '\\':
		return "a text that ends with a quote before its closing quotes: " + refuses, `escape the quote, as in \"`
	case kind == tomlpos.MultilineLiteral && len(raw) > 6 && strings.HasSuffix(raw, "''''"):
		return "a text that ends with a quote before its closing quotes: " + refuses, `use """ and not '''`
	case kind == tomlpos.MultilineString && strings.HasPrefix(raw, "\"\"\"\r\n"):
		return "a text that begins with a Windows line ending: " + misread, `end lines with \n alone, or begin the text right after the quotes`
	case raw == `"\""`:
		return "a text of one escaped quote: " + misread + ", the empty text", `write it as '"'`
	case kind == tomlpos.OffsetDateTime && strings.HasSuffix(raw, "z"):
		return "a time with a small z: " + misread + ", a time without a zone", "write Z"
	case kind == tomlpos.LocalTime && strings.Contains(raw, ".") && len(raw)-strings.IndexByte(raw, '.')-1 != 6:
		return "a time with a fraction of other than six digits: " + misread, "give six digits, or none"
	}
	return "", ""
}

// compatInline is about values in an inline table.
func compatInline(kind tomlpos.Kind, raw string) (message, hint string) {
	number := kind == tomlpos.Integer || kind == tomlpos.Float
	if number && (strings.HasPrefix(raw, "+") || strings.HasSuffix(raw, "inf") || strings.HasSuffix(raw, "nan")) {
		return "a number in an inline table that is inf, nan or has a plus sign: " + refuses, "leave the sign out, or write a table of its own"
	}
	return "", ""
}

// compatKeys is about how keys are written, each where it stands.
func (s *source) compatKeys(report func(finding)) {
	if strings.HasPrefix(s.doc.Text, byteOrderMark) {
		report(finding{message: "a byte order mark: " + misread + ", or import prefect fails", hint: "save the file as UTF-8 without a mark", end: len(byteOrderMark)})
	}
	for i, k := range s.doc.Keys {
		raw := s.doc.Text[k.Start:k.End]
		message, hint := compatKey(raw, k.Header)
		if message == "" && !k.Last && !k.Header && s.blankBesideDot(i) {
			message, hint = "a key with a blank beside its dot: "+misread+", or import prefect fails", "write the dot without blanks"
		}
		if message != "" {
			report(finding{message: message, hint: hint, node: k.Node, start: k.Start, end: k.End})
		}
	}
}

func compatKey(raw string, header bool) (message, hint string) {
	switch {
	case header && len(raw) == 2 && (raw == `""` || raw == "''"):
		return "a table without a name: " + refuses, "give it a name"
	case strings.HasPrefix(raw, `"`) && (strings.Contains(raw, `\u`) || strings.Contains(raw, `\U`)):
		return `a key with the escape \u: ` + misread + ", the escape as it is written", "write the character itself"
	case strings.HasPrefix(raw, "'") && strings.Contains(raw, `\`):
		return "a key in single quotes with a backslash: " + misread + ", an escape", `use double quotes, and \\ for a backslash`
	}
	return "", ""
}

// blankBesideDot reports whether blanks stand around the dot after a part of a key.
func (s *source) blankBesideDot(i int) bool {
	if i+1 >= len(s.doc.Keys) {
		return false
	}
	between := s.doc.Text[s.doc.Keys[i].End:s.doc.Keys[i+1].Start]
	return strings.ContainsAny(between, " \t") && strings.Trim(between, " \t") == "."
}
