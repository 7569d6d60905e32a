package pysource

// region is a part of the code, and what is certain there beyond what is certain in
// its parent.
type region struct {
	parent   *region
	kind     regionKind
	cond     *node     // regionIf: the condition; regionWith: the context manager
	negated  bool      // regionIf: the condition does not hold
	try      *try      // regionTry
	function *function // regionFunction; nil for a lambda
	lambda   *node     // regionFunction of a lambda

	decorators []*node // regionFunction, regionClass
}

type regionKind uint8

const (
	regionIf        regionKind = iota // code that runs only if a condition holds, or only if it does not
	regionTry                         // what stands between try and its first handler
	regionWith                        // code within a context manager
	regionFunction                    // the body of a function or a lambda, which runs at another time
	regionClass                       // the body of a class
	regionDeferred                    // a generator in brackets, which runs when something goes through it
	regionExpecting                   // the arguments of pytest.raises(KeyError, f) and the like, which call f
)

// maxRegions is how many regions around an expression are considered.
const maxRegions = 256

// try is a try statement.
type try struct {
	body     Span // in parser.nodes
	handlers []*handler
	final    *level // its finally, or nil
}

// swallows reports whether the finally ends an error by leaving with a return or the
// like.
func (t *try) swallows() bool { return t.final != nil && t.final.jumps }

// handler is an except clause.
type handler struct {
	classes *node // nil if it catches everything
	start   int   // byte offset of the word except
	name    string
	raises  bool  // it ends with an error, too
	raised  *node // what it raises: a name without one for a raise alone, nil if it ends the process
}

// function is a def.
type function struct {
	name       string
	decorators []*node
	parameters []*parameter
	class      *node // of a method, the nodeClass
	async      bool
	special    bool      // a generator or async: a call of it does not run its body
	returns    []*node   // what it returns, where that is given
	yields     []*region // where it yields
}

// parameter is one of a def.
type parameter struct {
	of       *function
	name     string
	position int   // or -1, if it has only a name
	several  bool  // *args or **kwargs
	fallback *node // its default, or nil
	node     *node // what calls give it; see parameterStrings
}

// inFunction returns the body of the function or lambda that r is in, or nil.
func (r *region) inFunction() *region {
	for i := 0; r != nil && i < maxRegions; i++ {
		if r.kind == regionFunction {
			return r
		}
		r = r.parent
	}
	return nil
}

// inCondition returns the innermost region around r, or r, that may not run when the code
// around it does, or nil.
func (r *region) inCondition() *region {
	for i := 0; r != nil && i < maxRegions; i++ {
		if r.kind == regionFunction || r.kind == regionIf {
			return r
		}
		r = r.parent
	}
	return nil
}

// isCalled reports whether a function is a lambda that runs where it stands.
func (r *region) isCalled() bool {
	return r.function == nil && r.parent != nil && r.parent.kind == regionExpecting
}

// within makes r the current region. It returns the one around it, to go back to.
func (p *parser) within(r region) (outer *region) {
	outer = p.region
	r.parent = outer
	p.region = &r
	p.regions = append(p.regions, p.region)
	return outer
}

// mark is a point in the text, to which the regions since then can be put under a
// condition.
type mark struct{ nodes, regions int }

func (p *parser) mark() mark { return mark{len(p.nodes), len(p.regions)} }

// applyCondition puts what was read since a mark into a region with a condition,
// which stands behind it in the text, as in x if y else z.
func (p *parser) applyCondition(since mark, cond *node) {
	p.wrap(since, region{kind: regionIf, cond: cond})
}

// wrap puts what was read since a mark into a region.
func (p *parser) wrap(since mark, around region) {
	around.parent = p.region
	r := &around
	for _, n := range p.nodes[since.nodes:] {
		if n.region == p.region {
			n.region = r
		}
	}
	for _, inner := range p.regions[since.regions:] {
		if inner.parent == p.region {
			inner.parent = r
		}
	}
	p.regions = append(p.regions, r)
}
