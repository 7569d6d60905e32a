package pysource

import "strings"

// IPython runs notebooks, and reads some lines of them before Python does: !command,
// %magic, name? and, for the rest of a cell, %%magic. No line of Python begins or
// ends like them.

// pythonMagics are the magics behind which there is Python.
var pythonMagics = []string{"%time", "%%time", "%%timeit", "%%capture", "%%prun"}

// firstToken reads the first token of a logical line.
func (s *scanner) firstToken() {
	rest := s.src[s.at:]
	switch rest[0] {
	case '!', '%', '?':
		if magic, _, _ := strings.Cut(rest[:lineEnd(rest)], " "); magic == "%time" {
			s.at += len(magic)
			s.inLine = true
			return
		}
		s.add(tokShell, s.commandEnd())
	default:
		s.code()
	}
}

// command reads the command that begins with the operator at s.at, and reports
// whether there is one: behind an =, or the ? that ends a line.
func (s *scanner) command(rest string) bool {
	last := len(s.tokens) - 1
	switch {
	case rest[0] == '?':
		if line := rest[:lineEnd(rest)]; strings.Trim(line, "? \t") != "" {
			return false
		}
		s.at += lineEnd(rest)
		s.commands++
		return true
	case last < 0 || s.tokens[last].kind != tokOp || s.src[s.tokens[last].start:s.tokens[last].end] != "=" || strings.HasPrefix(rest, "!="):
		return false
	}
	s.add(tokShell, s.commandEnd())
	return true
}

// commandEnd returns the end of a command: that of its line, or of the last one that
// a backslash joins to it.
func (s *scanner) commandEnd() int {
	end := s.at
	for {
		end += lineEnd(s.src[end:])
		if end == len(s.src) || s.src[end-1] != '\\' {
			return end
		}
		end++
	}
}

// cellMagic skips a cell that begins with %% at s.at, unless it is Python, and
// reports whether there is one.
func (s *scanner) cellMagic() bool {
	rest := s.src[s.at:]
	if !strings.HasPrefix(rest, "%%") {
		return false
	}
	line := rest[:lineEnd(rest)]
	end := s.at + len(line)
	magic, _, _ := strings.Cut(line, " ")
	if !containsWord(strings.Join(pythonMagics, " "), strings.TrimSpace(magic)) {
		end = s.cellEnd(end)
	}
	s.literals = append(s.literals, Span{s.at, end})
	s.at = end
	s.commands++
	return true
}

// cellEnd returns the end of the cell that an offset is in.
func (s *scanner) cellEnd(at int) int {
	for at < len(s.src) {
		next := at + 1
		if next <= len(s.src) && beginsCell(s.src[next:]) {
			return at
		}
		at = next + lineEnd(s.src[min(next, len(s.src)):])
	}
	return len(s.src)
}

// cellMarks begin a cell in a notebook that was written as Python.
var cellMarks = []string{"# %%", "#%%", "# In[", "# COMMAND ----------", "# <codecell>", CellMark}

// CellMark is the line that begins a cell of a notebook in the text that [Read] gets.
const CellMark = "# cell of a notebook"

func beginsCell(text string) bool {
	for _, mark := range cellMarks {
		if strings.HasPrefix(text, mark) {
			return true
		}
	}
	return false
}

// lineEnd returns the offset of the end of the first line.
func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}
