package check

import (
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// These parts of messages say what happens to TOML 1.0 that the parser inside
// Prefect, Python's toml 0.10.2, does not read as TOML 1.0.
const (
	fails   = "import prefect fails"
	rejects = fails + " with TomlDecodeError"
	misread = "Prefect reads something else"
)

// checkCompat reports TOML that toml 0.10.2 rejects or reads differently, and what only
// that reads. pytoml decides whether it does; the patterns that are known to be the reason
// give the position and the message.
func checkCompat(s *source, report func(finding)) {
	standard := s
	if s.standard != nil {
		standard = s.standard
	}
	if !standard.parses() {
		report(s.lenientFinding())
		return
	}
	if standard.isSimple() {
		return
	}
	for _, f := range standard.compatFindings() {
		if standard != s { // whose nodes are others
			f.key, f.node = standard.maskedPath(f.node), tomlpos.Root
		}
		report(f)
	}
}

// compatFindings returns the findings about a text that is TOML 1.0.
func (s *source) compatFindings() []finding {
	findings := s.patternFindings()
	refused := s.readPython().refused
	if refused == nil {
		return s.misreadFindings(findings, s.misread())
	}
	known := false
	for i, f := range findings {
		known = known || strings.Contains(f.message, fails)
		findings[i].message = strings.ReplaceAll(f.message, rejects, fails+" with "+refused.Class)
	}
	if !known || refused.Limit != nil {
		findings = append(findings, s.rejectedLine(refused))
	}
	return findings
}

const compatHint = "Prefect reads TOML with Python's toml 0.10.2; write this more simply, such as on one line, with one kind of quotes"

// rejectedLine returns a finding about the line at which toml 0.10.2 rejects the file.
func (s *source) rejectedLine(refused *pytoml.Error) finding {
	start := refused.Offset
	for start < len(s.doc.Text)-1 && strings.IndexByte(" \t\r\n", s.doc.Text[start]) >= 0 {
		start++
	}
	end := max(lineEnd(s.doc.Text, start), min(start+1, len(s.doc.Text)))
	message := "valid TOML that Prefect's parser stops at: " + fails + " with " + refused.Class
	if refused.Limit != nil {
		message = refused.Error()
	}
	return finding{message: message, hint: compatHint, start: start, end: end}
}

// misreadFindings returns the pattern findings about misread nodes, and a finding
// for each misread node that has none.
func (s *source) misreadFindings(patterns []finding, misreadNodes []tomlpos.NodeID) []finding {
	slices.Sort(misreadNodes)
	var found []finding
	for _, f := range patterns {
		if slices.ContainsFunc(misreadNodes, func(n tomlpos.NodeID) bool { return s.related(f.node, n) }) {
			found = append(found, f)
		}
	}
	for _, n := range slices.Compact(misreadNodes) {
		if slices.ContainsFunc(found, func(f finding) bool { return s.related(f.node, n) }) {
			continue
		}
		start, end := s.spanOf(n)
		found = append(found, finding{message: "valid TOML that Prefect's parser takes for something else: " + misread, hint: compatHint, node: n, start: start, end: end})
	}
	return found
}

// related reports whether one of two nodes is the other or a parent of it.
func (s *source) related(a, b tomlpos.NodeID) bool { return s.above(a, b) || s.above(b, a) }

// above reports whether top is n or a parent of it.
func (s *source) above(top, n tomlpos.NodeID) bool {
	for n != top && n != tomlpos.Root {
		n = s.doc.Nodes[n].Parent
	}
	return n == top
}

// patternFindings returns a finding for each pattern that toml 0.10.2 rejects or
// misreads, as measured.
func (s *source) patternFindings() (found []finding) {
	kinds := s.nodeKinds()
	mixed := s.mixedLists(kinds)
	for _, v := range s.doc.Values {
		raw := s.doc.Text[v.Start:v.End]
		message, hint := compatValue(v.Kind, raw)
		switch {
		case mixed[v.Node]:
			message, hint = "a list of several types: "+rejects, "give every element the same type; an int and a float are two types, and so are a date and a time"
		case kinds[s.doc.Nodes[v.Node].Parent] == tomlpos.InlineTable && message == "":
			message, hint = compatInline(v.Kind, raw)
		case message == "" && strings.Contains(raw, "\n") && !v.Kind.IsContainer():
			message, hint = s.compatMultiline(v)
		}
		if message != "" {
			found = append(found, finding{message: message, hint: hint, node: v.Node, start: v.Start, end: v.End})
		}
	}
	s.compatKeys(func(f finding) { found = append(found, f) })
	return found
}

// mixedLists reports, for each node, whether it is a list of several types.
func (s *source) mixedLists(kinds []tomlpos.Kind) []bool {
	first, mixed := make([]tomlpos.Kind, len(kinds)), make([]bool, len(kinds))
	for id := range s.doc.Nodes {
		n := &s.doc.Nodes[id]
		if n.Index < 0 || kinds[n.Parent] != tomlpos.Array {
			continue
		}
		kind := compatKind(kinds[id])
		if first[n.Parent] == 0 {
			first[n.Parent] = kind
		}
		mixed[n.Parent] = mixed[n.Parent] || first[n.Parent] != kind
	}
	return mixed
}

// compatKind returns one kind for all those to which toml 0.10.2 gives the same type.
func compatKind(k tomlpos.Kind) tomlpos.Kind {
	switch k {
	case tomlpos.OffsetDateTime, tomlpos.LocalDateTime, tomlpos.LocalDate:
		return tomlpos.LocalDate
	case tomlpos.BasicString, tomlpos.MultilineString, tomlpos.LiteralString, tomlpos.MultilineLiteral:
		return tomlpos.BasicString
	}
	return k
}

// compatValue is about values, wherever they are.
func compatValue(kind tomlpos.Kind, raw string) (message, hint string) {
	switch {
	case kind == tomlpos.MultilineString && len(raw) > 6 && strings.HasSuffix(raw, `""""`) && raw[len(raw)-5] != '\\':
		return "a string that ends with a quote before its closing quotes: " + rejects, `escape the quote, as in \"`
	case kind == tomlpos.MultilineLiteral && len(raw) > 6 && strings.HasSuffix(raw, "''''"):
		return "a string that ends with a quote before its closing quotes: " + rejects, `use """ and not '''`
	case raw == `"\""`:
		return "a string of one escaped quote: " + misread + ", the empty string", `write it as '"'`
	case kind == tomlpos.OffsetDateTime && strings.HasSuffix(raw, "z"):
		return "a time with a small z: " + misread + ", a time without a zone", "write Z"
	case kind == tomlpos.LocalTime && strings.Contains(raw, ".") && len(raw)-strings.IndexByte(raw, '.')-1 != 6:
		return "a time with a fraction of other than six digits: " + misread, "give six digits, or none"
	}
	return "", ""
}

// compatInline is about values in an inline table. toml 0.10.2 misreads most strings
// of several lines there; misreadFindings omits those that it reads right.
func compatInline(kind tomlpos.Kind, raw string) (message, hint string) {
	number := kind == tomlpos.Integer || kind == tomlpos.Float
	if strings.Contains(raw, "\n") && (kind == tomlpos.MultilineString || kind == tomlpos.MultilineLiteral) {
		return "a multi-line string in an inline table: " + misread + ", or " + fails, "write a table of its own"
	}
	if number && (strings.HasPrefix(raw, "+") || strings.HasSuffix(raw, "inf") || strings.HasSuffix(raw, "nan")) {
		return "a number in an inline table that is inf, nan or has a plus sign: " + rejects, "leave the sign out, or write a table of its own"
	}
	return "", ""
}

// compatMultiline is about a string of several lines. The message is true only if toml
// 0.10.2 misreads the string; misreadFindings omits it otherwise.
func (s *source) compatMultiline(v tomlpos.Value) (message, hint string) {
	rest := s.doc.Text[v.End:lineEnd(s.doc.Text, v.End)]
	switch key, ok := s.doc.FirstKey(v.Node); {
	case strings.Trim(rest, "\r") != "" && strings.Trim(rest, " \t\r,]}") == "" || strings.Contains(rest, "#"):
		return "a multi-line string followed by a space or a comment: " + misread + ", and what follows may be lost", "end the line with the quotes"
	case ok && strings.HasSuffix(strings.TrimRight(s.doc.Text[:key.Start], " \t"), "."):
		return "a multi-line string under a dotted key: " + misread + ", a key of the table above", "write the table as a header of its own"
	}
	return "", ""
}

// compatKeys reports keys, and a byte order mark.
func (s *source) compatKeys(report func(finding)) {
	if mark := tomlpos.MarkLength(s.doc.Text); mark > 0 {
		message := "a byte order mark: " + rejects
		if s.beginsWithBareKey(mark) {
			message = "a byte order mark: " + misread + ", a key that begins with the mark"
		}
		report(finding{message: message, hint: "save the file as UTF-8 without a mark", end: mark})
	}
	for i, k := range s.doc.Keys {
		raw := s.doc.Text[k.Start:k.End]
		message, hint := compatKey(raw, k.Header)
		if message == "" && !k.Last && !k.Header && s.spaceAtDot(i) {
			message, hint = "a key with a space beside its dot: "+misread+", or "+fails, "write the dot without spaces"
		}
		if message != "" {
			report(finding{message: message, hint: hint, node: k.Node, start: k.Start, end: k.End})
		}
	}
}

// beginsWithBareKey reports whether the first key is a bare one at an offset.
func (s *source) beginsWithBareKey(offset int) bool {
	if len(s.doc.Keys) == 0 {
		return false
	}
	first := s.doc.Keys[0]
	return first.Start == offset && !first.Header && isBareKey(s.doc.Text[first.Start:first.End])
}

func compatKey(raw string, header bool) (message, hint string) {
	switch {
	case header && len(raw) == 2 && (raw == `""` || raw == "''"):
		return "a table without a name: " + rejects, "give it a name"
	case strings.HasPrefix(raw, `"`) && (strings.Contains(raw, `\u`) || strings.Contains(raw, `\U`)):
		return `a key with the escape \u: ` + misread + ", the escape as it is written", "write the character itself"
	case strings.HasPrefix(raw, "'") && strings.Contains(raw, `\`):
		return "a key in single quotes with a backslash: " + misread + ", an escape", `use double quotes, and \\ for a backslash`
	}
	return "", ""
}

// spaceAtDot reports whether there are spaces around the dot after a part of a key.
func (s *source) spaceAtDot(i int) bool {
	if i+1 >= len(s.doc.Keys) {
		return false
	}
	between := s.doc.Text[s.doc.Keys[i].End:s.doc.Keys[i+1].Start]
	return strings.ContainsAny(between, " \t") && strings.Trim(between, " \t") == "."
}
