package pysource

import (
	"cmp"
	"slices"
	"strings"
)

// cell is a cell of a notebook: its code, and the error that keeps Python from reading
// it, or nil if it is in another language.
type cell struct {
	Span
	problem *Problem
}

// ReadNotebook reads a module whose cells begin with [CellMark]. Jupyter runs cells one
// by one: what Python cannot read in one is in [Module.Unread], and the others count.
func ReadNotebook(text []byte) *Module {
	m := Read(text)
	if m.Problem == nil || len(m.Text) == 0 {
		return m
	}
	code, unread := []byte(m.Text), []cell(nil)
	for _, c := range cellsOf(m.Text) {
		if c.problem = parse(scan(m.Text[c.Start:c.End])).problem; c.problem == nil {
			continue
		}
		if foreignMagic().MatchString(m.Text[c.Start:c.End]) {
			c.problem = nil
		}
		unread = append(unread, c)
		empty(code[c.Start:c.End])
	}
	return readModule(m.Text, string(code), unread)
}

// cellsOf returns the code of each cell.
func cellsOf(text string) []cell {
	var cells []cell
	for at := 0; at < len(text); {
		end := len(text)
		if next := strings.Index(text[at+1:], "\n"+CellMark); next >= 0 {
			end = at + 1 + next + 1
		}
		cells = append(cells, cell{Span: Span{at, end}})
		at = end
	}
	return cells
}

// empty takes everything off the lines of a text.
func empty(lines []byte) {
	for i, c := range lines {
		if c != '\n' {
			lines[i] = ' '
		}
	}
}

// leaveOut records the cells that are not read. All of their code may hold a value.
func (m *Module) leaveOut(unread []cell) {
	for _, c := range unread {
		if c.problem != nil {
			m.Unread = append(m.Unread, Problem{c.problem.Message, c.Start + c.problem.Start, c.Start + c.problem.End})
		}
		m.Literals = append(m.Literals, c.Span)
	}
	slices.SortFunc(m.Literals, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
}
