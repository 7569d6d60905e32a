package pysource

import (
	"regexp"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// affixes returns what a computed string certainly begins and ends with.
func (r *reader) affixes(n *node) (prefix, suffix string) {
	if n == nil || n.end > r.limit || r.aliasDepth > maxAliasDepth {
		return "", ""
	}
	if known, ok := r.knownAffixes[n]; ok {
		return known[0], known[1]
	}
	r.knownAffixes[n] = [2]string{} // until it is known, so that a cycle of names ends
	r.aliasDepth++
	prefix, suffix = r.computeAffixes(n)
	r.aliasDepth--
	r.knownAffixes[n] = [2]string{prefix, suffix}
	return prefix, suffix
}

func (r *reader) computeAffixes(n *node) (prefix, suffix string) {
	if v := r.value(n); v.isString {
		return v.str, v.str
	}
	switch n.kind {
	case nodeConcat, nodeFString, nodeSum:
		return r.joinedPrefix(n.items), r.joinedSuffix(n.items)
	case nodeFormat:
		return around(r.value(n.items[0]).str, percentFields())
	case nodeName:
		return r.affixes(r.onlyValue(n))
	case nodeCall:
		if n.base.kind == nodeAttr {
			return r.methodAffixes(n.base.base, n.base.name)
		}
	}
	return "", ""
}

// methodAffixes is affixes for the result of a method of a string.
func (r *reader) methodAffixes(text *node, method string) (prefix, suffix string) {
	switch method {
	case "format", "format_map":
		return around(r.value(text).str, braceFields())
	case "upper":
		prefix, suffix = r.affixes(text)
		return strings.ToUpper(prefix), strings.ToUpper(suffix)
	case "lower":
		prefix, suffix = r.affixes(text)
		return strings.ToLower(prefix), strings.ToLower(suffix)
	}
	return "", ""
}

// joinedPrefix returns what strings that follow one another begin with.
func (r *reader) joinedPrefix(items []*node) string {
	var b strings.Builder
	for _, item := range items {
		prefix, _ := r.affixes(item)
		if b.Len()+len(prefix) > maxString {
			break
		}
		if b.WriteString(prefix); !r.value(item).isString {
			break
		}
	}
	return b.String()
}

// joinedSuffix returns what strings that follow one another end with.
func (r *reader) joinedSuffix(items []*node) string {
	suffix := ""
	for i := len(items) - 1; i >= 0; i-- {
		_, s := r.affixes(items[i])
		if len(s)+len(suffix) > maxString {
			break
		}
		if suffix = s + suffix; s == "" || !r.value(items[i]).isString {
			break
		}
	}
	return suffix
}

// percentFields and braceFields match what % and format replace, and what stands for
// a percent sign or a brace.
var (
	percentFields = lazyregexp.New(`%(\([^)]*\))?[-#0 +]*[0-9.*]*[hlL]?[a-zA-Z%]`)
	braceFields   = lazyregexp.New(`\{[^{}]*\}|\{\{|\}\}`)
)

// around returns what stands before the first field of a template and behind the
// last.
func around(template string, fields *regexp.Regexp) (prefix, suffix string) {
	found := fields.FindAllStringIndex(template, -1)
	if len(found) == 0 {
		return "", ""
	}
	return template[:found[0][0]], template[found[len(found)-1][1]:]
}
