package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// outline returns the line, rule and message of each diagnostic.
func outline(found []Diagnostic) []string {
	var lines []string
	for _, d := range found {
		lines = append(lines, fmt.Sprintf("%d %s: %s", d.Line, d.Rule, d.Message))
	}
	return lines
}

func TestIgnoreLines(t *testing.T) {
	const secret, comment = "password = 'x'", "# prefect-secrets: ignore[plaintext-secret] a reason"
	const found = "plaintext-secret: password is in the file in plain text"
	const unused = "ignore: plaintext-secret finds nothing on line %d that this could ignore"
	for _, tt := range []struct {
		text string
		want []string
	}{
		{secret + " " + comment, nil},
		{secret + comment + "\r\n", nil},
		{comment + "\n" + secret, nil},
		{" \t" + comment + "\n\t" + secret, nil},
		{
			"\ufeff" + comment + "\n" + secret,
			[]string{"1 toml-compat: a byte order mark: " + rejects},
		},
		{comment + "\n" + comment + "\n" + secret, nil},
		{secret + " " + comment + "\n" + comment, []string{"2 " + fmt.Sprintf(unused, 3)}},
		{comment + "\n\n" + secret, []string{"1 " + fmt.Sprintf(unused, 2), "3 " + found}},
		{comment + "\n# more\n" + secret, []string{"1 " + fmt.Sprintf(unused, 2), "3 " + found}},
		{secret + "\n" + comment, []string{"1 " + found, "2 " + fmt.Sprintf(unused, 3)}},
		{"x = 1 " + comment + "\n" + secret, []string{"1 " + fmt.Sprintf(unused, 1), "2 " + found}},
		{secret + ` # prefect-secrets: ignore[plaintext-secret]: "#12"`, nil},
		{
			secret + " # prefect-secrets: ignore[plaintext-secret] -",
			[]string{"1 ignore: this ignore comment has no reason"},
		},
	} {
		if diff := cmp.Diff(tt.want, outline(File("a.toml", []byte(tt.text), Options{}))); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestIgnoreWithSomeRules(t *testing.T) {
	text := []byte("password = 'x' # prefect-secrets: ignore[plaintext-secret] a reason\n" +
		"keys = 1 # prefect-secrets: ignore[plaintext-secret]\n")
	for _, tt := range []struct {
		rules []string
		want  []string
	}{
		{[]string{"plaintext-secret"}, nil},
		{
			[]string{"reserved-key"},
			[]string{`2 reserved-key: no key can be named "keys": import prefect fails with ValueError`},
		},
		{
			[]string{"ignore"},
			[]string{
				"2 ignore: this ignore comment has no reason",
				"2 ignore: plaintext-secret finds nothing on line 2 that this could ignore",
			},
		},
	} {
		if diff := cmp.Diff(tt.want, outline(File("a.toml", text, Options{Rules: tt.rules}))); diff != "" {
			t.Errorf("%q: %s", tt.rules, diff)
		}
	}
}

// checkUnsetNames is a rule that finds every key without a variable of its name in
// the environment, for the oldest release only.
func checkUnsetNames(s *source, report func(finding)) {
	if s.opts.Env == nil || s.opts.Version != release.Any && s.opts.Version != (release.Number{0, 9, 3}).Version() {
		return
	}
	severity := Severity("")
	if s.opts.RequireEnv {
		severity = SeverityError
	}
	for _, k := range s.doc.Keys {
		if name := s.doc.Nodes[k.Node].Name; !strings.Contains(strings.Join(s.opts.Env, "\n"), name+"=") {
			report(finding{message: name, severity: severity, start: k.Start, end: k.End})
		}
	}
}

// withRule adds a rule for the time of a test, as a new file of this package would.
func withRule(t *testing.T, r checker) {
	t.Helper()
	saved := configRules
	t.Cleanup(func() { configRules = saved })
	last := len(saved) - 1
	configRules = append(append(append([]checker(nil), saved[:last]...), r), saved[last])
}

func TestRulesSeeTheOptions(t *testing.T) {
	withRule(t, checker{Rule{"names", SeverityWarning, "a test"}, checkUnsetNames})
	for _, tt := range []struct {
		opts Options
		want []Severity
	}{
		{Options{}, nil},
		{Options{Env: []string{}}, []Severity{SeverityWarning, SeverityWarning}},
		{Options{Env: []string{"a=1"}}, []Severity{SeverityWarning}},
		{Options{Env: []string{"a=1", "b=2"}, RequireEnv: true}, nil},
		{
			Options{Env: []string{}, RequireEnv: true, Version: release.Number{0, 9, 3}.Version()},
			[]Severity{SeverityError, SeverityError},
		},
		{Options{Env: []string{}, Version: release.Number{1, 4, 1}.Version()}, nil},
	} {
		var got []Severity
		for _, d := range File("a.toml", []byte("a = 1\nb = 2\n"), tt.opts) {
			got = append(got, d.Severity)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v: %s", tt.opts, diff)
		}
	}
}

// TestIgnoreIsUsedUnderOtherOptions has one comment that is right for every release
// and environment, and one that is right for none.
func TestIgnoreIsUsedUnderOtherOptions(t *testing.T) {
	withRule(t, checker{Rule{"names", SeverityWarning, "a test"}, checkUnsetNames})
	text := []byte("a = 1 # prefect-secrets: ignore[names] set at the start\n" +
		"# prefect-secrets: ignore[names] for nothing\n")
	want := []string{"2 ignore: names finds nothing on line 3 that this could ignore"}
	for _, opts := range []Options{
		{}, {Version: release.Number{1, 4, 1}.Version()}, {Env: []string{"a=1"}}, {Env: []string{}}, {Env: []string{"a=1"}, RequireEnv: true},
	} {
		if diff := cmp.Diff(want, outline(File("a.toml", text, opts))); diff != "" {
			t.Errorf("%+v: %s", opts, diff)
		}
	}
}

// TestIgnoreOfUnsetEnvIsUsedWhereItIsSet has the one rule that depends on the
// environment.
func TestIgnoreOfUnsetEnvIsUsedWhereItIsSet(t *testing.T) {
	text := []byte("a = '$SET' # prefect-secrets: ignore[unset-env] the agents have it\n")
	for _, opts := range []Options{
		{}, {Env: []string{"SET=1"}}, {Env: []string{}}, {Env: []string{"SET=1"}, RequireEnv: true},
	} {
		if diff := cmp.Diff([]string(nil), outline(File("a.toml", text, opts))); diff != "" {
			t.Errorf("%+v: %s", opts, diff)
		}
	}
}

// TestIgnoreJudgesLast checks the order of the rules.
func TestIgnoreJudgesLast(t *testing.T) {
	all := Rules()
	if all[0].Name != syntaxName || all[len(all)-1].Name != ignoreName {
		t.Errorf("syntax is not the first rule, or ignore not the last")
	}
}

func TestUncertainPlacesIgnoreNothing(t *testing.T) {
	s := newSource("a.toml", "password = 'x'\n")
	if s.suppresses("plaintext-secret", finding{}) {
		t.Error("something is ignored without a comment")
	}
}

// TestCanariesInIgnoreComments has values in place of the name of a rule and the reason.
func TestCanariesInIgnoreComments(t *testing.T) {
	for _, comment := range []string{
		"ignore[" + canary + "] reason", "ignore[plaintext-secret] " + canary,
		"ignore[plaintext-secret," + canary + "]",
		canary, "ignore " + canary, "ignore[" + canary, "ignore[reserved-key] " + canary,
		"ignore[syntax] " + canary,
	} {
		checkNoLeak(t, "password = 'x' # prefect-secrets: "+comment+"\n", canary)
		checkNoLeak(t, "# prefect-secrets: "+comment+"\n[context.secrets]\n", canary)
	}
}

// BenchmarkIgnores shows that the time per comment does not grow with their number,
// nor the time per finding with the names in one comment.
func BenchmarkIgnores(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		var many, one strings.Builder
		many.WriteString("[context.secrets]\n")
		for i := range n {
			fmt.Fprintf(&many, "key_%d = 'x' # prefect-secrets: ignore[plaintext-secret] a reason\n", i)
		}
		one.WriteString("[context.secrets]\nkeys_1 = { a0 = 'x'")
		for i := range n {
			fmt.Fprintf(&one, ", a%d = 'x'", i+1)
		}
		names := strings.Repeat("plaintext-secret,", n) + "plaintext-secret"
		one.WriteString("} # prefect-secrets: ignore[" + names + "] a reason\n")
		for name, text := range map[string]string{"comments": many.String(), "names": one.String()} {
			b.Run(fmt.Sprint(name, n), func(b *testing.B) {
				for b.Loop() {
					if found := File("config.toml", []byte(text), Options{}); len(found) > 0 {
						b.Fatal(len(found))
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/each")
			})
		}
	}
}
