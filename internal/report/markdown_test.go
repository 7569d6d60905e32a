package report_test

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// rendered is what GitHub makes of a document.
type rendered struct {
	headings []int
	rows     [][]string // the text of each table's cells, without its head
	code     []string   // what is shown as code
	links    []string   // where links go
	other    []string   // the kinds of nodes that no document has on purpose
}

// render parses a document as GitHub does, with automatic links.
func render(t *testing.T, document string) (r rendered) {
	t.Helper()
	source := []byte(document)
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			r.headings = append(r.headings, n.Level)
		case *extast.TableRow:
			var cells []string
			for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
				cells = append(cells, textOf(cell, source))
			}
			r.rows = append(r.rows, cells)
		case *ast.CodeSpan:
			r.code = append(r.code, textOf(n, source))
		case *ast.Link:
			r.links = append(r.links, string(n.Destination))
		case *ast.AutoLink, *ast.Image, *extast.Strikethrough, *ast.CodeBlock, *ast.FencedCodeBlock, *extast.TaskCheckBox:
			r.other = append(r.other, n.Kind().String()+" "+textOf(n, source))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// textOf returns what a reader sees of a node. A line break is a newline.
func textOf(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			if n.Kind() == ast.KindCodeSpan {
				b.Write(c.Value(source))
			} else {
				b.WriteString(html.UnescapeString(string(c.Value(source))))
			}
		case *ast.RawHTML:
			if element := string(c.Segments.Value(source)); element == "<br>" {
				b.WriteString("\n")
			}
		default:
			b.WriteString(textOf(c, source))
		}
	}
	return b.String()
}

func TestDocumentsRender(t *testing.T) {
	for name, document := range documents() {
		r := render(t, document.String())
		if len(r.other) > 0 {
			t.Errorf("%s: GitHub sees %q", name, r.other)
		}
		for i, level := range r.headings {
			if i == 0 && level != 3 || i > 0 && level > r.headings[i-1]+1 {
				t.Errorf("%s: the levels of the headings are %v", name, r.headings)
			}
		}
		if !slices.Contains(r.links, "https://github.com/acme/flows/actions/runs/11223344556/attempts/2") {
			t.Errorf("%s: the links are %q", name, r.links)
		}
		if strings.Contains(document.String(), "hunter2") || strings.Contains(document.String(), "**0") {
			t.Errorf("%s: a password of the URL, or a bold zero: %s", name, document)
		}
	}
	r := render(t, documents()["plan-with-deletions"].String())
	want := [][]string{
		{"-\u00a0delete", "OLD_SLACK_WEBHOOK\nNot in any source."}, {"-\u00a0delete", "RETIRED_API_TOKEN\nNot in any source."},
		{"+\u00a0create", "SNOWFLAKE_KEY"}, {"+\u00a0create", "slack-webhook from SLACK_WEBHOOK_URL"},
		{"~\u00a0overwrite", "AWS_CREDENTIALS\nOverwrites what deploy-2025 wrote."}, {"~\u00a0overwrite", "DATABASE_URL"},
		{"!\u00a0skip", "EMPTY_ONE\nEmpty."},
	}
	if diff := cmp.Diff(want, r.rows[:len(want)]); diff != "" {
		t.Error(diff)
	}
	if len(r.rows) != len(want)+24+1 {
		t.Errorf("there are %d rows", len(r.rows))
	}
}

// hostileNames would leave their cell, format, link, mention or draw an emoji, were they
// not code.
var hostileNames = []string{
	"A_B", "a|b", "a\\|b", "a\\", "`", "``", "a`b", "`a`", "a``b`", " a ", "  ", "a b", "*c*", "_e_", "~~f~~", "[g](http://h)",
	"<i>", "</details>", "<!-- x -->", "@someone", "team@example.com", "@|x", "#1", "GH-2", ":tada:", "$x$", "$`x`$", "www.k.l",
	"https://m.n", "![o](p)", "&lt;", "&", "'q'", "\"r\"", "\\", "\\`", "\\\\|", "||", "--", "- x", "# h", "1. x", "é", "🔴", "|`|",
	strings.Repeat("x", 300),
}

func TestTheNameInACellIsExact(t *testing.T) {
	plan := &secretsync.Plan{Tenant: "t"}
	for _, name := range hostileNames {
		plan.Actions = append(plan.Actions, secretsync.Action{Name: name, Kind: secretsync.Create})
	}
	document := report.Markdown{}.Plan([]secretsync.TenantResult{{Plan: plan}}).String()
	r := render(t, document)
	if len(r.rows) != len(hostileNames) {
		t.Fatalf("%d rows for %d names: %s", len(r.rows), len(hostileNames), document)
	}
	for i, name := range hostileNames {
		if got := r.rows[i]; len(got) != 2 || got[1] != report.Safe(name) {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
	if len(r.other)+len(r.links) > 0 || len(r.headings) != 1 {
		t.Errorf("GitHub sees %q, links %q, headings %v", r.other, r.links, r.headings)
	}
}

// hostile is text that would leave its cell, format, link, mention or draw an emoji.
const hostile = "a|b`c*d_e~f[g](h)<i>@j\\|k #1 GH-2 :tada: $x$ www.k.l https://m.n ![o](p) 'q' \"r\" &lt;"

// A message says what it says in text, but for the quotation marks around a name.
func TestAMessageInACellSaysTheText(t *testing.T) {
	for message, want := range map[string]string{
		hostile:                          strings.Replace(hostile, `"r"`, "r", 1) + ".",
		`unknown key "cloud.api_ulr"`:    "Unknown key cloud.api_ulr.",
		"did you mean \"X\"?":            "Did you mean X?",
		"DB_URL is not defined":          "DB_URL is not defined.",
		"api-key is wrong, as it was":    "Api-key is wrong, as it was.",
		`write key = "a", or ["b", "c"]`: `Write key = "a", or ["b", "c"].`,
		"write $$ for a dollar sign…":    "Write $$ for a dollar sign…",
		"config/a.toml is missing":       "config/a.toml is missing.",
		"see https://x.y/z_a.":           "See https://x.y/z_a.",
		"at 10:30, x:y and a#b @ 5":      "At 10:30, x:y and a#b @ 5.",
		"HTTPS://x.y WWW.k.l a:b:c :+1:": "HTTPS://x.y WWW.k.l a:b:c :+1:.",
		"secrets LATE and PRICE_2, X":    "Secrets LATE and PRICE_2, X.",
		"pass $PW or ${A.B}$, and $$ so": "Pass $PW or ${A.B}$, and $$ so.",
		"pass ${{ toJSON(secrets) }}":    "Pass ${{ toJSON(secrets) }}.",
	} {
		d := check.Diagnostic{
			Rule: "rule", Severity: check.SeverityError, Message: message, Hint: message, File: "dir/g_h|i.toml", Line: 1,
			Column: 2, Help: "https://x/#rule",
		}
		document := report.Markdown{}.Diagnostics([]check.Diagnostic{d}, 1).String()
		r := render(t, document)
		if len(r.rows) != 1 || len(r.rows[0]) != 2 {
			t.Errorf("%s: the cells are %q", message, r.rows)
			continue
		}
		lines := strings.Split(r.rows[0][1], "\n")
		if lines[0] != "dir/g_h|i.toml:1:2 · rule" || lines[1] != want || !strings.EqualFold(lines[2], "Hint: "+want) {
			t.Errorf("%s: the cell is %q", message, lines)
		}
		if diff := cmp.Diff([]string{"https://x/#rule"}, r.links); diff != "" || len(r.other) > 0 {
			t.Errorf("%s: links %s, and GitHub sees %q", message, diff, r.other)
		}
		for _, live := range []string{"@j", " #1", "GH-2", ":tada:"} {
			if strings.Contains(document, live) {
				t.Errorf("GitHub would see %q in %s", live, document)
			}
		}
	}
}

func TestMarkdownShowsTheGravestFirst(t *testing.T) {
	md := report.Markdown{}.Diagnostics([]check.Diagnostic{
		newDiagnostic(check.SeverityWarning, 1), newDiagnostic(check.SeverityError, 2),
	}, 1).String()
	if strings.Index(md, "| **error** |") > strings.Index(md, "| warning |") ||
		!strings.Contains(md, "**1 error**, 1 warning in 1 file.") {
		t.Errorf("got %s", md)
	}
	if md := (report.Markdown{}).Diagnostics(nil, 2).String(); strings.Contains(md, "|") || !strings.Contains(md, "No findings in 2 files.") {
		t.Errorf("got %s", md)
	}
}

func TestDiagnosticsCommentFits(t *testing.T) {
	var all []check.Diagnostic
	for n := range 2000 {
		all = append(all, newDiagnostic(check.SeverityWarning, n+1))
	}
	var b strings.Builder
	err := report.DiagnosticsComment(&b, all, 1)
	shown := len(render(t, b.String()).rows)
	want := fmt.Sprintf("|\n\n%d of 2000 findings are shown here; the format text has all of them.\n", shown)
	if err != nil || b.Len() > report.MaxComment || shown < 100 || !strings.Contains(b.String(), want) {
		t.Errorf("%v, %d bytes, %d rows", err, b.Len(), shown)
	}
}

// A document of any size is cut to any limit, what is folded first, and stays complete
// in its markup.
func TestCut(t *testing.T) {
	plan := &secretsync.Plan{Tenant: "t"}
	for i := range 3000 {
		kind := []secretsync.Kind{secretsync.Create, secretsync.Keep, secretsync.Skip}[i%3]
		plan.Actions = append(plan.Actions, secretsync.Action{Name: fmt.Sprintf("NAME_%04d", i), Kind: kind})
	}
	tenants := []secretsync.TenantResult{{Plan: plan}, {Plan: plan}}
	document := report.Markdown{}.Plan(tenants).Footer("the footer")
	complete := document.String()
	for limit := 2000; limit < len(complete)+1000; limit += 1111 {
		got := document.Cut(limit, "the log has all of them")
		if len(got) > limit || (got == complete) != (limit >= len(complete)) {
			t.Fatalf("%d bytes of %d with the limit %d", len(got), len(complete), limit)
		}
		if strings.Count(got, "<details>") != 4 || strings.Count(got, "</details>") != 4 || !strings.HasSuffix(got, "<sub>the footer</sub>\n") {
			t.Fatalf("with the limit %d the markup is not complete", limit)
		}
		if got != complete && !strings.Contains(got, " are shown here; the log has all of them.\n") {
			t.Fatalf("with the limit %d nothing says what was cut", limit)
		}
		if strings.Contains(got, "changes are shown here") && strings.Contains(got, "| `NAME_0001` |") {
			t.Fatalf("with the limit %d a change was cut before what is folded", limit)
		}
	}
	if document.String() != complete {
		t.Error("to cut a document changes it")
	}
}

func TestNoZerosInBold(t *testing.T) {
	plan := &secretsync.Plan{Tenant: "t"}
	md := report.Markdown{}.Plan([]secretsync.TenantResult{{Name: "t", Plan: plan}}).String()
	if !strings.Contains(md, "\nNo changes.\n") || strings.Contains(md, "0") {
		t.Errorf("got %s", md)
	}
}
