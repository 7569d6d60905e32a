package pysource

import (
	"slices"
	"strconv"
	"strings"
)

// maxStrings is how many strings an expression may be.
const maxStrings = 64

// strings returns all strings that an expression may be, or nil if it may be anything
// else.
func (r *reader) strings(n *node) []string {
	if n == nil || n.end > r.limit || r.aliasDepth > maxAliasDepth {
		return nil
	}
	if v := r.value(n); v.isString {
		return []string{v.str}
	}
	known, ok := r.known[n]
	if !ok {
		known = r.newStrings(n)
	}
	r.given = r.given || known.given
	return known.all
}

// knownStrings are the strings that an expression may be. given reports that they depend
// on what the calls of a function give a parameter.
type knownStrings struct {
	all   []string
	given bool
}

func (r *reader) newStrings(n *node) knownStrings {
	if r.known == nil {
		r.known = map[*node]knownStrings{}
	}
	r.known[n] = knownStrings{} // until it is known, so that a cycle of names ends
	outer := r.given
	r.given = false
	r.aliasDepth++
	known := knownStrings{all: r.computeStrings(n)}
	r.aliasDepth--
	if len(known.all) > maxStrings {
		known.all = nil
	}
	known.given, r.given = r.given, outer
	r.known[n] = known
	return known
}

func (r *reader) computeStrings(n *node) []string {
	switch n.kind {
	case nodeConcat, nodeFString, nodeSum:
		return r.product(n.items)
	case nodeFormat:
		return r.formatted(r.value(n.items[0]).str, "%s", n.items[1])
	case nodeChoice:
		return r.union([]*node{n.items[0], n.items[2]})
	case nodeName:
		return r.nameStrings(n)
	case nodeItem:
		return r.union(r.itemsOf(n.items[0]))
	case nodeElement:
		return r.union(r.elementsOf(n))
	case nodeIndex:
		return r.union(r.indexed(n))
	case nodeGiven:
		return r.union(n.items)
	case nodeAttr:
		return r.attributeStrings(n)
	case nodeCall:
		return r.callStrings(n)
	}
	return nil
}

// union returns the strings that any of some expressions may be.
func (r *reader) union(items []*node) (all []string) {
	for _, item := range items[:min(len(items), maxStrings+1)] {
		some := r.strings(item)
		if some == nil {
			return nil
		}
		all = appendNew(all, some)
	}
	return all
}

func appendNew(all, some []string) []string {
	for _, s := range some {
		if !slices.Contains(all, s) && len(all) <= maxStrings {
			all = append(all, s)
		}
	}
	return all
}

// product returns the strings that some expressions may make together.
func (r *reader) product(items []*node) []string {
	all := []string{""}
	for _, item := range items {
		var longer []string
		for _, end := range r.strings(item) {
			for _, s := range all {
				if len(s)+len(end) > maxString || len(longer) > maxStrings {
					return nil
				}
				longer = append(longer, s+end)
			}
		}
		if longer == nil {
			return nil
		}
		all = longer
	}
	return all
}

// formatted returns what a template with a single field makes of an argument.
func (r *reader) formatted(template, field string, argument *node) (all []string) {
	before, after, ok := strings.Cut(template, field)
	if !ok || strings.ContainsAny(before+after, field[:1]+"}") {
		return nil
	}
	for _, s := range r.strings(argument) {
		if len(template)+len(s) > maxString {
			return nil
		}
		all = append(all, before+s+after)
	}
	return all
}

// nameStrings is strings for a name, which may be any of what it is bound to.
func (r *reader) nameStrings(n *node) (all []string) {
	scope, bound := n.scope.lookup(n.name)
	if scope == nil {
		return nil
	}
	for _, b := range reachingBindings(bound, n.token, n.scope.frame() == scope.frame()) {
		some := r.strings(b.value)
		if b.parameter != nil {
			some = r.parameterStrings(b.parameter)
		}
		if some == nil {
			return nil
		}
		all = appendNew(all, some)
	}
	return all
}

// parameterStrings returns what the calls of a function give a parameter.
func (r *reader) parameterStrings(p *parameter) []string {
	r.given = true
	calls := r.callsOf(p.of)
	if len(calls) > maxStrings {
		return nil
	}
	if p.node == nil { // so that the union is known the next time
		p.node = &node{kind: nodeGiven}
		for _, call := range calls {
			p.node.items = append(p.node.items, p.given(call))
		}
	}
	return r.strings(p.node)
}

// attributeStrings is strings for an attribute of a class, and for the value of a member
// of an enumeration.
func (r *reader) attributeStrings(n *node) []string {
	if class := r.classOf(n.base, 0); class != nil {
		if all := class.scope.bindings[n.name]; len(all) == 1 && !r.isMutated("."+n.name) {
			return r.strings(all[0].value)
		}
		return nil
	}
	if n.name == "value" {
		return r.strings(n.base)
	}
	return nil
}

// callStrings is strings for str(x), for methods of a string, and for get of a dict.
func (r *reader) callStrings(n *node) []string {
	first, unpacked := n.argument(0, "")
	switch {
	case unpacked:
	case n.base.kind == nodeName && n.base.name == "str" && len(n.args) == 1:
		return r.strings(first)
	case n.base.kind != nodeAttr:
	case n.base.name == "join" && len(n.args) == 1:
		return r.joined(r.value(n.base.base), r.itemsOf(first))
	case n.base.name == "format" && len(n.args) == 1 && n.args[0].name == "":
		return r.formatted(r.value(n.base.base).str, "{}", first)
	case n.base.name == "get" && first != nil:
		return r.union(r.gotten(n, first))
	case len(n.args) == 0:
		return mapped(r.strings(n.base.base), n.base.name)
	}
	return nil
}

// mapped returns what a method of strings makes of each.
func mapped(all []string, method string) (results []string) {
	change, ok := map[string]func(string) string{"upper": strings.ToUpper, "lower": strings.ToLower, "strip": strings.TrimSpace}[method]
	if !ok {
		return nil
	}
	for _, s := range all {
		results = append(results, change(s))
	}
	return results
}

// joined returns the string that some items make with a separator between them.
func (r *reader) joined(separator value, items []*node) []string {
	if !separator.isString || len(items) == 0 || len(items) > maxStrings {
		return nil
	}
	between := literalNode(separator.str)
	var parts []*node
	for _, item := range items {
		parts = append(parts, item, between)
	}
	return r.product(parts[:len(parts)-1])
}

// gotten returns what get gives of a dict of the module.
func (r *reader) gotten(call, key *node) []*node {
	index := &node{kind: nodeIndex, base: call.base.base, items: []*node{key}}
	all := r.indexed(index)
	if fallback, _ := call.argument(1, ""); fallback != nil && all != nil {
		return append(slices.Clip(all), fallback)
	}
	return all
}

// indexed returns what an index of a list or a dict of the module may give: for a key
// that is not certain, any value.
func (r *reader) indexed(n *node) []*node {
	literal := r.unchanged(n.base)
	if literal == nil || len(n.items) == 0 {
		return nil
	}
	if literal.kind == nodeList {
		items := r.itemsOf(literal)
		if i, err := strconv.Atoi(r.src[n.items[0].start:n.items[0].end]); err == nil && i >= 0 && i < len(items) {
			return items[i : i+1]
		}
		return items
	}
	key := r.value(n.items[0])
	for i, value := range literal.values {
		switch {
		case value == nil:
			return nil
		case key.isString && r.value(literal.items[i]).str == key.str:
			return []*node{value}
		}
	}
	if key.isString {
		return nil
	}
	return literal.values
}

// unchanged returns the list or the dict that an expression is, if nothing adds to it
// and it is not too long.
func (r *reader) unchanged(n *node) *node {
	literal := r.value(n).literal
	if literal == nil || literal.kind == nodeUnion || len(literal.args) > 0 || len(literal.items) > maxStrings || n.kind == nodeName && r.isMutated(n.name) {
		return nil
	}
	return literal
}

// itemsOf returns what a loop over an expression goes through, or nil if that is not
// certain.
func (r *reader) itemsOf(n *node) []*node {
	if n == nil || n.end > r.limit || r.aliasDepth > maxNesting {
		return nil
	}
	r.aliasDepth++
	defer func() { r.aliasDepth-- }()
	if literal := r.unchanged(n); literal != nil {
		isUnpacked := func(item *node) bool { return item.kind == nodeStarred }
		if slices.ContainsFunc(literal.items, isUnpacked) || slices.Contains(literal.values, nil) {
			return nil
		}
		return literal.items
	}
	switch n.kind {
	case nodeSum:
		return r.itemsOfAll(n.items)
	case nodeCall:
		return r.itemsOfCall(n)
	case nodeName:
		if class := r.classOf(n, 0); class != nil {
			return membersOf(class)
		}
	}
	return nil
}

// itemsOfAll returns the items of lists that follow one another.
func (r *reader) itemsOfAll(lists []*node) (all []*node) {
	for _, list := range lists {
		items := r.itemsOf(list)
		if items == nil || len(all) > maxStrings {
			return nil
		}
		all = append(all, items...)
	}
	return all
}

// membersOf returns what the names of a class are bound to.
func membersOf(class *node) (members []*node) {
	for _, all := range class.scope.bindings {
		for _, b := range all {
			if b.value != nil {
				members = append(members, b.value)
			}
		}
	}
	slices.SortFunc(members, func(a, b *node) int { return a.start - b.start })
	return members
}

// itemsOfCall is itemsOf for sorted(x), x.keys() and the like.
func (r *reader) itemsOfCall(n *node) []*node {
	first, _ := n.argument(0, "")
	switch {
	case n.base.kind == nodeName && containsWord("sorted list tuple set frozenset reversed iter", n.base.name):
		return r.itemsOf(first)
	case n.base.kind == nodeName && n.base.name == "enumerate":
		return pairs(nil, r.itemsOf(first))
	case n.base.kind == nodeName && n.base.name == "zip" && len(n.args) == 2:
		return pairs(r.itemsOf(first), r.itemsOf(n.args[1].value))
	case n.base.kind != nodeAttr || len(n.args) > 0:
	case n.base.name == "split":
		return split(r.value(n.base.base))
	case containsWord("keys values items", n.base.name):
		return r.parts(r.unchanged(n.base.base), n.base.name)
	}
	return nil
}

// parts returns the keys, the values or the pairs of a dict.
func (r *reader) parts(dict *node, which string) []*node {
	if dict == nil || dict.kind != nodeDict || slices.Contains(dict.values, nil) {
		return nil
	}
	switch which {
	case "keys":
		return dict.items
	case "values":
		return dict.values
	}
	return pairs(dict.items, dict.values)
}

// pairs returns each two items at the same place. Without first items those are
// computed.
func pairs(first, second []*node) (all []*node) {
	for i, item := range second {
		pair := &node{kind: nodeList, items: []*node{{}, item}}
		if i < len(first) {
			pair.items[0] = first[i]
		}
		all = append(all, pair)
	}
	return all
}

// split returns the words of a string.
func split(v value) (words []*node) {
	for _, word := range strings.Fields(v.str) {
		words = append(words, literalNode(word))
	}
	return words
}

// elementsOf returns the element at the place of n in each of the items that it is of.
func (r *reader) elementsOf(n *node) (all []*node) {
	items := r.elementsSource(n.items[0])
	for _, item := range items[:min(len(items), maxStrings+1)] {
		literal := r.value(item).literal
		if literal == nil || literal.kind != nodeList || n.index >= len(literal.items) {
			return nil
		}
		all = append(all, literal.items[n.index])
	}
	return all
}

func (r *reader) elementsSource(of *node) []*node {
	switch of.kind {
	case nodeItem:
		return r.itemsOf(of.items[0])
	case nodeElement:
		return r.elementsOf(of)
	}
	return nil
}

// isMutated reports whether the module changes what a name holds: by a method that adds
// to it, or by storing to an item. With a dot in front it is an attribute, which is
// changed by storing to it.
func (r *reader) isMutated(name string) bool {
	if r.mutated == nil {
		r.mutated = map[string]bool{}
		for _, n := range r.nodes {
			switch {
			case n.kind == nodeAttr && n.use == store:
				r.mutated["."+n.name] = true
			case n.base == nil || n.base.kind != nodeName:
			case n.kind == nodeIndex && n.use != load, n.kind == nodeAttr && containsWord("append extend insert update add setdefault pop remove clear discard", n.name):
				r.mutated[n.base.name] = true
			}
		}
	}
	return r.mutated[name]
}

// literalNode returns the literal of a string that is not in the module.
func literalNode(s string) *node {
	return &node{kind: nodeString, value: &value{isString: true, str: s}}
}
