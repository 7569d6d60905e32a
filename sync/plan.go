package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Kind is what a plan does with a name.
type Kind string

const (
	Create    Kind = "create"
	Overwrite Kind = "overwrite"
	Delete    Kind = "delete"
	Skip      Kind = "skip"
	// Keep is for a name that the store has with the source's value, so that nothing is
	// written. Only a [Comparer] can say so.
	Keep Kind = "unchanged"
)

// Kinds is every kind.
var Kinds = []Kind{Create, Overwrite, Delete, Skip, Keep}

// Result is what became of an action; empty before it is carried out.
type Result string

const (
	Created     Result = "created"
	Overwritten Result = "overwritten"
	Unchanged   Result = "unchanged" // only if the store itself said so
	Deleted     Result = "deleted"
	Skipped     Result = "skipped"
	Failed      Result = "failed"
	Unknown     Result = "unknown" // sent, and never answered: the store may have done it or not
)

// Results is every result.
var Results = []Result{Created, Overwritten, Unchanged, Deleted, Skipped, Failed, Unknown}

// Action is what happens to one name, and why.
type Action struct {
	Tenant string `json:"tenant"` // slug or id; empty if the store does not say which the key's own is
	Name   string `json:"name"`
	Kind   Kind   `json:"action"`
	Source string `json:"source,omitempty"` // the CI name
	Reason string `json:"reason,omitempty"`
	// WrittenBy is the name of the key that last wrote what is overwritten, or what no
	// source has any more, if it is not the key of this run.
	WrittenBy string `json:"written_by,omitempty"`
	Result    Result `json:"result,omitempty"`
	// Warn marks a skip that the user may not have meant.
	Warn bool `json:"-"`

	sent encoding
	text prefect.Value // what the source has
}

// planInput is what one tenant's plan depends on.
type planInput struct {
	Run
	tenant string // slug or id; empty means the key's own, whose slug the store may say
	apply  bool   // the plan is to be applied, so the key must be one that may write
}

// Plan is everything that a sync will do to one tenant's store, sorted by name.
type Plan struct {
	URL     string // of the store
	Tenant  string // slug or id; empty if the store does not say which the key's own is
	Actions []Action
	Notes   []string // what a reader should know besides the actions
	KeyNote string   // what a sync needs that the key may not do; empty if it may do all
	// Warnings are about patterns that look like mistakes, and Remarks about those that
	// may be right and have no effect.
	Warnings, Remarks []string

	keyFrom    string
	apply      bool
	noCompare  bool
	overwrite  Overwrites
	prune      pruning
	owners     ownership
	first      string // of [Plan.FirstLines]
	unselected int    // of [planner.unselected]
	mask       func(string) string
	stored     []string // the names that the store had
}

// newPlan decides what happens to each name in a store that has none yet;
// [Plan.compareWith] completes it for one that has. It fails with [ErrEmptySource],
// with [ErrNothingIncluded], and if two sources give one name, a required name has no
// value, or a value does not fit its format.
func newPlan(in planInput) (*Plan, error) {
	if err := validate(in.Rules, in.Prune, in.Overwrite); err != nil {
		return nil, err
	}
	p := &planner{
		in: in, listed: in.Rules.byCIName(),
		taken: map[string]string{}, seen: map[string]bool{},
	}
	for _, source := range in.Sources {
		p.addAll(source)
	}
	if len(p.empty) == len(in.Sources) {
		return nil, ErrEmptySource
	}
	p.addMissing()
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	plan := &Plan{
		URL: in.URL, Tenant: in.tenant, Actions: p.actions, Notes: slices.Clone(in.Notes),
		keyFrom: in.WriterFrom, apply: in.apply, noCompare: in.NoCompare, overwrite: in.Overwrite, prune: p.pruning(),
		first: in.First, unselected: p.unselected(), mask: in.Mask,
	}
	if err := p.selects(plan); err != nil {
		return nil, err
	}
	plan.sort()
	return plan, nil
}

func (p *Plan) sort() {
	slices.SortFunc(p.Actions, func(a, b Action) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source))
	})
}

// planner makes a plan from its input.
type planner struct {
	in       planInput
	listed   map[string][]string // the names in the store that the rules list, by CI name
	taken    map[string]string   // where a value comes from, by its name in the store
	seen     map[string]bool     // CI names that some source has
	empty    []string            // labels of the sources that have no secret
	actions  []Action
	problems []error
}

// pruning returns what protects names from being deleted: every name that a source
// has, whatever becomes of it there, and every name that the rules list.
func (p *planner) pruning() pruning {
	protected := maps.Clone(p.seen)
	for name := range p.in.Rules.Names {
		protected[name] = true
	}
	return pruning{Prune: p.in.Prune, protected: protected, empty: p.empty}
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

func (p *planner) addAll(source *Source) {
	hasSecret := false
	for _, entry := range source.Entries {
		hasSecret = p.add(source, entry) || hasSecret
	}
	if !hasSecret {
		p.empty = append(p.empty, source.Label)
	}
}

// add decides on one entry, and reports whether it is a secret: one with a value, and
// neither an API key nor GitHub's token.
func (p *planner) add(source *Source, entry Entry) bool {
	p.seen[entry.Name] = true
	text := entry.Text.RevealText()
	names := p.listed[entry.Name]
	if reason := p.keyIn(entry.Name, text, len(names) > 0); reason != "" {
		p.omit(entry, names, reason, true)
		return false
	}
	isSecret := text != "" && !isGitHubToken(entry.Name)
	if reason := p.in.Rules.refusal(entry.Name, len(names) > 0); reason != "" {
		p.omit(entry, names, reason, false)
		return isSecret
	}
	if len(names) == 0 {
		names = []string{entry.Name}
	}
	for _, name := range names {
		p.write(source, entry, name, text)
	}
	return isSecret
}

// omit skips an entry, which is a problem if a required name comes from it.
func (p *planner) omit(entry Entry, names []string, reason string, warn bool) {
	for _, name := range names {
		if p.in.Rules.Names[name].Required {
			p.problem("%q is required and comes from %s, which stays out: %s", name, entry.Name, reason)
		}
	}
	p.skip(entry.Name, entry.Name, joinReasons(reason, entry.note), warn)
}

// joinReasons joins two reasons, either of which may be empty.
func joinReasons(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func (p *planner) write(source *Source, entry Entry, name, text string) {
	rule := p.in.Rules.Names[name]
	if rule.From != entry.Name {
		rule = NameRule{}
	}
	where := fmt.Sprintf("%s in %s", entry.Name, source.Label)
	if other, ok := p.taken[name]; ok {
		p.problem("%q has two sources, %s and %s: leave one out, or give it another name in [names]", name, other, where)
		return
	}
	p.taken[name] = where
	if text == "" {
		if rule.Required {
			p.problem("%q is required and its source %s is empty", name, where)
			return
		}
		p.skip(name, entry.Name, joinReasons("empty", entry.note), true)
		return
	}
	sent, err := entry.encode(rule.Format)
	if err != nil {
		p.problem("%q, from %s: %w", name, where, err)
		return
	}
	p.actions = append(p.actions, Action{
		Tenant: p.in.tenant, Name: name, Kind: Create, Source: entry.Name, Reason: joinReasons(sent.reason, entry.note),
		sent: sent, text: entry.Text,
	})
}

// addMissing skips the names that the rules list and no source has.
func (p *planner) addMissing() {
	for _, name := range slices.Sorted(maps.Keys(p.in.Rules.Names)) {
		rule := p.in.Rules.Names[name]
		switch {
		case p.seen[rule.From]:
		case rule.Required:
			p.problem("%q is required and no source has %s%s", name, rule.shown(), p.likeName(rule.From))
		case rule.shown() != rule.From:
			p.skip(name, "", "no source has "+rule.shown()+p.likeName(rule.From), true)
		default:
			p.skip(name, rule.From, "no source has "+rule.From+p.likeName(rule.From), true)
		}
	}
}

func (p *planner) skip(name, source, reason string, warn bool) {
	p.actions = append(p.actions, Action{
		Tenant: p.in.tenant, Name: name, Kind: Skip, Source: source, Reason: reason, Warn: warn,
	})
}

func (p *planner) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// compareWith completes the plan, once, with what the store has. An existing name is
// overwritten, or kept if the store can say that it has the value; a name in the scope
// of pruning that no source has is deleted. One request lists the names, and asks what
// the key may do with those that are written and who wrote them; another asks who wrote
// those that may be deleted. It fails with [prefect.ErrForbidden] if the store says that
// the key could not do what is planned, with [ErrNotOwned], and with
// [ErrTooManyDeletes].
func (p *Plan) compareWith(ctx context.Context, store *paced) error {
	found, err := store.overview(ctx, p.writes())
	if err != nil {
		return err
	}
	if err := p.checkAccess(found.Access); err != nil {
		return err
	}
	p.setTenant(found.Tenant)
	p.stored = found.Names
	p.owners = ownership{own: found.Key, planner: found.Role == prefect.RolePlanner}
	if err := p.planOverwrites(ctx, store, found); err != nil {
		return err
	}
	if note := p.prune.prevented(); note != "" {
		p.Notes = append(p.Notes, note)
	}
	p.judge("prune scope", p.prune.Scope, "no name in the store or the plan", p.NamesAfter())
	if err := p.planDeletes(ctx, store, p.prune.candidates(found.Names)); err != nil {
		return err
	}
	p.sort()
	return nil
}

// setTenant names the tenant by its slug, if the store says it.
func (p *Plan) setTenant(slug string) {
	if slug == "" {
		return
	}
	p.Tenant = slug
	for i := range p.Actions {
		p.Actions[i].Tenant = slug
	}
}

// writes returns the names that the plan creates or overwrites, sorted.
func (p *Plan) writes() []string {
	names := slices.Concat(p.names(Create), p.names(Overwrite))
	slices.Sort(names)
	return names
}

// names returns the names of a kind.
func (p *Plan) names(kind Kind) []string {
	var names []string
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == kind {
			names = append(names, a.Name)
		}
	}
	return names
}

// Count returns how many actions are of a kind.
func (p *Plan) Count(kind Kind) int { return len(p.names(kind)) }

// NamesAfter returns the names that the store has once the plan is applied, sorted.
func (p *Plan) NamesAfter() []string {
	deleted := setOf(p.names(Delete))
	rest := slices.DeleteFunc(slices.Clone(p.stored), func(name string) bool { return deleted[name] })
	names := slices.Concat(rest, p.writes())
	slices.Sort(names)
	return slices.Compact(names)
}

// Pending reports whether applying the plan would change anything.
func (p *Plan) Pending() bool { return p.changes() > 0 }

// changes returns how many actions change the store.
func (p *Plan) changes() int { return len(p.Actions) - p.Count(Skip) - p.Count(Keep) }
