package pysource

import (
	"regexp"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// Template is a reference to a Secret block in a string, such as
// {{ prefect.blocks.secret.a }}. Start and End are its byte offsets.
type Template struct {
	Name       string // of the block; empty if the reference has none
	Start, End int
}

// references match what Prefect 2 and 3 accept as a reference to a block. openReferences
// match references with computed names, in the skeleton of a string.
var (
	references     = lazyregexp.New(`\{\{\s*prefect\.blocks\.([\pL\pN_.\-\[\]$]+)\s*\}\}`)
	openReferences = lazyregexp.New(`\{\{\s*prefect\.blocks\.secret\.([\w\-]*)` + computed + `[\w\-` + computed + `]*?([\w\-]*)(?:\.[\w.\[\]` + computed + `]*)?\s*\}\}`)
)

// computed replaces each computed part in the skeleton of a string.
const computed = "\x00"

// ReferencePrefix is in every string with a reference to a block.
const ReferencePrefix = "prefect.blocks."

// Templates returns the references to Secret blocks in a text. What follows the name of a
// block is a path into its value.
func Templates(text string) (all []Template) {
	if !strings.Contains(text, ReferencePrefix) {
		return nil
	}
	for _, at := range references().FindAllStringSubmatchIndex(text, -1) {
		parts := strings.SplitN(text[at[2]:at[3]], ".", 3)
		if parts[0] != secretSlug {
			continue
		}
		t := Template{Start: at[0], End: at[1]}
		if len(parts) > 1 {
			t.Name = parts[1]
		}
		all = append(all, t)
	}
	return all
}

// noteText remembers a string that may have a reference to a block.
func (p *parser) noteText(n *node) *node {
	if p.refers {
		n.region = p.region
		p.texts = append(p.texts, n)
	}
	return n
}

// isStatement reports whether the tokens from first to the next one are a statement of
// their own, as a docstring is.
func (p *parser) isStatement(first int) bool {
	begins := func(k tokenKind) bool { return k == tokNewline || k == tokIndent || k == tokDedent }
	end := p.peek().kind
	return (first == 0 || begins(p.tokens[first-1].kind)) && (end == tokNewline || end == tokEnd)
}

// findTemplates records the references in the strings of the module. An expression comes
// after its parts in texts.
func (r *reader) findTemplates() {
	covered := len(r.src)
	for i := len(r.texts) - 1; i >= 0; i-- {
		if n := r.texts[i]; n.end <= r.limit && n.start < covered && r.visitText(n) {
			covered = n.start
		}
	}
}

// visitText records the references in an expression, and reports whether there are any.
func (r *reader) visitText(n *node) (found bool) {
	if n.kind == nodeConcat {
		for _, item := range n.items {
			if item.kind == nodeString {
				found = r.recordTemplates(r.src[item.start:item.end], item, item.start) || found
			}
		}
	}
	if found {
		return true
	}
	all := r.strings(n)
	if all == nil {
		all = []string{r.skeleton(n)}
	}
	for _, s := range all {
		found = r.recordTemplates(s, n, -1) || r.recordOpen(s, n) || found
	}
	return found
}

// recordTemplates records the references in a string, which is at an offset in the source
// or, if that is negative, is computed by n.
func (r *reader) recordTemplates(s string, n *node, offset int) bool {
	all := Templates(s)
	for _, t := range all {
		a := Access{Name: t.Name, Kind: Reference, Start: n.start, End: n.end}
		if offset >= 0 {
			a.Start, a.End = offset+t.Start, offset+t.End
		}
		r.addReference(a, n)
	}
	return len(all) > 0
}

// addReference adds a read of a reference, which may lack a name.
func (r *reader) addReference(a Access, n *node) {
	if a.Name == "" {
		r.module.Nameless = append(r.module.Nameless, Span{a.Start, a.End})
		return
	}
	r.addRead(a.Name, a, n, nil)
}

// recordOpen records the references in the skeleton of a string whose names are computed.
func (r *reader) recordOpen(s string, n *node) bool {
	all := openReferences().FindAllStringSubmatch(s, -1)
	for _, open := range all {
		r.module.Unknown = append(r.module.Unknown, Access{Kind: Reference, Prefix: open[1], Suffix: open[2], Start: n.start, End: n.end})
	}
	return len(all) > 0
}

// skeleton returns the known parts of a string, with computed for the others.
func (r *reader) skeleton(n *node) string {
	if all := r.strings(n); len(all) == 1 {
		return all[0]
	}
	switch n.kind {
	case nodeConcat, nodeFString, nodeSum:
		var b strings.Builder
		for _, item := range n.items {
			if s := r.skeleton(item); b.Len()+len(s) <= maxString {
				b.WriteString(s)
			}
		}
		return b.String()
	case nodeFormat:
		return r.filled(r.value(n.items[0]).str, percentFields(), n.items[1])
	case nodeCall:
		if n.base.kind == nodeAttr && n.base.name == "format" {
			first, _ := n.argument(0, "")
			return r.filled(r.value(n.base.base).str, braceFields(), first)
		}
	}
	return computed
}

// filled returns the skeleton of a template: its field has the argument, if there is only
// one field and the argument is known, and else each field has computed.
func (r *reader) filled(template string, fields *regexp.Regexp, argument *node) string {
	isField := func(s string) bool { return s != "%%" && s != "{{" && s != "}}" }
	count := 0
	for _, field := range fields.FindAllString(template, -1) {
		if isField(field) {
			count++
		}
	}
	value := computed
	if all := r.strings(argument); count == 1 && len(all) == 1 && len(all[0])+len(template) <= maxString {
		value = all[0]
	}
	return fields.ReplaceAllStringFunc(template, func(s string) string {
		if isField(s) {
			return value
		}
		return s[:1]
	})
}
