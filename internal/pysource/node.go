package pysource

type nodeKind uint8

const (
	computed    nodeKind = iota // an expression that is none of the others
	nodeInert                   // None, a boolean or a number
	nodeName                    // a name
	nodeText                    // one text as written, f-strings aside
	nodePart                    // a literal part of an f-string
	nodeStrings                 // texts and f-strings side by side; items
	nodeFormat                  // an f-string; items are its parts and fields
	nodeSum                     // items with + between them
	nodeEither                  // items with or between them
	nodeList                    // a list, tuple or set as written; items
	nodeDict                    // a dict as written; items are its keys
	nodeAttr                    // base.name
	nodeCall                    // base(args)
	nodeIndex                   // base[item]; no item if it is more than one expression
)

// use says what becomes of a place that an expression names.
type use uint8

const (
	load use = iota
	store
	remove
)

// node is an expression. Those with a base stand in parser.nodes after the base
// and whatever is within their brackets.
type node struct {
	kind       nodeKind
	use        use
	start, end int // byte offsets
	base       *node
	name       string // nodeName, nodeAttr
	items      []*node
	args       []arg  // nodeCall
	scope      *scope // nodeName
	token      int    // nodeName: which of the tokens; nodePart: which begins its f-string

	value *value // once it is known, or while it is being found out
}

// arg is an argument of a call.
type arg struct {
	name  string // of a keyword argument
	stars bool   // *value or **value
	value *node
}

// argument is the one that a parameter gets by its keyword or, from 0, by its
// position; stars says that it may come from a *value or **value.
func (n *node) argument(position int, keyword string) (value *node, stars bool) {
	for i, a := range n.args {
		switch {
		case a.stars:
			stars = true
		case a.name == keyword && keyword != "", a.name == "" && i == position && !stars:
			return a.value, false
		}
	}
	return nil, stars
}
