package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// tableRow is an action in a report: how grave it is, its mark and its cells.
type tableRow struct {
	weight int
	mark   string
	word   string
	fold   bool // among what most readers need not see
}

var planRows = map[secretsync.Kind]tableRow{
	secretsync.Delete:    {1, "-", "**delete**", false},
	secretsync.Create:    {2, "+", "create", false},
	secretsync.Overwrite: {3, "~", "overwrite", false},
	secretsync.Keep:      {5, "", "unchanged", true},
	secretsync.Skip:      {6, "", "skipped", true},
}

func planRow(a secretsync.Action) tableRow {
	if a.Kind == secretsync.Skip && a.Warn {
		return tableRow{4, "!", "skip", false}
	}
	return planRows[a.Kind]
}

var resultRows = map[secretsync.Result]tableRow{
	secretsync.Failed:      {0, "!", "**failed**", false},
	secretsync.Unknown:     {1, "?", "**unknown**", false},
	secretsync.Deleted:     {3, "-", "**deleted**", false},
	secretsync.Created:     {4, "+", "created", false},
	secretsync.Overwritten: {5, "~", "overwritten", false},
	secretsync.Unchanged:   {7, "", "unchanged", true},
	secretsync.Skipped:     {8, "", "skipped", true},
}

func resultRow(a secretsync.Action) tableRow {
	switch {
	case a.Result == secretsync.Skipped && a.Kind == secretsync.Delete:
		return tableRow{2, "!", "not\u00a0deleted", false}
	case a.Result == secretsync.Skipped && a.Warn:
		return tableRow{6, "!", "skipped", false}
	}
	return resultRows[a.Result]
}

// actionTables writes the actions, the gravest first, and folds those that most readers
// need not see.
func actionTables(d *Document, actions []secretsync.Action, rowOf func(secretsync.Action) tableRow) {
	sorted := slices.Clone(actions)
	slices.SortStableFunc(sorted, func(a, b secretsync.Action) int {
		return cmp.Compare(rowOf(a).weight, rowOf(b).weight)
	})
	var main table
	main.columns("Action", "Secret")
	var words []string // of the folded tables, in order
	above := false     // some of what is skipped is in the main table
	folded := map[string]*table{}
	for _, group := range groupActions(sorted, markdownName, undone) {
		row := rowOf(group.Action)
		if !row.fold {
			above = above || group.Kind == secretsync.Skip || group.Result == secretsync.Skipped
			main.row(marked(row.mark, row.word), withNote(group.several(), reasonOf(group.Action)))
			continue
		}
		if folded[row.word] == nil {
			words, folded[row.word] = append(words, row.word), &table{}
			folded[row.word].columns("Secret")
		}
		folded[row.word].row(withNote(group.names[0], group.Reason))
	}
	d.table("", main)
	for _, word := range words {
		t := *folded[word]
		summary := fmt.Sprintf("%d %s", len(t.rows), word)
		if above && word == "skipped" {
			summary = fmt.Sprintf("%d more skipped", len(t.rows))
		}
		d.table(summary, t)
	}
}

// reasonOf returns the reason of an action, in the past tense once it was done.
func reasonOf(a secretsync.Action) string {
	if rest, ok := strings.CutPrefix(a.Reason, "overwrites "); ok && a.Result == secretsync.Overwritten {
		return "overwrote " + rest
	}
	return a.Reason
}

// withNote returns a cell's text with the note below it.
func withNote(text, note string) string {
	if note == "" {
		return text
	}
	return text + "<br>" + sentence(note)
}

// several returns the names of a group that failed for the same reason.
func (g *actionGroup) several() string { return Several("secrets", g.names) }

// markdownName returns the name in the store and, if it differs, that in the source.
func markdownName(a secretsync.Action) string {
	if a.Source != "" && a.Source != a.Name {
		return code(a.Name) + " from " + code(a.Source)
	}
	return code(a.Name)
}

// count is how often something happened, for a tally.
type count struct {
	n       int
	text    string
	changes bool // the store, or should have
}

// tally are the counts of a plan or a report, the gravest first.
type tally []count

// line returns the counts that are not zero, changes in bold. Without a change it
// begins with the sentence none.
func (t tally) line(none string) string {
	var changes, rest []string
	for _, c := range t {
		switch text := fmt.Sprintf("%d %s", c.n, c.text); {
		case c.n == 0:
		case c.changes:
			changes = append(changes, "**"+text+"**")
		default:
			rest = append(rest, text)
		}
	}
	switch {
	case len(changes) > 0:
		return strings.Join(append(changes, rest...), ", ") + "."
	case len(rest) > 0:
		return none + ": " + strings.Join(rest, ", ") + "."
	default:
		return none + "."
	}
}

func planTally(p *secretsync.Plan) tally {
	return tally{
		{p.Count(secretsync.Delete), "to delete", true}, {p.Count(secretsync.Create), "to create", true},
		{p.Count(secretsync.Overwrite), "to overwrite", true}, {p.Count(secretsync.Keep), "unchanged", false},
		{p.Count(secretsync.Skip), "skipped", false},
	}
}

func resultTally(r *secretsync.Report) tally {
	return tally{
		{r.Count(secretsync.Failed), "failed", true}, {r.Count(secretsync.Unknown), "unknown", true},
		{r.Count(secretsync.Deleted), "deleted", true}, {r.Count(secretsync.Created), "created", true},
		{r.Count(secretsync.Overwritten), "overwritten", true}, {r.Count(secretsync.Unchanged), "unchanged", false},
		{r.Count(secretsync.Skipped), "skipped", false},
	}
}
