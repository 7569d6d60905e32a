package graphql

// Growing is a root of [Operation.Execute] that bounds the bytes of an answer.
type Growing interface {
	// Grow is called each time that the answer has grown, with by how many bytes,
	// before it grows any further. It may wait. On an error nothing more is resolved.
	Grow(bytes int) error
}

// partSize is from how many bytes on a part of an answer is left as it is, so that
// what follows does not copy it.
const partSize = 16 << 10

// size follows how an answer grows. The zero value follows nothing.
type growth struct {
	root    Growing
	counted int   // bytes of the present part that are accounted for
	err     error // what Grow said
}

func newGrowth(root any) growth {
	growing, _ := root.(Growing)
	return growth{root: growing}
}

// grown accounts for the present part, whose memory counts and not its text alone.
func (s *growth) count(part []byte) {
	more := cap(part) - s.counted
	if s.root == nil || s.err != nil || more <= 0 {
		return
	}
	s.counted += more
	s.err = s.root.Grow(more)
}

// top writes the object of the operation in parts. Only what stands within one of
// its fields can be cut back, so a part ends with one.
func (e *execution) rootObject(fields []*Field, resolve func(*Field) (any, error)) ([][]byte, bool) {
	var parts [][]byte
	dst := append(make([]byte, 0, 256), '{')
	for i, f := range fields {
		var ok bool
		if dst, ok = e.member(dst, i, f, nil, resolve); !ok {
			return nil, false
		}
		e.growth.count(dst)
		if len(dst) >= partSize {
			parts = append(parts, dst)
			dst, e.growth.counted = nil, 0
		}
	}
	return append(parts, append(dst, '}')), true
}
