// Package dotenvforms reads the tables of docs/dotenv.md, which tests hold to sync's reader
// and to other libraries.
package dotenvforms

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Headings are those of the page's tables.
const (
	Read    = "What is read"
	Dollar  = "A $ outside single quotes"
	Refused = "What is refused"
)

// Row is a row of a table.
type Row struct {
	File    string // as the first column has it
	Value   string // of A, under [Read] and [Dollar]
	Instead string // what a user is to write, under [Refused]
}

// Load returns the rows of the table under a heading of the page.
func Load(page, heading string) ([]Row, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	_, section, _ := strings.Cut(string(text), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []Row
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| \n"), " |")
		row := Row{File: code(cells[0])}
		if heading == Refused {
			row.Instead = code(cells[len(cells)-1])
		} else if len(cells) > 1 {
			row.Value = code(cells[1])
		}
		rows = append(rows, row)
	}
	if len(rows) < 5 {
		return nil, fmt.Errorf("%s: %d rows under %q", page, len(rows), heading)
	}
	return rows, nil
}

var span = regexp.MustCompile("^ *(?:`` ?(.*?) ?``|`(.*)`)$")

// code returns what a code span stands for.
func code(cell string) string {
	found := span.FindStringSubmatch(cell)
	if found == nil {
		return ""
	}
	return strings.NewReplacer("⏎", "\n", "␍", "\r", "⇥", "\t").Replace(found[1] + found[2])
}
