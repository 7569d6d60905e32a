package release_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

func TestADeepConfigIsAnError(t *testing.T) {
	const many = 1 << 20
	for name, text := range map[string]string{
		"arrays":        "a = 1\nb = " + strings.Repeat("[", many),
		"headers":       "a = 1\n" + strings.Repeat("[", many),
		"inline tables": "a = 1\nb = " + strings.Repeat("{a=", many),
		"a dotted key":  "a = 1\n" + strings.Repeat("a.", many) + "a = 1",
		"over lines":    "a = [\n" + strings.Repeat("[", many),
		"closed":        "a = 1\nb = " + strings.Repeat("[", many) + strings.Repeat("]", many),
		"after strings": "a = \"]]]\\\"\" # ]]\nb = ['''\\''', " + strings.Repeat("[", many),
	} {
		_, err := release.Load(release.Options{Text: text})
		want := "deeper than 100 levels"
		if name == "headers" { // no header has more than two brackets
			want = "not valid TOML"
		}
		var bad *release.Error
		if !errors.As(err, &bad) || bad.Line != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TOML 1.1 is read where no release is chosen, and to no greater depth.
func TestFormsOfTOML11(t *testing.T) {
	const text = "b = \"\\e\\x41\"\na = {x = 1,\n y = 2,}\n"
	loaded, err := release.Load(release.Options{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range loaded.Entries() {
		got = append(got, fmt.Sprintf("%s=%q", strings.Join(e.Path, "."), fmt.Sprint(e.Value)))
	}
	got = got[len(got)-3:] // after the defaults
	if want := `[b="\x1bA" a.x="1" a.y="2"]`; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	_, err = release.Load(release.Options{Text: text + "c = " + strings.Repeat("[", 1<<20)})
	if err == nil || !strings.Contains(err.Error(), "not valid TOML") {
		t.Errorf("got %v", err)
	}
}

func TestBracketsThatNestNothing(t *testing.T) {
	open := strings.Repeat("[{.", 1000)
	for name, text := range map[string]string{
		"in strings":   fmt.Sprintf("a = \"%s\"\nb = '%[1]s'\nc = \"\"\"\n%[1]s\\\"\"\"\"\nd = '''\n%[1]s'''", open),
		"in comments":  strings.Repeat("# "+open+"\n", 3),
		"side by side": "a = [" + strings.Repeat("[1.5],", 1000) + "]\n" + strings.Repeat("[[t]]\nx.y = 1.5\n", 1000),
	} {
		if _, err := release.Load(release.Options{Text: text}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAVariableThatGrows has a variable that names itself many times, and many
// strings that name a long one.
func TestAVariableThatGrows(t *testing.T) {
	laughs, long := "A="+strings.Repeat("$A", 200), "A="+strings.Repeat("x", 100<<10)
	for _, v := range []release.Version{release.Documented, release.Number{0, 9, 3}.Version(), release.Number{1, 4, 1}.Version()} {
		for name, o := range map[string]release.Options{
			"in a string":     {Text: "a = \"$A\"", Env: []string{laughs}},
			"in many strings": {Text: "a0 = \"$A\"\n" + manyKeys(200), Env: []string{long}},
			"in a variable":   {Text: "b = 1", Env: []string{laughs, "PREFECT__A=$A"}},
		} {
			o.Version = v
			_, err := release.Load(o)
			var bad *release.Error
			isMemoryError := errors.As(err, &bad) && bad.Class == "MemoryError"
			if !isMemoryError || !strings.Contains(err.Error(), "grow by more than 16 MiB") {
				t.Errorf("%s %s: got %.200v", v, name, err)
			}
		}
	}
}

func manyKeys(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "k%d = \"$A\"\n", i)
	}
	return text.String()
}
