package pysource

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// IPython runs notebooks, and reads some lines of them before Python does: !command,
// %magic, name? and, for the rest of a cell, %%magic. No line of Python begins or
// ends like them.

// pythonMagics are the magics behind which there is Python, in a line or, with %%, in the
// rest of the cell.
const pythonMagics = "%time %timeit %prun %memit %lprun %mprun " +
	"%%time %%timeit %%capture %%prun %%debug %%memit %%lprun %%mprun %%snakeviz %%heat"

// magicOption matches an option of such a magic, with its value.
var magicOption = lazyregexp.New(`^\s+-(?:[fmlsTD]\s+\S+|\w+(?:\s+[0-9.]+)?)`)

// foreignMagic matches the first line of a cell that Databricks does not run as Python.
var foreignMagic = lazyregexp.New(`^[^\n]*\n\s*%(?:md|markdown|sql|sh|fs|r|scala|java)\b`)

// firstToken reads the first token of a logical line.
func (s *scanner) firstToken() {
	rest := s.src[s.at:]
	switch rest[0] {
	case '!', '%', '?':
		line := rest[:lineEnd(rest)]
		if magic, _, _ := strings.Cut(line, " "); containsWord(pythonMagics, magic) {
			s.at += len(magic) + optionsLength(line[len(magic):])
			s.inLine = true
			return
		}
		s.add(tokShell, s.commandEnd())
	case '*':
		if strings.HasSuffix(strings.TrimRight(rest[:lineEnd(rest)], " ;"), "?") { // *name*?, a search
			s.add(tokShell, s.commandEnd())
			return
		}
		s.code()
	default:
		s.code()
	}
}

// optionsLength returns the length of the options that the rest of a line begins with.
func optionsLength(line string) (n int) {
	for {
		found := magicOption().FindStringIndex(line[n:])
		if found == nil {
			return n
		}
		n += found[1]
	}
}

// prompt skips the prompt >>> or ... that IPython takes off a line.
func (s *scanner) prompt() {
	if !s.notebook {
		return
	}
	for _, prompt := range []string{">>>", "..."} {
		if rest := s.src[s.at:]; strings.HasPrefix(rest, prompt) && (len(rest) == len(prompt) || rest[len(prompt)] == ' ' || rest[len(prompt)] == '\n') {
			s.at = min(s.at+len(prompt)+1, s.at+len(prompt)+lineEnd(rest[len(prompt):]))
			return
		}
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
	if !containsWord(pythonMagics, strings.TrimSpace(magic)) {
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
