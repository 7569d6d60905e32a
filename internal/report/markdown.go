package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Markdown makes documents for GitHub: a job summary, a comment, a check run. The zero
// value makes them for any other place.
type Markdown struct {
	// Environment is the manifest's; empty for none.
	Environment string
	// URL is the store's, for a document without a plan; empty for none.
	URL string
	// Link returns the URL of lines of a file, or "" if the file has none. It may be nil.
	Link func(file string, line, endLine int) string
}

// Plan returns the plan of each tenant.
func (m Markdown) Plan(tenants []secretsync.TenantResult) *Document {
	d := newDocument("plan")
	failed(d, failuresWithout(tenants, hasPlan))
	several := len(tenants) > 1
	for _, t := range tenants {
		refused := t.Plan == nil
		if t.Plan = cmp.Or(t.Plan, t.Refused); t.Plan != nil {
			m.head(d, t, several, "No changes", planTally(t.Plan))
			if !refused { // else the failure above has them
				deletions(d, t.Plan)
			}
			warnings(d, t.Plan)
			actionTables(d, t.Plan.Actions, planRow)
			lists(d, t, nil)
		}
	}
	return d
}

// Result returns what a sync did for each tenant.
func (m Markdown) Result(tenants []secretsync.TenantResult) *Document {
	d := newDocument("sync")
	failed(d, failuresWithout(tenants, hasReport))
	several := len(tenants) > 1
	for _, t := range tenants {
		if t.Report != nil {
			m.head(d, t, several, "Nothing was changed", resultTally(t.Report))
			incomplete(d, t.Report)
			warnings(d, t.Plan)
			actionTables(d, t.Report.Actions, resultRow)
			lists(d, t, verifiedLines(t.Report))
		}
	}
	return d
}

// Skipped returns why a run was skipped.
func (m Markdown) Skipped(message string) *Document {
	d := newDocument("skipped")
	d.alert("NOTE", "**Skipped:** "+sentence(message))
	m.whereTo(d)
	return d
}

// Failed returns why the run of a command has no result.
func (m Markdown) Failed(command, message string) *Document {
	d := newDocument(command)
	d.alert("CAUTION", "**Failed:** "+strings.Join(sentences(message), "<br>"))
	m.whereTo(d)
	return d
}

// Diagnostics returns the findings of check, errors first.
func (m Markdown) Diagnostics(diagnostics []check.Diagnostic, files int) *Document {
	d := newDocument("check")
	d.text(fmt.Sprintf("%s in %s.\n\n", severityTally(diagnostics), Plural(files, "file")))
	var findings table
	findings.columns("Severity", "Finding")
	for _, found := range ErrorsFirst(diagnostics) {
		findings.row(severityWords[found.Severity], m.finding(found))
	}
	d.table("", findings)
	return d
}

// DiagnosticsComment writes the findings, cut to the length of a comment on GitHub.
func DiagnosticsComment(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	text := Markdown{}.Diagnostics(diagnostics, files).Cut(MaxComment, "the format text has all of them")
	_, err := io.WriteString(w, text)
	return err
}

// head writes what stands above a tenant's tables. The sentence none is for a tally
// without changes.
func (m Markdown) head(d *Document, t secretsync.TenantResult, several bool, none string, counts tally) {
	target := label(tenantName(t))
	if t.Plan != nil && tenantName(t) == "" {
		target = sentenceCase(t.Plan.Target())
	}
	if several {
		d.heading("#### " + target)
		target = ""
	}
	if t.Plan != nil {
		for _, line := range t.Plan.FirstLines() {
			d.alert("IMPORTANT", sentence(line))
		}
	}
	d.text(counts.line(none) + "\n\n")
	if place := m.target(target, t.Plan); place != "" {
		d.text(place + "\n\n")
	}
}

func warnings(d *Document, p *secretsync.Plan) {
	if p == nil {
		return
	}
	for _, warning := range p.Warnings {
		d.alert("WARNING", sentence(warning))
	}
}

// target returns the line that says where a plan goes: the tenant, unless it is empty,
// the store and the manifest's environment.
func (m Markdown) target(tenant string, plan *secretsync.Plan) string {
	line := tenant
	if plan != nil && plan.URL != "" {
		line = strings.TrimPrefix(line+" at ", " ") + code(address.Display(plan.URL))
	}
	if m.Environment != "" {
		line = strings.TrimPrefix(line+", ", ", ") + "environment " + code(m.Environment)
	}
	return sentenceCase(line)
}

// whereTo says for which store and environment there is no plan.
func (m Markdown) whereTo(d *Document) {
	if place := m.target("", &secretsync.Plan{URL: m.URL}); place != "" {
		d.text(place + "\n\n")
	}
}

// deletions draws attention to what a plan deletes.
func deletions(d *Document, p *secretsync.Plan) {
	var names []string
	for _, a := range p.Actions {
		if a.Kind == secretsync.Delete {
			names = append(names, a.Name)
		}
	}
	switch len(names) {
	case 0:
	case 1:
		d.alert("CAUTION", "**1 secret will be deleted:** "+codes(names)+".")
	default:
		d.alert("CAUTION", fmt.Sprintf("**%d secrets will be deleted:** %s.", len(names), codes(names)))
	}
}

// incomplete draws attention to a sync that did not do all that it planned.
func incomplete(d *Document, r *secretsync.Report) {
	failed, unknown := r.Count(secretsync.Failed), r.Count(secretsync.Unknown)
	var parts []string
	if failed > 0 {
		parts = append(parts, Plural(failed, "write")+" failed")
	}
	if unknown > 0 {
		parts = append(parts, "whether "+Plural(unknown, "write")+" succeeded is unknown")
	}
	if len(parts) > 0 {
		d.alert("CAUTION", "**"+sentenceCase(strings.Join(parts, ", and "))+".** Run the job again.")
	}
}

func tenantName(t secretsync.TenantResult) string {
	if t.Plan != nil && t.Plan.Tenant != "" {
		return t.Plan.Tenant
	}
	return t.Name
}

// label returns how a line that begins with a tenant names it.
func label(name string) string {
	if name == "" {
		return sentenceCase(tenant.Label(name))
	}
	return "Tenant " + code(name)
}

// lists writes what stands below a tenant's tables: notes, and what was verified.
func lists(d *Document, t secretsync.TenantResult, verified []string) {
	var b strings.Builder
	for _, line := range verified {
		fmt.Fprintf(&b, "- Verified: %s\n", ended(Prose(line)))
	}
	if t.Plan != nil {
		for _, note := range notes(t.Plan) {
			fmt.Fprintf(&b, "- Note: %s\n", ended(Prose(note)))
		}
	}
	if b.Len() > 0 {
		d.text(b.String() + "\n")
	}
}

func failed(d *Document, failures []Failure) {
	for _, f := range failures {
		who := sentenceCase(f.Who)
		switch {
		case len(f.Tenants) > 1:
			who = fmt.Sprintf("%d tenants (%s)", len(f.Tenants), codes(f.Tenants))
		case f.Tenants[0] != "":
			who = label(f.Tenants[0])
		}
		d.alert("CAUTION", fmt.Sprintf("**%s failed:** %s", who, strings.Join(sentences(f.Why), "<br>")))
	}
}

var severityWords = map[check.Severity]string{
	check.SeverityError: "**error**", check.SeverityWarning: "warning", check.SeverityNote: "note",
}

// severityTally returns the counts of findings, the errors in bold.
func severityTally(diagnostics []check.Diagnostic) string {
	if len(diagnostics) == 0 {
		return "No findings"
	}
	count := CountSeverities(diagnostics)
	var parts []string
	for _, severity := range []check.Severity{check.SeverityError, check.SeverityWarning, check.SeverityNote} {
		n := count[severity]
		switch {
		case n == 0:
		case severity == check.SeverityError:
			parts = append(parts, "**"+Plural(n, string(severity))+"**")
		default:
			parts = append(parts, Plural(n, string(severity)))
		}
	}
	return strings.Join(parts, ", ")
}

// place returns a finding's position, as a link if there is one.
func (m Markdown) place(d check.Diagnostic) string {
	text := code(position(d))
	if m.Link == nil {
		return text
	}
	if url := m.Link(d.File, d.Line, d.EndLine); url != "" {
		return "[" + text + "](" + url + ")"
	}
	return text
}

// finding returns the place and the rule of a finding, and below them the message and
// the hint: a table of two columns fits a narrow screen.
func (m Markdown) finding(d check.Diagnostic) string {
	text := m.place(d)
	if d.Help == "" {
		text += " · " + d.Rule
	} else {
		text += " · [" + d.Rule + "](" + d.Help + ")"
	}
	text += "<br>" + sentenceAbout(d.Message, strings.TrimPrefix(d.Key, "context.secrets."))
	if d.Hint != "" {
		text += "<br>Hint: " + ended(Prose(d.Hint))
	}
	return text
}

// marked returns a word with its mark, which stay on one line.
func marked(mark, word string) string { return code(mark) + "\u00a0" + word }
