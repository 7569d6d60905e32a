package cloud

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

const (
	// maxRows bounds the rows that the fields of one request look at, each counted
	// once for every condition and every column: 1,000 fields over 10,000 names would
	// otherwise take as many steps as their product.
	maxRows = 1_000_000
	// maxAnswer bounds what one request is given of values and names, in bytes: 256
	// values of the largest size.
	maxAnswer = MaxValue << 8
	// maxColumns bounds the fields selected of one row; the largest type has five.
	maxColumns = 20
	// rowsOfInfo is what a row counts for whose time or version the store is asked
	// for, which may be a request for each.
	rowsOfInfo = 100
	// bytesOfRow are the bytes of what rows are compared with that count as a row.
	bytesOfRow = 64
)

// budget is what the fields of one request have taken together. It is spent by each
// field as a whole and looked at before the next, so that the first is never refused,
// however many names there are.
type budget struct{ rows, bytes int }

// left refuses a field once those before it have taken the whole budget.
func (b *budget) check() error {
	if b.rows > maxRows || b.bytes > maxAnswer {
		return badInput("the request asks for too much at once: send its fields in several requests")
	}
	return nil
}

// list spends what it costs to answer with names, in rows of so many columns.
func (b *budget) spendNames(names []string, columns int) {
	b.rows += len(names) * columns
	for _, name := range names {
		b.bytes += len(name) * columns
	}
}

// narrow refuses a field that selects more of each row than there is.
func checkColumns(f *graphql.Field) error {
	if len(f.Fields) > maxColumns {
		return badInput(fmt.Sprintf("the request selects more than %d fields of one row", maxColumns))
	}
	return nil
}
