package cloud

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

const (
	// maxRows bounds the rows that the fields of one request read. A row counts once
	// for every condition and every column. Without the bound, 1,000 fields over
	// 10,000 names would take as many steps as their product.
	maxRows = 1_000_000
	// maxAnswer bounds the bytes of values and names that one request gets: 256
	// values of the largest size.
	maxAnswer = MaxValue << 8
	// maxColumns bounds the fields selected of one row. The largest type has five.
	maxColumns = 20
	// rowsPerInfo is how many rows an Info counts as. The store may need a request
	// for each.
	rowsPerInfo = 100
	// operandBytesPerRow is how many bytes of operands count as one row.
	operandBytesPerRow = 64
)

// budget is what the fields of one request have used so far, together. A field
// checks it before it begins and then spends what it costs, so the first field is
// never refused, however many names there are.
type budget struct{ rows, bytes int }

// check refuses a field if those before it have used up the budget.
func (b *budget) check() error {
	if b.rows > maxRows || b.bytes > maxAnswer {
		return badInput("the request asks for too much at once: send its fields in several requests")
	}
	return nil
}

// spendNames spends what it costs to answer with names, in rows of so many columns.
func (b *budget) spendNames(names []string, columns int) {
	b.rows += len(names) * columns
	for _, name := range names {
		b.bytes += len(name) * columns
	}
}

// checkColumns refuses a field that selects too many fields of a row.
func checkColumns(f *graphql.Field) error {
	if len(f.Fields) > maxColumns {
		return badInput(fmt.Sprintf("the request selects more than %d fields of one row", maxColumns))
	}
	return nil
}
