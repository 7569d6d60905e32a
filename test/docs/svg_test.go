package docs

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The picture is dark on pages of both kinds, as most terminals are.
const (
	background, foreground = "#0d1117", "#e6edf3"
	border                 = "#30363d"
	cellWidth, lineHeight  = 8.4, 20
	margin                 = 16
	columns                = 80
)

// colours are those of SGR 30 to 37 and 90 to 97.
var colours = []string{
	"#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4",
	"#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff",
}

// style is how a terminal shows text.
type style struct {
	bold, dim, italic, underline bool
	colour                       string
}

var escape = regexp.MustCompile(`^\x1b\[([0-9;]*)([A-Za-z])`)

// drawTerminal draws what a command printed to a terminal as an SVG. It knows styles,
// colours and line ends; anything else that moves the cursor is an error, because the
// picture would show what the terminal does not.
func drawTerminal(printed string) (string, error) {
	var lines []string
	var line strings.Builder
	now, column := style{}, 0
	for printed != "" {
		if m := escape.FindStringSubmatch(printed); m != nil {
			if m[2] != "m" || !now.apply(m[1]) {
				return "", fmt.Errorf("unknown escape sequence %q", m[0])
			}
			printed = printed[len(m[0]):]
			continue
		}
		end := strings.IndexAny(printed, "\x1b\r\n")
		switch {
		case end < 0:
			end = len(printed)
			fallthrough
		case end > 0:
			if column == columns { // the terminal goes on in the next line
				lines = append(lines, line.String())
				line.Reset()
				column = 0
			}
			text := []rune(printed[:end])
			text = text[:min(len(text), columns-column)]
			line.WriteString(now.span(string(text), column))
			column += len(text)
			printed = printed[len(string(text)):]
		case strings.HasPrefix(printed, "\r\n"):
			lines = append(lines, line.String())
			line.Reset()
			column, printed = 0, printed[2:]
		default:
			return "", fmt.Errorf("unknown control character in %.20q", printed)
		}
	}
	if line.Len() > 0 {
		lines = append(lines, line.String())
	}
	return svg(lines), nil
}

// apply changes the style as an SGR sequence says, and reports whether it knows it.
func (s *style) apply(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		switch code, _ := strconv.Atoi(parameter); {
		case code == 0:
			*s = style{}
		case code == 1:
			s.bold = true
		case code == 2:
			s.dim = true
		case code == 3:
			s.italic = true
		case code == 4:
			s.underline = true
		case code == 22:
			s.bold, s.dim = false, false
		case code == 23:
			s.italic = false
		case code == 24:
			s.underline = false
		case code == 39:
			s.colour = ""
		case 30 <= code && code <= 37:
			s.colour = colours[code-30]
		case 90 <= code && code <= 97:
			s.colour = colours[code-90+8]
		default:
			return false
		}
	}
	return true
}

// span returns text of this style that begins in a column.
func (s style) span(text string, column int) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	indent := len(text) - len(strings.TrimLeft(text, " "))
	text = strings.TrimRight(text[indent:], " ")
	attributes := fmt.Sprintf(` x="%.1f" textLength="%.1f"`,
		margin+float64(column+indent)*cellWidth, float64(len([]rune(text)))*cellWidth)
	for _, a := range []struct {
		text string
		on   bool
	}{
		{` font-weight="bold"`, s.bold}, {` opacity="0.65"`, s.dim},
		{` font-style="italic"`, s.italic}, {` text-decoration="underline"`, s.underline},
	} {
		if a.on {
			attributes += a.text
		}
	}
	if s.colour != "" {
		attributes += ` fill="` + s.colour + `"`
	}
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text))
	return "<tspan" + attributes + ">" + escaped.String() + "</tspan>"
}

func svg(lines []string) string {
	width, height := columns*cellWidth+2*margin, len(lines)*lineHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%.0f" height="%d" rx="8" fill="%s" stroke="%s"/>`+"\n", width-1, height-1, background, border)
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="%s">`+"\n", foreground)
	for i, line := range lines {
		if line != "" {
			fmt.Fprintf(&b, `<text y="%d" xml:space="preserve" style="white-space:pre">%s</text>`+"\n", margin+lineHeight*i+15, line)
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

func TestDrawTerminal(t *testing.T) {
	picture, err := drawTerminal("a \x1b[1;31m<b>\x1b[0m\r\n\r\nc\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`>a</tspan><tspan x="32.8" textLength="25.2" font-weight="bold" fill="#ff7b72">&lt;b&gt;</tspan></text>`,
		`<text y="71" xml:space="preserve" style="white-space:pre"><tspan x="16.0" textLength="8.4">c</tspan></text>`,
	} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture lacks %s:\n%s", want, picture)
		}
	}
	wrapped, err := drawTerminal(strings.Repeat("x", columns) + "\r\n" + strings.Repeat("y", columns+1) + "\r\n")
	if err != nil || strings.Count(wrapped, "<text") != 3 || !strings.Contains(wrapped, `<tspan x="16.0" textLength="8.4">y<`) {
		t.Errorf("a line of %d columns: %v\n%s", columns+1, err, wrapped)
	}
	for _, moves := range []string{"a\rb", "\x1b[2K", "\x1b[38m", "\x1b]0;title\a", "a\nb"} {
		if _, err := drawTerminal(moves); err == nil {
			t.Errorf("%q was drawn", moves)
		}
	}
}
