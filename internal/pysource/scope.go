package pysource

import "sort"

// scope is where names are bound: the module, a class, a function, or a comprehension.
type scope struct {
	parent   *scope
	kind     scopeKind
	class    *node                // of a class, its nodeClass
	bindings map[string][]binding // in the order of the text
	declared map[string]*scope    // the scopes of names declared global or nonlocal
}

type scopeKind uint8

const (
	moduleScope scopeKind = iota
	classScope
	functionScope
	comprehensionScope
)

// binding is one meaning of a name: a path, as importPath returns it, an expression, a
// function, a parameter, or with none of them any other value.
type binding struct {
	token     int // the first token that sees it
	block     *block
	path      string
	value     *node
	function  *function // of a def
	parameter *parameter
}

// block is a range of tokens that runs completely or not at all, such as the body of
// an if.
type block struct {
	parent     *block
	start, end int
}

func (b *block) contains(token int) bool { return b.start <= token && token < b.end }

func newScope(parent *scope, kind scopeKind) *scope {
	return &scope{parent: parent, kind: kind, bindings: map[string][]binding{}, declared: map[string]*scope{}}
}

// frame returns the module or function that s runs as a part of.
func (s *scope) frame() *scope {
	for s.kind == classScope || s.kind == comprehensionScope {
		s = s.parent
	}
	return s
}

// bind adds a binding of a name in s.
func (s *scope) bind(name string, b binding) {
	if other := s.declared[name]; other != nil {
		s = other
	}
	s.bindings[name] = append(s.bindings[name], b)
}

// define says what function the last binding of its name is.
func (s *scope) define(f *function) {
	if other := s.declared[f.name]; other != nil {
		s = other
	}
	if all := s.bindings[f.name]; len(all) > 0 {
		all[len(all)-1].function = f
	}
}

// lookup returns the scope and the bindings of a name that is used in s. Only the
// code directly in a class sees the names of the class.
func (s *scope) lookup(name string) (*scope, []binding) {
	if other := s.declared[name]; other != nil {
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

// enclosing returns the function around s that a nonlocal name belongs to: the
// nearest one that has bound the name so far, else the nearest one.
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

// maxBindings is how many bindings of a name are considered for one use of it.
const maxBindings = 32

// reachingBindings returns the bindings that a use of the name may see. With
// inOrder, for code that runs in the order of the text, that is the last one before
// the token, if there is one; else it is the last of all, as for a function that
// uses a name of the module. A binding in a block that may not run hides an earlier
// one from that block only.
func reachingBindings(all []binding, token int, inOrder bool) []binding {
	last := len(all)
	if inOrder {
		last = sort.Search(len(all), func(i int) bool { return all[i].token > token })
	}
	if last == 0 {
		return all[len(all)-1:]
	}
	first := last - 1
	for first > 0 && !all[first].block.contains(token) && last-first < maxBindings {
		first--
	}
	return all[first:last]
}
