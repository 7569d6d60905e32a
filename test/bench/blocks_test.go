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
func (b bar) met() bool { return b.holdsFor(b.got.median()) }

func (b bar) holdsFor(number float64) bool {
	if b.most {
		return number <= b.limit
	}
	return number >= b.limit
}

// missedRounds is how many rounds miss the limit by themselves.
func (b bar) missedRounds() (missed int) {
	for _, number := range b.got {
		if !b.holdsFor(number) {
			missed++
		}
	}
	return missed
}

// margin is 1 at the limit, and more if the number is better.
func (b bar) margin() float64 {
	if b.limit == 0 && b.met() {
		return 1
	}
	if b.most {
		return b.limit / b.got.median()
	}
	return b.got.median() / b.limit
}

// reason says why a number misses its limit: its own reason, and that the machine was busy. Without either, a number
// that some rounds reach is a matter of noise.
func (b bar) reason(busy string) string {
	switch {
	case b.why != "" && busy != "":
		return b.why + " Also, " + busy
	case b.why == "" && busy == "" && b.missedRounds() < len(b.got):
		return "the rounds differ by more than the figure misses its target."
	}
	return b.why + busy
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
		if missed := b.missedRounds(); missed < len(b.got) {
			verdict += fmt.Sprintf(" in %d of %d rounds", missed, len(b.got))
		}
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
		why := row.bar.reason(r.busy(b.part))
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
