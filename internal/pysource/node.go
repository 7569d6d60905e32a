package pysource

type nodeKind uint8

const (
	nodeComputed    nodeKind = iota // any other expression
	nodeConstant                    // None, a boolean or a number
	nodeName                        // a name
	nodeString                      // one string literal that is not an f-string
	nodeFStringPart                 // a literal part of an f-string
	nodeConcat                      // adjacent strings and f-strings; items
	nodeFString                     // an f-string; items are its parts and fields
	nodeSum                         // items with + between them
	nodeOr                          // items with or between them
	nodeAnd                         // items with and between them
	nodeNot                         // not items[0]
	nodeCompare                     // items[0] name items[1], such as in or is not
	nodeFormat                      // items[0] % items[1]
	nodeChoice                      // items[0] if items[1] else items[2]
	nodeStarred                     // *items[0]
	nodeEntered                     // what items[0] gives as a context manager
	nodeList                        // a list, tuple or set literal; items
	nodeDict                        // a dict literal; items are its keys, values their values
	nodeAttr                        // base.name; of getattr, items are the name and the default
	nodeCall                        // base(args)
	nodeIndex                       // base[item]; no item if it is more than one expression
	nodeClass                       // what a class statement binds; items are its bases
	nodeUnion                       // items with | between them
	nodeGiven                       // any of items, which calls give a parameter
	nodeShell                       // a line that IPython takes for itself
	nodeLooped                      // a comprehension or a generator of items[0]; items[1:] are its conditions
	nodeItem                        // any item of items[0]
	nodeElement                     // of each item of items[0], the element at index
)

// use is what the code does with an expression.
type use uint8

const (
	load use = iota
	store
	remove // del
)

// node is an expression. In parser.nodes, one with a base comes after its base and
// after the expressions within its brackets.
type node struct {
	kind       nodeKind
	use        use
	applied    bool // nodeCall: a with or a decorator applies its result
	start, end int  // byte offsets
	base       *node
	name       string // nodeName, nodeAttr; of nodeCompare, the operator
	items      []*node
	values     []*node // nodeDict; nil for what is unpacked
	args       []arg   // nodeCall
	scope      *scope  // nodeName; of nodeClass, that of its body
	index      int     // nodeElement
	token      int     // index of its token; of nodeFStringPart, of the token that begins the f-string
	region     *region
	assigned   *node // what is stored to it, if that is certain

	value *value // nil until it is evaluated; empty during that
}

// arg is an argument of a call.
type arg struct {
	name     string // of a keyword argument
	unpacked bool   // *value or **value
	stars    bool   // **value
	value    *node
}

// argument returns the argument for a parameter, which has a keyword or a position
// from 0. unpacked reports whether it may come from a *value or **value.
func (n *node) argument(position int, keyword string) (value *node, unpacked bool) {
	for i, a := range n.args {
		switch {
		case a.unpacked:
			unpacked = true
		case a.name == keyword && keyword != "", a.name == "" && i == position && !unpacked:
			return a.value, false
		}
	}
	return nil, unpacked
}
