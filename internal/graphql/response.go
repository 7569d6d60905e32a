package graphql

import "slices"

// Response is the answer to one document.
type Response struct {
	Errors []*Error
	// Data is the JSON of data, in parts. It is nil if nothing was executed; the answer
	// then has no key data.
	Data [][]byte
	// GrowErr is the error of [Growing], if the answer exceeded its bounds. Fields may
	// have been executed before; the rest are errors.
	GrowErr error
}

// Append appends the response as JSON, errors before data as in Apollo Server, and
// without errors if there are none.
func (r *Response) Append(dst []byte) []byte {
	parts := r.Parts([][]byte{dst})
	if len(parts) == 1 {
		return parts[0]
	}
	return slices.Concat(parts...)
}

// Parts appends the response to the last of parts, without copying its data.
func (r *Response) Parts(parts [][]byte) [][]byte {
	last := &parts[len(parts)-1]
	*last = append(*last, '{')
	if len(r.Errors) > 0 {
		*last = appendErrors(*last, r.Errors)
		if r.Data != nil {
			*last = append(*last, ',')
		}
	}
	if r.Data != nil {
		*last = append(*last, `"data":`...)
		parts = append(parts, r.Data...)
	}
	last = &parts[len(parts)-1]
	*last = append(*last, '}')
	return parts
}
