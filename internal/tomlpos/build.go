package tomlpos

// Builder makes the document of a text that another reader than [Scan] has read. Keys,
// values and comments are added in the order of the text, a container before its
// elements.
type Builder struct{ doc *Document }

// NewBuilder returns the builder of a text's document, which has no keys yet.
func NewBuilder(text string) *Builder {
	doc := NewDocument(text, nil)
	doc.children, doc.strings = map[child]NodeID{}, map[int]string{}
	doc.Nodes[Root] = Node{Index: -1, form: formHeader}
	return &Builder{doc}
}

// Key adds a part of a key, and returns the node that it names in a table. A new node
// has the name shown, which is all that anybody sees of the key's own.
func (b *Builder) Key(parent NodeID, name, shown string, k Key) NodeID {
	node, exists := b.doc.children[child{parent, name}]
	if !exists {
		node = b.add(Node{Parent: parent, Name: shown, Index: -1, InList: b.doc.Nodes[parent].InList, key: int32(len(b.doc.Keys))})
		b.doc.children[child{parent, name}] = node
	}
	k.Node = node
	b.doc.Keys = append(b.doc.Keys, k)
	return node
}

// Forget makes the next key of a name in a table name a new node.
func (b *Builder) Forget(parent NodeID, name string) { delete(b.doc.children, child{parent, name}) }

// Element adds an element of an array.
func (b *Builder) Element(array NodeID, index int) NodeID {
	return b.add(Node{Parent: array, Index: int32(index), InList: true, key: b.doc.Nodes[array].key})
}

// HeaderElement adds an element of an array of tables, whose header was added last.
func (b *Builder) HeaderElement(array NodeID, index int) NodeID {
	n := b.Element(array, index)
	b.doc.Nodes[n].key = int32(len(b.doc.Keys) - 1)
	return n
}

func (b *Builder) add(n Node) NodeID {
	b.doc.Nodes = append(b.doc.Nodes, n)
	return NodeID(len(b.doc.Nodes) - 1)
}

// Value adds a value. The string is what a string means; it is ignored for other values.
func (b *Builder) Value(v Value, meaning string) {
	b.doc.Values = append(b.doc.Values, v)
	if v.Kind.IsString() {
		b.doc.strings[v.Start] = meaning
	}
}

// Comment adds a comment.
func (b *Builder) Comment(c Comment) { b.doc.Comments = append(b.doc.Comments, c) }

// Document returns the document.
func (b *Builder) Document() *Document { return b.doc }
