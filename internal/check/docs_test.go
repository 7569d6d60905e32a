package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const docsPath = "../../docs/checks.md"

// TestDocs checks that docs/checks.md has a section for each rule, in their order,
// with an example and its real output.
func TestDocs(t *testing.T) {
	page := string(readFile(t, docsPath))
	intro, rest, _ := strings.Cut(page, "\n## ")
	sections := strings.Split(rest, "\n## ")
	if len(sections) != len(Rules()) {
		t.Fatalf("%d sections for %d rules", len(sections), len(Rules()))
	}
	for i, r := range Rules() {
		sections[i] = docsSection(t, r, sections[i])
	}
	want := intro + "\n## " + strings.Join(sections, "\n## ")
	if *update {
		writeFile(t, docsPath, want)
	} else if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("%s is not what -update would write (-want +got):\n%s", docsPath, diff)
	}
}

// docsSection returns a section with the real output of its example.
func docsSection(t *testing.T, r Rule, section string) string {
	t.Helper()
	const output = "```text\n"
	_, after, _ := strings.Cut(section, "```toml\n")
	example, _, ok := strings.Cut(after, "```")
	before, tail, ok2 := strings.Cut(section, output)
	_, tail, ok3 := strings.Cut(tail, "```")
	if !strings.HasPrefix(section, r.Name+"\n\n*"+string(r.Severity)+".*") || !ok || !ok2 || !ok3 {
		t.Fatalf("the section for %s lacks its name, severity, example or output", r.Name)
	}
	found := docsFindings(t, r, section, example)
	if len(found) == 0 {
		t.Errorf("the example for %s has no finding", r.Name)
	}
	return before + output + render(found) + "```" + tail
}

// docsFindings returns what a rule finds in an example: a config, with a flow if the
// section has one, or a manifest.
func docsFindings(t *testing.T, r Rule, section, example string) []Diagnostic {
	t.Helper()
	if r.Name == "manifest" {
		return manifestFindings("prefect-secrets.toml", []byte(example))
	}
	_, shown, _ := strings.Cut(section, "<!--") // which a page does not show
	shown, _, _ = strings.Cut(shown, " -->")
	options := readOptions(t, []byte("#"+shown))
	options.Rules = []string{r.Name}
	found := File("config.toml", []byte(example), options)
	if _, python, ok := strings.Cut(section, "```python\n"); ok {
		python, _, _ = strings.Cut(python, "```")
		found = append(found, flowTextFindings(t, "flow.py", python, example)...)
	}
	return found
}
