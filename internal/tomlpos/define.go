package tomlpos

// form is how a node was made, which decides what may be added to it.
type form uint8

const (
	formValue    form = iota // a value that holds nothing, or an element
	formArray                // [1, 2], closed for good
	formInline               // {a = 1}, closed for good
	formImplicit             // a in [a.b]: its own header may follow
	formHeader               // a in [a]
	formDotted               // a in a.b = 1: only keys of the same scope add to it
	formTables               // a in [[a]]
)

// defineKey makes the node of the key in s.parts, below base. The keys of one header,
// or of one inline table, share a scope.
func (s *scanner) defineKey(base NodeID, scope int32) (NodeID, bool) {
	node, last := base, len(s.parts)-1
	if !s.checkDepth(len(s.parts)) {
		return Root, false
	}
	for i, p := range s.parts {
		next, exists := s.Child(node, p.name)
		switch {
		case !exists && i < last:
			next = s.addNamed(node, p, formDotted)
			s.Nodes[next].scope = scope
		case !exists:
			next = s.addNamed(node, p, formValue)
		case i == last:
			return Root, s.failDefined(DuplicateKey, p, next)
		case !s.checkDotted(next, p, scope):
			return Root, false
		}
		s.addKey(next, p, i == last, false)
		node = next
	}
	return node, true
}

// checkDotted fails if a dotted key may not lead through an existing node.
func (s *scanner) checkDotted(n NodeID, p part, scope int32) bool {
	node := &s.Nodes[n]
	switch {
	case node.form == formImplicit:
		node.form, node.scope = formDotted, scope
		return true
	case node.form == formDotted && node.scope == scope:
		return true
	case node.form == formDotted || node.form == formHeader:
		return s.failDefined(ExtendsTable, p, n)
	}
	return s.failDefined(extension(node.form), p, n)
}

// extension returns the problem of a key or header that leads into a node of a form.
func extension(f form) Problem {
	switch f {
	case formInline:
		return ExtendsInline
	case formArray:
		return ExtendsArray
	case formTables:
		return ExtendsTables
	}
	return ExtendsValue
}

// defineHeader makes the node of the header in s.parts, and makes it the current table.
func (s *scanner) defineHeader(list bool) bool {
	node, last := Root, len(s.parts)-1
	if !s.checkDepth(len(s.parts)) {
		return false
	}
	s.scopes++
	s.scope = s.scopes
	for i, p := range s.parts[:last] {
		next, exists := s.Child(node, p.name)
		if !exists {
			next = s.addNamed(node, p, formImplicit)
		}
		s.addKey(next, s.parts[i], false, true)
		switch s.Nodes[next].form {
		case formValue, formArray, formInline:
			return s.failDefined(extension(s.Nodes[next].form), p, next)
		case formTables:
			next = s.Nodes[next].newest
		}
		node = next
	}
	if list {
		return s.openTables(node, s.parts[last])
	}
	return s.openTable(node, s.parts[last])
}

// openTable makes the table of a [header] the current one.
func (s *scanner) openTable(parent NodeID, p part) bool {
	n, exists := s.Child(parent, p.name)
	if !exists {
		n = s.addNamed(parent, p, formHeader)
	}
	s.addKey(n, p, true, true)
	node := &s.Nodes[n]
	switch {
	case !exists:
	case node.form == formImplicit:
		node.form = formHeader
	case node.form == formHeader:
		return s.failDefined(DuplicateTable, p, n)
	case node.form == formDotted:
		return s.failDefined(DottedTable, p, n)
	default:
		return s.failDefined(extension(node.form), p, n)
	}
	s.table = n
	return true
}

// openTables makes a new element of the array of a [[header]] the current table.
func (s *scanner) openTables(parent NodeID, p part) bool {
	n, exists := s.Child(parent, p.name)
	if !exists {
		n = s.addNamed(parent, p, formTables)
		s.Nodes[n].newest = Root
	}
	s.addKey(n, p, true, true)
	switch form := s.Nodes[n].form; form {
	case formTables:
	case formImplicit, formHeader:
		return s.failDefined(DuplicateTable, p, n)
	case formDotted:
		return s.failDefined(DottedTable, p, n)
	default:
		return s.failDefined(extension(form), p, n)
	}
	index := int32(0)
	if newest := s.Nodes[n].newest; newest != Root {
		index = s.Nodes[newest].Index + 1
	}
	s.table = s.addElement(n, index)
	s.Nodes[s.table].form = formHeader
	s.Nodes[s.table].key = int32(len(s.Keys) - 1)
	s.Nodes[n].newest = s.table
	return true
}

// failDefined fails at a part of a key that conflicts with an existing node.
func (s *scanner) failDefined(problem Problem, p part, n NodeID) bool {
	return s.failFrom(problem, p.start, p.end, s.Keys[s.Nodes[n].key].Start, n)
}

func (s *scanner) addNamed(parent NodeID, p part, f form) NodeID {
	id := NodeID(len(s.Nodes))
	s.Nodes = append(s.Nodes, Node{
		Parent: parent,
		Name:   p.name,
		Index:  -1,
		InList: s.Nodes[parent].InList,
		key:    int32(len(s.Keys)),
		form:   f,
	})
	s.children[child{parent, p.name}] = id
	return id
}

func (s *scanner) addElement(parent NodeID, index int32) NodeID {
	id := NodeID(len(s.Nodes))
	s.Nodes = append(s.Nodes, Node{Parent: parent, Index: index, InList: true, key: s.Nodes[parent].key})
	return id
}

func (s *scanner) addKey(n NodeID, p part, last, header bool) {
	s.Keys = append(s.Keys, Key{Node: n, Start: p.start, End: p.end, Last: last, Header: header})
}

// checkDepth fails if the key just read, within the unclosed containers, nests too
// deep.
func (s *scanner) checkDepth(parts int) bool {
	if len(s.unclosed)+parts > MaxDepth {
		return s.fail(TooDeep, s.parts[0].start, s.parts[len(s.parts)-1].end)
	}
	return true
}
