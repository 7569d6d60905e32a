package pysource

import "sort"

// scope is where names are bound: the module, a class, a function, or a
// comprehension, which runs where it stands.
type scope struct {
	parent    *scope
	kind      scopeKind
	bindings  map[string][]binding // in the order of the text
	elsewhere map[string]*scope    // names declared global or nonlocal
}

type scopeKind uint8

const (
	moduleScope scopeKind = iota
	classScope
	functionScope
	comprehensionScope
)

// binding is one place that gives a name a meaning: what a path of Prefect's or of
// another library names, an expression, or neither, which is any other value.
type binding struct {
	token int // the first token that sees it
	block *block
	path  string
	value *node
}

// block is a part of the text that runs as a whole or not at all, as the body of
// an if does, in tokens.
type block struct {
	parent     *block
	start, end int
}

func (b *block) holds(token int) bool { return b.start <= token && token < b.end }

func newScope(parent *scope, kind scopeKind) *scope {
	return &scope{parent: parent, kind: kind, bindings: map[string][]binding{}, elsewhere: map[string]*scope{}}
}

// runner is the scope that is entered when s runs.
func (s *scope) runner() *scope {
	for s.kind == classScope || s.kind == comprehensionScope {
		s = s.parent
	}
	return s
}

// bind gives a name a meaning in s.
func (s *scope) bind(name string, b binding) {
	if other := s.elsewhere[name]; other != nil {
		s = other
	}
	s.bindings[name] = append(s.bindings[name], b)
}

// lookup finds what binds a name that stands in s. A class is seen by what stands
// directly in it alone.
func (s *scope) lookup(name string) (*scope, []binding) {
	if other := s.elsewhere[name]; other != nil {
		return other, other.bindings[name]
	}
	for at := s; at != nil; at = at.parent {
		if at.kind == classScope && at != s {
			continue
		}
		if found := at.bindings[name]; len(found) > 0 {
			return at, found
		}
	}
	return nil, nil
}

// enclosing is the function around s that a nonlocal name belongs to, as far as
// is known where it is declared.
func (s *scope) enclosing(name string) *scope {
	var first *scope
	for at := s.parent; at != nil; at = at.parent {
		if at.kind != functionScope {
			continue
		}
		if len(at.bindings[name]) > 0 {
			return at
		}
		if first == nil {
			first = at
		}
	}
	return first
}

// mostBindings is how many bindings of one name are looked at for one use of it.
const mostBindings = 32

// reaching are the bindings that a use of the name may meet. Code
// that runs in one go meets the last one before it; a function meets the last of
// the module. What stands in a block that may not run hides none before it, except
// from that block itself.
func reaching(all []binding, token int, inOrder bool) []binding {
	last := len(all)
	if inOrder {
		last = sort.Search(len(all), func(i int) bool { return all[i].token > token })
	}
	if last == 0 {
		return all[len(all)-1:]
	}
	first := last - 1
	for first > 0 && !all[first].block.holds(token) && last-first < mostBindings {
		first--
	}
	return all[first:last]
}
