package terminal_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
)

// newOutput returns an output to something that is not a terminal.
func newOutput(when terminal.When, env map[string]string) terminal.Output {
	return terminal.NewOutput(&bytes.Buffer{}, when, func(name string) string { return env[name] })
}

func TestColourFollowsTheConventions(t *testing.T) {
	for name, tt := range map[string]struct {
		when terminal.When
		env  map[string]string
		want bool
	}{
		"a file":                {terminal.Auto, nil, false},
		"before the flags":      {"", nil, false},
		"always":                {terminal.Always, nil, true},
		"always over NO_COLOR":  {terminal.Always, map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, true},
		"forced":                {terminal.Auto, map[string]string{"CLICOLOR_FORCE": "1"}, true},
		"forced with 0":         {terminal.Auto, map[string]string{"CLICOLOR_FORCE": "0"}, false},
		"NO_COLOR wins":         {terminal.Auto, map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false},
		"never over the forced": {terminal.Never, map[string]string{"CLICOLOR_FORCE": "1"}, false},
	} {
		if got := newOutput(tt.when, tt.env).Style.Red("x") != "x"; got != tt.want {
			t.Errorf("%s: coloured: %t", name, got)
		}
	}
}

func TestWidthOfAFile(t *testing.T) {
	if got := newOutput(terminal.Auto, map[string]string{"COLUMNS": "72"}).Width; got != 0 {
		t.Errorf("COLUMNS gives a file %d columns", got)
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "größe": 5, "秘密": 4, "ｱ": 1, "Ａ": 2, "e\u0301": 1, "🔑": 2, "a\u200bb": 2, "한글": 4,
	} {
		if got := terminal.Columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
		if got := terminal.Columns(terminal.Pad(text, 6)); got != 6 {
			t.Errorf("%q is padded to %d columns", text, got)
		}
	}
	if beginning, rest := terminal.Cut("秘密鍵", 5); beginning != "秘密" || rest != "鍵" {
		t.Errorf("cut into %q and %q", beginning, rest)
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"one two three four", "one two\n  three\n  four"},
		{"short", "short"},
		{"秘密 秘密 x", "秘密\n  秘密 x"},
		{"averyveryverylongword and more", "averyveryverylongword\n  and more"},
	} {
		if got := terminal.Wrap(tt.text, 10, 2, 2); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.text, got, tt.want)
		}
	}
	if text := strings.Repeat("word ", 100); terminal.Wrap(text, 0, 0, 0) != text {
		t.Error("text is wrapped though the width is unknown")
	}
}
