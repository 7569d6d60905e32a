package graphql

import "github.com/prefect-secrets/prefect-secrets/internal/smallmap"

// maxCopied bounds how many bytes the literals of one operation copy from its
// variables. A document of 20,000 tokens may name one large variable in nearly all of
// them, and would copy it each time.
const maxCopied = 5 << 20

// values are the coerced variables of one operation. A nil *values has none.
type values struct {
	byName smallmap.Map[any]
	copied int // bytes of them in literals so far
}

func (v *values) get(name string) (value any, given bool) {
	if v == nil {
		return nil, false
	}
	return v.byName.Get(name)
}

// appendCopy appends a variable to a literal, or null once too much was copied,
// which checkCopied reports.
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

// checkCopied returns an error if the operation copied too much.
func (v *values) checkCopied() *Error {
	if v.copied <= maxCopied {
		return nil
	}
	return &Error{Message: "The literals of the document hold more than 5 MiB of its variables.",
		Code: CodeValidationFailed}
}
