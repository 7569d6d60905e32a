package actions_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

var update = flag.Bool("update", false, "write the tables of inputs and outputs in docs/action.md")

// yamlField is an input or an output in action.yml.
type yamlField struct{ name, description, fallback string }

var yamlEntry = regexp.MustCompile(`(?m)^  ([a-z-]+):\n    description: (.+)\n(?:    default: (.+)\n)?`)

// readActionYML reads the inputs and outputs of action.yml. It fails on any line of
// another form, so that it skips none.
func readActionYML(t *testing.T) (inputs, outputs []yamlField) {
	t.Helper()
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "\ninputs:\n")
	in, rest, _ := strings.Cut(rest, "\noutputs:\n")
	out, _, _ := strings.Cut(rest, "\nruns:\n")
	read := func(section string) (list []yamlField) {
		section += "\n"
		for _, m := range yamlEntry.FindAllStringSubmatch(section, -1) {
			list = append(list, yamlField{m[1], m[2], strings.Trim(m[3], `"`)})
		}
		if left := strings.TrimSpace(yamlEntry.ReplaceAllString(section, "")); left != "" {
			t.Fatalf("action.yml has what this test does not read: %s", left)
		}
		return list
	}
	return read(in), read(out)
}

func namesOf(list []yamlField) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.name)
	}
	return out
}

func TestActionMetadata(t *testing.T) {
	inputs, outputs := readActionYML(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "check", "config-files": "../../fixtures/config/local.toml",
	})
	if r := runAction(t, w.Env); r.code != exit.OK {
		t.Fatalf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	var set []string
	for name := range w.Outputs(t) {
		set = append(set, name)
	}
	slices.Sort(set)
	want := namesOf(outputs)
	slices.Sort(want)
	if diff := cmp.Diff(want, set); diff != "" {
		t.Errorf("outputs of action.yml (-) and of a run (+): %s", diff)
	}
	if diff := cmp.Diff(namesOf(inputs), actions.InputNames); diff != "" {
		t.Errorf("inputs of action.yml (-) and of the code (+): %s", diff)
	}
}

// The defaults in action.yml are those of the code.
func TestActionDefaults(t *testing.T) {
	inputs, _ := readActionYML(t)
	var given []string
	for _, in := range inputs {
		if in.fallback != "" {
			given = append(given,
				"INPUT_"+strings.ToUpper(in.name)+"="+strings.Replace(in.fallback, "${{ toJSON(matrix) }}", "null", 1))
		}
	}
	read := func(env []string) actions.Inputs {
		in, err := actions.NewRunner(&strings.Builder{}, env, newGetenv(env)).Inputs()
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	with, without := read(given), read(nil)
	if without.FailOn == "" {
		without.FailOn = "error"
	}
	if with, without := fmt.Sprintf("%+v", with), fmt.Sprintf("%+v", without); with != without {
		t.Errorf("with the defaults of action.yml: %s\nwithout any: %s", with, without)
	}
}

func TestPageHasTheInputs(t *testing.T) {
	const path, begin, end = "../../docs/action.md", "<!-- inputs and outputs, from action.yml -->\n", "<!-- end of inputs and outputs -->\n"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/action.md has no place for inputs and outputs")
	}
	inputs, outputs := readActionYML(t)
	want := head + begin + "\n" + inputTable(inputs) + "\n" + outputTable(outputs) + "\n" + end + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("the tables of docs/action.md are not those of action.yml; run this test with -update:\n%s", diff)
	}
}

func inputTable(inputs []yamlField) string {
	b := "| input | what it is | default |\n| --- | --- | --- |\n"
	for _, in := range inputs {
		fallback := ""
		if in.fallback != "" {
			fallback = "`" + in.fallback + "`"
		}
		b += strings.TrimSuffix(fmt.Sprintf("| `%s` | %s | %s", in.name, in.description, fallback), " ") + " |\n"
	}
	return b
}

func outputTable(outputs []yamlField) string {
	b := "| output | what it is |\n| --- | --- |\n"
	for _, out := range outputs {
		b += fmt.Sprintf("| `%s` | %s |\n", out.name, out.description)
	}
	return b
}
