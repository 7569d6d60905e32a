package graphql

// maxCopied bounds what the literals of one operation copy of its variables, in
// bytes. A document of 20,000 tokens may name one variable in all of them, which
// would be as many times its length.
const maxCopied = 5 << 20

// values are the coerced variables of one operation; nil has none.
type values struct {
	byName map[string]any
	copied int // bytes of them that stand in literals so far
}

func (v *values) get(name string) (value any, given bool) {
	if v == nil {
		return nil, false
	}
	value, given = v.byName[name]
	return value, given
}

// appendCopy writes a variable into a literal, and null in its place once too much
// was copied: excess tells.
func (v *values) appendCopy(dst []byte, name string) []byte {
	value, _ := v.get(name)
	if v == nil || v.copied > maxCopied {
		value = nil
	}
	start := len(dst)
	dst = appendValue(dst, value)
	if v != nil {
		v.copied += len(dst) - start
	}
	return dst
}

// excess gives the error of an operation that copied too much.
func (v *values) checkCopied() *Error {
	if v.copied <= maxCopied {
		return nil
	}
	return &Error{Message: "The literals of the document hold more than 5 MiB of its variables.", Code: CodeValidationFailed}
}
