package check

import (
	"strings"
	"testing"
)

func TestSyntax(t *testing.T) {
	for _, tt := range []struct {
		name, text, place, message string
	}{
		{
			"decoder refuses", "a = 1\nb = yes", "2:5",
			"not a TOML value: quote strings, and write true and false in lower case",
		},
		{
			"decoder accepts what is defined twice", "[a]\nb.c = 1\n[a.b]", "3:4",
			"this table is already defined by dotted keys, on line 2 first",
		},
		{
			"decoder accepts TOML 1.1", "a = {\n}", "1:6",
			"an inline table is on one line in TOML 1.0: only TOML 1.1 allows a new line here",
		},
		{
			"after a byte order mark", "\ufeffa = ?", "1:5",
			"not a TOML value: quote strings, and write true and false in lower case",
		},
		{
			"after wide characters", "\"é😀\" = ?", "1:8",
			"not a TOML value: quote strings, and write true and false in lower case",
		},
		{
			"escape in a multi-line text", "a = \"\"\"\nx\n \\q\"\"\"", "3:2",
			"TOML has no such escape; write a backslash as \\\\, or use single quotes",
		},
		{"not UTF-8", "a = 1\nb = '\xff'", "2:6", "the file is not UTF-8"},
		{"NUL", "a = 1\nb = '\x00'", "2:6", "the file has a NUL byte, which TOML does not allow"},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00", "1:8", "the file has a NUL byte, which TOML does not allow"},
		{
			"within an array", "a = [\n1\n2]", "3:1",
			"a comma or a closing bracket is missing here, in what opens on line 1",
		},
		{
			"deep", "a = " + strings.Repeat("[", 1<<20), "1:105",
			"this nests more than 100 levels deep, which is as far as prefect-secrets reads",
		},
		{
			"deep header", "[a" + strings.Repeat(".a", 110) + "]", "1:2",
			"this nests more than 100 levels deep, which is as far as prefect-secrets reads",
		},
		{
			"deep header after another", "[b]\n[a" + strings.Repeat(".a", 110) + "]", "2:2",
			"this nests more than 100 levels deep, which is as far as prefect-secrets reads",
		},
		{"end of the text", "a", "1:2", "an equals sign is missing after the key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := File("f", []byte(tt.text), Options{})
			want := "f:" + tt.place + ": error: " + tt.message + " [syntax]"
			if len(found) != 1 || found[0].String() != want {
				t.Errorf("got %v, want %s", found, want)
			}
		})
	}
}

func TestSyntaxNamesWhatIsDefinedTwice(t *testing.T) {
	found := File("f", []byte("[a]\n'b c' = 1\n\"b c\" = 2\n"), Options{})
	if len(found) != 1 || found[0].Key != `a."b c"` {
		t.Errorf("got %+v", found)
	}
}

// TestSyntaxHint says what Prefect does with each text, as measured.
func TestSyntaxHint(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1 2":                           failsHint,
		"a = 1\na = 2":                      failsHint,
		"a = \"\\e\"":                       failsHint,
		"a = '\xff'":                        encodingHint,
		"\xff\xfea\x00":                     encodingHint,
		"a = " + strings.Repeat("[", 1<<10): depthHint,
		"a =" + strings.Repeat("=", 1<<20):  "the parser inside Prefect would take hours to read this",
		"a == 1":                            passesHint + `; Prefect reads the key "a =" as an integer`,
		"a = 1\nb = [1, 2":                  passesHint + "; Prefect reads the key b as a list",
		"naïve = 'x'":                       passesHint + `; Prefect reads the key "naïve" as a string`,
		"a = '\x1b'":                        passesHint + "; Prefect reads the key a as a string",
		"a = 1979-05-27T07:32":              failsHint,
		"# x\x00\na = 1":                    passesHint + "; Prefect reads past it",
		"[a.b]\nx = 1\n[a]\nb.d = 1":        passesHint + "; Prefect reads the key a.b.d as an integer",
		"a = 99999999999999999999":          passesHint + "; Prefect reads the key a as an integer",
	} {
		found := File("f", []byte(text), Options{})
		if len(found) != 1 || found[0].Hint != want {
			t.Errorf("%.40q: got %+v, want %q", text, found, want)
		}
	}
}

func TestMergeMarks(t *testing.T) {
	for _, mark := range []string{"<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> theirs"} {
		found := File("x", []byte("[cloud]\n"+mark+"\napi = 'x'\n"), Options{})
		if len(found) != 1 || found[0].Line != 2 || !strings.Contains(found[0].Message, "merge conflict") {
			t.Errorf("%s: got %v", mark, found)
		}
	}
}
