// Package terminal knows whether a stream is a terminal, how wide it is, and whether
// to write in colour.
package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// When says when to write in colour.
type When string

const (
	Auto   When = "auto" // to a terminal, unless the environment says otherwise
	Always When = "always"
	Never  When = "never"
)

// Choices are the values of --color.
var Choices = []string{string(Auto), string(Always), string(Never)}

// Output is a stream for people. Writing to it adds nothing.
type Output struct {
	io.Writer
	Style Style
	// Width is how many columns there are; 0 if it is unknown, and lines are not to be
	// broken.
	Width int
}

// NewOutput returns the output to w. Getenv looks up NO_COLOR, CLICOLOR_FORCE,
// CLICOLOR, TERM and COLUMNS.
func NewOutput(w io.Writer, when When, getenv func(string) string) Output {
	return Output{w, Style{isColoured(w, when, getenv)}, widthOf(w, getenv)}
}

// Is reports whether w is a terminal.
func Is(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && IsFile(file)
}

// IsFile reports whether a file is a terminal.
func IsFile(file *os.File) bool { return term.IsTerminal(int(file.Fd())) }

// isColoured decides as no-color.org and bixense.com/clicolors describe: NO_COLOR wins
// over CLICOLOR_FORCE, and the flag over both.
func isColoured(w io.Writer, when When, getenv func(string) string) bool {
	force := getenv("CLICOLOR_FORCE")
	switch {
	case when == Always, when == Never:
		return when == Always
	case getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return getenv("CLICOLOR") != "0" && getenv("TERM") != "dumb" && Is(w)
}

// minWidth is the narrowest width that is believed, in columns.
const minWidth = 20

// widthOf returns the width of a terminal, which COLUMNS overrides, and 0 for any other
// stream: what reads that takes lines as they are.
func widthOf(w io.Writer, getenv func(string) string) int {
	if !Is(w) {
		return 0
	}
	if columns, err := strconv.Atoi(getenv("COLUMNS")); err == nil && columns >= minWidth {
		return columns
	}
	if columns, _, err := term.GetSize(int(w.(*os.File).Fd())); err == nil && columns >= minWidth {
		return columns
	}
	return 0
}

// Of returns w itself if it is an [Output], or else one without colour and width.
func Of(w io.Writer) Output {
	if out, ok := w.(Output); ok {
		return out
	}
	return Output{Writer: w}
}
