package graphql

import "slices"

// Growing is a root of [Operation.Execute] that bounds the bytes of an answer.
type Growing interface {
	// Grow is called each time the answer has grown by so many bytes, before it grows
	// further. It may wait. If it returns an error, no more fields are resolved.
	Grow(bytes int) error
}

// partSize is the size in bytes from which a part of an answer is complete, so that
// growing the answer does not copy it again.
const partSize = 16 << 10

// growth reports to a root how an answer grows. The zero value reports nothing.
type growth struct {
	root    Growing
	counted int   // bytes of the current part that are reported
	err     error // what Grow returned
}

func newGrowth(root any) growth {
	growing, _ := root.(Growing)
	return growth{root: growing}
}

// count reports the growth of the current part: of its memory, not only of its text.
func (g *growth) count(part []byte) {
	more := cap(part) - g.counted
	if g.root == nil || g.err != nil || more <= 0 {
		return
	}
	g.counted += more
	g.err = g.root.Grow(more)
}

// reserve reports that the current part is to have room for more bytes, and then makes it.
func (g *growth) reserve(part []byte, more int) []byte {
	size := len(part) + more
	if grows := size - max(cap(part), g.counted); g.root != nil && g.err == nil && grows > 0 {
		g.counted += grows
		g.err = g.root.Grow(grows)
	}
	if g.err != nil {
		return part
	}
	return slices.Grow(part, more)
}
