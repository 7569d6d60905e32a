package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

const elsewhere = "the log has all of them"

const restIsMissing = "The rest is missing here; " + elsewhere + ".\n"

// newManyTenants returns the plan of a deletion, a creation, an unchanged name and one
// with a note for each of n tenants.
func newManyTenants(n int) *report.Document {
	var tenants []secretsync.TenantResult
	for i := range n {
		name := fmt.Sprintf("tenant-%03d", i)
		tenants = append(tenants, secretsync.TenantResult{Name: name, Plan: &secretsync.Plan{
			Tenant: name, URL: storeURL, Notes: []string{"a note"},
			Actions: []secretsync.Action{
				{Name: "OLD", Kind: secretsync.Delete}, {Name: "NEW", Kind: secretsync.Create}, {Name: "KEPT", Kind: secretsync.Keep},
			},
		}})
	}
	return markdown.Plan(tenants).Footer(footer)
}

// Whatever the limit, a document keeps its limit, its first heading and complete markup.
// It says that something is missing, and loses alerts last.
func TestADocumentOfHeadsIsCut(t *testing.T) {
	document := newManyTenants(190)
	complete := document.String()
	for limit := 120; limit < len(complete); limit += 2487 {
		got := document.Cut(limit, elsewhere)
		if len(got) > limit || !strings.HasPrefix(got, "### Prefect secrets: plan\n\n") {
			t.Fatalf("%d bytes with the limit %d:\n%s", len(got), limit, got)
		}
		if open, closed := strings.Count(got, "<details>"), strings.Count(got, "</details>"); open != closed {
			t.Fatalf("with the limit %d: %d <details> and %d </details>", limit, open, closed)
		}
		if !strings.Contains(got, " are shown here; "+elsewhere+".\n") && !strings.Contains(got, restIsMissing) {
			t.Fatalf("with the limit %d nothing says what was cut", limit)
		}
		if r := render(t, got); len(r.other) > 0 || limit > 400 && !strings.HasSuffix(got, "<sub>"+footer+"</sub>\n") {
			t.Fatalf("with the limit %d GitHub sees %q, and the end is %s", limit, r.other, got[max(0, len(got)-200):])
		}
	}
	got := document.Cut(report.MaxComment/2, elsewhere)
	if n := strings.Count(got, "> **1 secret will be deleted:** `OLD`."); n != 190 {
		t.Errorf("of 190 deletions %d are announced", n)
	}
}

// A document can be cut after it was written as well, and again.
func TestParseDocument(t *testing.T) {
	all := documents()
	all["many tenants"] = newManyTenants(30)
	for name, document := range all {
		complete := document.String()
		parsed := report.ParseDocument(complete)
		if got := parsed.String(); got != complete {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, complete)
		}
		for limit := len(complete); limit > 300; limit -= 397 {
			once := document.Cut(limit, elsewhere)
			if got := parsed.Cut(limit, elsewhere); got != once {
				t.Fatalf("%s with the limit %d: got\n%s\nwant\n%s", name, limit, got, once)
			}
			if again := report.ParseDocument(once); again.Cut(limit, elsewhere) != once || len(again.Cut(limit-100, elsewhere)) > limit-100 {
				t.Fatalf("%s with the limit %d: cut again it is\n%s", name, limit, again.Cut(limit-100, elsewhere))
			}
		}
	}
}

// The count of a table that is cut twice is that of all its rows.
func TestATableIsCutTwice(t *testing.T) {
	document := documents()["all-unchanged"]
	once := document.Cut(len(document.String())-200, elsewhere)
	twice := report.ParseDocument(once).Cut(len(once)-200, elsewhere)
	for text, want := range map[string]string{once: "\n14 of 24 names are shown here; ", twice: "\n6 of 24 names are shown here; "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
}

// Text that a person has edited is kept as it is, but for tables.
func TestParseWhatSomebodyHasEdited(t *testing.T) {
	for _, text := range []string{
		"", "\n", "\n\n\n", "text", "text\n\n\n\nmore\n", "<details>\n", "<details>\n<summary>x</summary>\n\n| A |\n| :-- |\n| b |\n\n",
		"| A |\n| :-- |\n| b |\n\n</details>\n\n", "| a |\n| b |\n", "| A |\n| :-- |\n", "\n9 of 3 names are shown here; x.\n", "- [x] done\n",
		"\r\n|\r\n", "\x00\xff\n",
	} {
		document := report.ParseDocument(text)
		if got := document.String(); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if got := document.Cut(len(text)-1, elsewhere); text != "" && !strings.Contains(got, elsewhere) {
			t.Errorf("%q was cut to %q", text, got)
		}
	}
}
