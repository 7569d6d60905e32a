package terminal

import "strings"

// Style marks text with colours, or with none. Text that others chose must be safe
// before.
type Style struct{ coloured bool }

// Coloured reports whether text is marked at all.
func (s Style) Coloured() bool { return s.coloured }

func (s Style) mark(code, text string) string {
	if !s.coloured || text == "" {
		return text
	}
	on, off := "\x1b["+code+"m", "\x1b[0m"
	return on + strings.ReplaceAll(text, "\n", off+"\n"+on) + off
}

// Red is for errors, failures and deletions.
func (s Style) Red(text string) string { return s.mark("31", text) }

// Green is for what is created, and for success.
func (s Style) Green(text string) string { return s.mark("32", text) }

// Yellow is for warnings and for what is overwritten.
func (s Style) Yellow(text string) string { return s.mark("33", text) }

// Cyan is for notes and hints.
func (s Style) Cyan(text string) string { return s.mark("36", text) }

// Bold is for headings and places.
func (s Style) Bold(text string) string { return s.mark("1", text) }

// Dim is for what matters less.
func (s Style) Dim(text string) string { return s.mark("2", text) }

// BoldRed is for the word error.
func (s Style) BoldRed(text string) string { return s.mark("1;31", text) }

// BoldYellow is for the word warning.
func (s Style) BoldYellow(text string) string { return s.mark("1;33", text) }
