package bench

import (
	"fmt"
	"strconv"
	"strings"
)

// block is a part of the page that is written from the results: what is between its two comments.
type block struct {
	name string
	part string // of run.sh, whose results these are
	head string // the columns of its table, with | between them
	rows func(r *results) []row
}

// row is a row of a table, with the bar that it is held to, if there is one.
type row struct {
	cells []string
	bar   bar
}

// bar is a limit that we set ourselves, for the number in a row.
type bar struct {
	what  string // what is compared, for the sentence that says why it is missed
	limit float64
	most  bool // the number is at most the limit, else at least
	got   numbers
	unit  unit
	why   string // why the number misses the limit, with its main causes in a profile
}

func atLeast(limit float64, got numbers, unit unit, what, why string) bar {
	return bar{what, limit, false, got, unit, why}
}

func atMost(limit float64, got numbers, unit unit, what, why string) bar {
	return bar{what, limit, true, got, unit, why}
}

// met compares the median.
func (b bar) met() bool {
	if b.most {
		return b.got.median() <= b.limit
	}
	return b.got.median() >= b.limit
}

// String is the cell of the bar.
func (b bar) String() string {
	limit := "at least "
	if b.most {
		limit = "at most "
	}
	verdict := "met"
	if !b.met() {
		verdict = "**not met**"
	}
	unit := b.unit.of(b.limit)
	return limit + withCommas(strconv.FormatFloat(b.limit/unit.divisor, 'f', -1, 64)) + unit.suffix + ", " + verdict
}

// markdown writes the table, and below it why rows miss their bars. It also returns what misses its bar without a reason.
func (b block) markdown(r *results) (text string, unexplained []string) {
	if b.part != "" && r.parts[b.part] == nil {
		return "Not measured yet: `make bench PART=" + b.part + "`\n", nil
	}
	rows := b.rows(r)
	lines := []string{"| " + b.head + " |", "| " + strings.Join(alignments(rows), " | ") + " |"}
	for _, row := range rows {
		lines = append(lines, "| "+strings.Join(row.cells, " | ")+" |")
	}
	reasons, unexplained := b.missed(r, rows)
	if reasons != nil {
		lines = append(append(lines, "", "Why targets are not met:", ""), reasons...)
	}
	return strings.Join(lines, "\n") + "\n", unexplained
}

// missed returns a list of the reasons for which bars are missed, each with all it holds for.
func (b block) missed(r *results, rows []row) (list, unexplained []string) {
	var reasons []string
	of := map[string][]string{}
	for _, row := range rows {
		if row.bar.what == "" || row.bar.met() {
			continue
		}
		why := row.bar.why
		if why == "" {
			why = r.busy(b.part)
		}
		if why == "" {
			unexplained = append(unexplained, b.name+": "+row.bar.what)
			continue
		}
		if of[why] == nil {
			reasons = append(reasons, why)
		}
		of[why] = append(of[why], row.bar.what)
	}
	for _, why := range reasons {
		list = append(list, "- "+strings.Join(of[why], "; ")+": "+why)
	}
	return list, unexplained
}

// alignments are left for a column of words, and right for one of numbers.
func alignments(rows []row) []string {
	columns := make([]string, len(rows[0].cells))
	for i := range columns {
		columns[i] = "---:"
		for _, row := range rows {
			if cell := row.cells[i]; cell != "" && !strings.ContainsAny(cell[:1], "-0123456789") {
				columns[i] = "---"
			}
		}
	}
	return columns
}

// replaceBlock writes a block between its comments.
func replaceBlock(page, name, text string) (string, error) {
	begin, end := "<!-- "+name+", written by make bench -->\n", "<!-- end of "+name+" -->\n"
	head, rest, ok := strings.Cut(page, begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 || strings.Contains(tail, begin) {
		return "", fmt.Errorf("docs/performance.md does not have one block %q", name)
	}
	return head + begin + "\n" + text + "\n" + end + tail, nil
}
