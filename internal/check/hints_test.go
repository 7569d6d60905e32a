package check

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// hintEdits are what a reader does who follows a hint to the letter: each returns the
// part of the text to replace, and what to write there. m is the match in the hint.
var hintEdits = []struct {
	hint *regexp.Regexp
	edit func(s *source, f finding, m []string) (span, string)
}{
	{regexp.MustCompile(`^name an environment variable instead: .* = ("\$\w+")`), writeMatch},
	{regexp.MustCompile(`^Prefect expands no \$NAME inside an array: remove it|^remove it from the file|^Prefect reads it and nothing happens|remove one of the references$|remove it|set the environment variable|give (flows|the executor)|^write its settings below`), deleteStatement},
	{regexp.MustCompile(`quote it twice, such as`), quoteTwice},
	{regexp.MustCompile(`^the nearest key is ([\w.]+)`), func(_ *source, f finding, m []string) (span, string) {
		return span{f.start, f.end}, `"${` + m[1] + `}"`
	}},
	{regexp.MustCompile(`^name a key of this file or of Prefect's own`), write(`"${cloud.api}"`)},
	{regexp.MustCompile(`moved it to ([\w.]+)`), func(_ *source, f finding, m []string) (span, string) {
		return span{f.start, f.end}, `"` + m[1] + `"`
	}},
	{regexp.MustCompile(`choose a class of prefect\.engine\.results`), write(`"prefect.engine.results.LocalResult"`)},
	{regexp.MustCompile(`choose a class of prefect\.storage`), write(`"prefect.storage.Docker"`)},
	{regexp.MustCompile(`choose a class of prefect\.run_configs`), write(`"prefect.run_configs.LocalRun"`)},
	{regexp.MustCompile(`leave it empty`), write(`""`)},
	{regexp.MustCompile(`last release that did: use `), deleteStatement}, // and write the other, which is free of findings
	{regexp.MustCompile(`^with use_local_secrets = false`), write(`false`)},
	{regexp.MustCompile(`use another, such as (\w+)`), func(_ *source, f finding, m []string) (span, string) {
		return span{f.start, f.end}, m[1]
	}},
	{regexp.MustCompile(`^(write the string itself)`), replaceSecret(`"$THE_TEXT"`)},
	{regexp.MustCompile(`^its keys are ([^;]+)`), func(s *source, f finding, m []string) (span, string) {
		var parts []string
		for key := range strings.SplitSeq(m[1], ", ") {
			parts = append(parts, key+` = "$`+variableFor(key)+`"`)
		}
		return replaceSecret("{ "+strings.Join(parts, ", ")+" }")(s, f, m)
	}},
	{regexp.MustCompile(`^write the number without quotes`), write(`1`)},
	{regexp.MustCompile(`write (true or )?false without quotes`), write(`false`)},
	{regexp.MustCompile(`use one of CRITICAL|^levels are in capitals`), write(`"INFO"`)},
	{regexp.MustCompile(`such as (%\(message\)s)`), write(`"%(message)s"`)},
	{regexp.MustCompile(`extra_loggers = ("\['a', 'b'\]")`), writeMatch},
	{regexp.MustCompile(`^the right place is \[([\w.]+)\]`), rename},
	{regexp.MustCompile(`^the right place is \w+, above the first table`), deleteStatement}, // and write it there
	{regexp.MustCompile(`^(?:the nearest name is|did you mean) ([\w.]+)`), rename},
}

func write(text string) func(*source, finding, []string) (span, string) {
	return func(_ *source, f finding, _ []string) (span, string) { return span{f.start, f.end}, text }
}

func writeMatch(_ *source, f finding, m []string) (span, string) { return span{f.start, f.end}, m[1] }

func quoteTwice(s *source, f finding, _ []string) (span, string) {
	i := slices.IndexFunc(s.doc.Values, func(v tomlpos.Value) bool { return v.Start == f.start })
	return span{f.start, f.end}, `'''"` + s.doc.String(s.doc.Values[i]) + `"'''`
}

// deleteStatement deletes the lines of the key that a finding is about, or in.
func deleteStatement(s *source, f finding, _ []string) (span, string) {
	at := span{f.start, f.end}
	node := f.node
	for node != tomlpos.Root && (s.doc.Nodes[node].InList || s.doc.Nodes[node].Index >= 0) {
		node = s.doc.Nodes[node].Parent
	}
	if key, ok := s.doc.FirstKey(node); ok && node != tomlpos.Root {
		at.start = min(at.start, key.Start)
	}
	for _, v := range s.doc.Values {
		if v.Node == node {
			at.end = max(at.end, v.End)
		}
	}
	start, _ := s.doc.Line(s.doc.Position(at.start).Line)
	_, end := s.doc.Line(s.doc.Position(at.end).Line)
	return span{start, end}, ""
}

// replaceSecret writes a secret again, whether its value or a table of its own.
func replaceSecret(text string) func(*source, finding, []string) (span, string) {
	return func(s *source, f finding, _ []string) (span, string) {
		for _, v := range s.doc.Values {
			if v.Node == f.node {
				return span{v.Start, v.End}, text
			}
		}
		return tableAt(s, f.start), "[context.secrets.moved]\na = \"$A\"\n"
	}
}

// tableAt returns the lines of a table whose header has an offset.
func tableAt(s *source, offset int) span {
	start, end := s.doc.Line(s.doc.Position(offset).Line)
	if next := strings.Index(s.doc.Text[end:], "\n["); next >= 0 {
		return span{start, end + next}
	}
	return span{start, len(s.doc.Text)}
}

// rename gives a table or a key the name of the hint, or takes it out where that is in
// another table, or there already.
func rename(s *source, f finding, m []string) (span, string) {
	_, taken := s.lookup(m[1])
	key, _ := s.doc.FirstKey(f.node)
	switch old := s.doc.Path(f.node); {
	case !taken && key.Header && key.Last:
		start, end := s.doc.Line(s.doc.Position(f.start).Line)
		return span{start, end}, "[" + m[1] + "]"
	case !taken && filepath.Ext("x."+old) != "" && strings.TrimSuffix(old, filepath.Ext(old)) == strings.TrimSuffix(m[1], filepath.Ext(m[1])):
		return span{f.start, f.end}, strings.TrimPrefix(filepath.Ext(m[1]), ".")
	case key.Header:
		return tableAt(s, f.start), ""
	}
	return deleteStatement(s, f, m)
}

// follow follows the hint of the last finding that has one of the edits, and reports
// whether there was one.
func follow(t *testing.T, text string, opts Options) (string, bool) {
	t.Helper()
	s := newSource("a.toml", text)
	s.opts, s.rules, s.listRules = opts, configRules, Rules
	var at span
	var with string
	found := false
	for _, r := range s.activeRules() {
		r.check(s, func(f finding) {
			for _, e := range hintEdits {
				if m := e.hint.FindStringSubmatch(f.hint); m != nil && !found {
					at, with = e.edit(s, f, m)
					found = true
				}
			}
		})
	}
	if !found {
		return text, false
	}
	return text[:at.start] + with + text[at.end:], true
}

// TestHintsLeadToNothing follows the hints of every rule but those about TOML itself
// and about ignore comments. What is left are variables that the environment does not
// have, and nothing with --assume-env.
func TestHintsLeadToNothing(t *testing.T) {
	unfollowed := regexp.MustCompile("^(syntax|toml-compat|reader-|ignore|long-line)")
	for _, path := range append(globFiles(t, "testdata/err/*.toml"), globFiles(t, "testdata/hints/*.toml")...) {
		if unfollowed.MatchString(filepath.Base(path)) {
			continue
		}
		for _, number := range []string{"0.9.3", "1.4.1"} {
			version, err := release.ParseVersion(number)
			if err != nil {
				t.Fatal(err)
			}
			opts := Options{Version: version, Env: []string{}}
			text := followAll(t, string(readFile(t, path)), opts)
			opts.AssumeEnv = []string{"*"}
			if found := File(number+"/"+path, []byte(text), opts); len(found) > 0 {
				t.Errorf("everything assumed: %v\n%s", found, text)
			}
		}
	}
}

// followAll follows hints until there are none. It fails unless what is left is about
// unset variables.
func followAll(t *testing.T, text string, opts Options) string {
	t.Helper()
	again := true
	for steps := 0; again; steps++ {
		if text, again = follow(t, text, opts); steps > 100 {
			t.Fatalf("the hints have no end:\n%s", text)
		}
	}
	for _, d := range File("a.toml", []byte(text), opts) {
		if d.Rule != "unset-env" {
			t.Errorf("%s: %s\n%s", opts.Version, d, text)
		}
	}
	return text
}
