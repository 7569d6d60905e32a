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
	// Keep is a name that the store has with the source's value, so that nothing is
	// written. Only a [Comparer] can tell.
	Keep Kind = "unchanged"
)

// Kinds are all there are.
var Kinds = []Kind{Create, Overwrite, Delete, Skip, Keep}

// changes reports whether such an action changes the store.
func (k Kind) changes() bool { return k != Skip && k != Keep }

// Result is what became of an action; empty before [Apply].
type Result string

const (
	Created     Result = "created"
	Overwritten Result = "overwritten"
	Unchanged   Result = "unchanged" // only where the store itself said so
	Deleted     Result = "deleted"
	Skipped     Result = "skipped"
	Failed      Result = "failed"
	Unknown     Result = "unknown" // sent, and never answered: the store may have done it or not
)

// Results are all there are.
var Results = []Result{Created, Overwritten, Unchanged, Deleted, Skipped, Failed, Unknown}

// Action is what happens to one name, and why.
type Action struct {
	Tenant string `json:"tenant"` // slug or id; empty where the store does not say which the key's own is
	Name   string `json:"name"`
	Kind   Kind   `json:"action"`
	Source string `json:"source,omitempty"` // the CI name
	Reason string `json:"reason,omitempty"`
	// WrittenBy is the name of the key that last wrote what is overwritten, or what no
	// source has any more, where it is another than this run's.
	WrittenBy string `json:"written_by,omitempty"`
	Result    Result `json:"result,omitempty"`
	// Warn marks a skip that the user may not have meant.
	Warn bool `json:"-"`

	sent encoding
	text prefect.Value // what the source has
}

// PlanInput is all that a plan depends on.
type PlanInput struct {
	URL     string // of the store, as reports name it
	Tenant  string // slug or id; empty means the key's own, whose slug the store may tell
	Sources []*Source
	Rules   Rules
	APIKey  prefect.Value // the key that writes, a JSON string; an entry that equals or holds it stays out
	// OtherKeys are keys that stay out as APIKey does: those that the run has and
	// does not write with.
	OtherKeys []prefect.Value
	KeyFrom   string // where APIKey was found, for people to read
	// Apply says that the plan is to be applied, which takes a key that may write.
	Apply     bool
	Prune     Prune
	Overwrite Overwrites
	// Notes are for the plan's own, of what its maker knows beside the sources.
	Notes []string
	// First, if set, is the first of [Plan.FirstLines].
	First string
	// Mask, if set, is applied to a pattern before a text quotes it: somebody may have
	// pasted a secret there.
	Mask func(string) string
	// PruneUnowned lets names be deleted of which the store does not say which key
	// wrote them.
	PruneUnowned bool
	// NoCompare keeps a [Comparer] from being asked, as for a run that may not learn
	// what the store has.
	NoCompare bool
}

// Plan is what [Apply] will do, all of it, sorted by name.
type Plan struct {
	URL     string // of the store
	Tenant  string // slug or id; empty where the store does not say which the key's own is
	Actions []Action
	Notes   []string // what a reader should know beside the actions
	KeyNote string   // what the key cannot do that a sync needs; empty if there is nothing
	// Warnings are what looks like a mistake in what selects names, and Remarks what
	// may be right there and has no effect.
	Warnings, Remarks []string

	keyFrom    string
	apply      bool
	noCompare  bool
	overwrite  Overwrites
	prune      pruning
	owners     ownership
	first      string // of [Plan.FirstLines]
	unselected int    // likewise
	mask       func(string) string
	stored     []string // the names that the store had
}

// NewPlan decides what happens to each name in a store that has none yet;
// [Plan.Against] tells it of one that has. It fails with [ErrEmptySource], with
// [ErrNothingIncluded], and if two sources give one name, if a required name has no value, if a value does
// not fit its format.
func NewPlan(in PlanInput) (*Plan, error) {
	if err := errors.Join(in.Rules.Validate(), in.Prune.Validate(), in.Overwrite.Validate()); err != nil {
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
		URL: in.URL, Tenant: in.Tenant, Actions: p.actions, Notes: slices.Clone(in.Notes),
		keyFrom: in.KeyFrom, apply: in.Apply, noCompare: in.NoCompare, overwrite: in.Overwrite, prune: p.pruning(),
		first: in.First, unselected: p.unselected(), mask: p.in.Mask,
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

type planner struct {
	in       PlanInput
	listed   map[string][]string // CI name → the names that list it
	taken    map[string]string   // name in the store → where its value comes from
	seen     map[string]bool     // CI names that some source has
	empty    []string            // labels of the sources without a text beside keys and GitHub's token
	actions  []Action
	problems []error
}

// pruning protects every name that a source has, whatever becomes of it there, and
// every name that the rules list.
func (p *planner) pruning() pruning {
	protected := maps.Clone(p.seen)
	for name := range p.in.Rules.Names {
		protected[name] = true
	}
	return pruning{
		Prune: p.in.Prune, unowned: p.in.PruneUnowned, protected: protected, empty: p.empty,
	}
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

func (p *planner) addAll(source *Source) {
	usable := false
	for _, entry := range source.Entries {
		usable = p.add(source, entry) || usable
	}
	if !usable {
		p.empty = append(p.empty, source.Label)
	}
}

// add decides on one entry, and reports whether it is a secret at all: a text
// beside keys of this API and GitHub's token.
func (p *planner) add(source *Source, entry Entry) bool {
	p.seen[entry.Name] = true
	text := entry.Text.RevealText()
	names := p.listed[entry.Name]
	if reason := p.keyIn(entry.Name, text, len(names) > 0); reason != "" {
		p.leaveOut(entry, names, reason, true)
		return false
	}
	usable := text != "" && !isGitHubToken(entry.Name)
	if refusal := p.in.Rules.refusal(entry.Name, len(names) > 0); refusal != "" {
		p.leaveOut(entry, names, refusal, false)
		return usable
	}
	if len(names) == 0 {
		names = []string{entry.Name}
	}
	for _, name := range names {
		p.write(source, entry, name, text)
	}
	return usable
}

// leaveOut skips a CI name, which no required name may come from.
func (p *planner) leaveOut(entry Entry, names []string, reason string, warn bool) {
	for _, name := range names {
		if p.in.Rules.Names[name].Required {
			p.problem("%q is required and comes from %s, which stays out: %s", name, entry.Name, reason)
		}
	}
	p.skip(entry.Name, entry.Name, noted(reason, entry.note), warn)
}

// noted is a reason, and after it a note; either may be empty.
func noted(reason, note string) string {
	if reason == "" || note == "" {
		return reason + note
	}
	return reason + "; " + note
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
		p.skip(name, entry.Name, noted("empty", entry.note), true)
		return
	}
	sent, err := entry.encode(rule.Format)
	if err != nil {
		p.problem("%q, from %s: %w", name, where, err)
		return
	}
	p.actions = append(p.actions, Action{
		Tenant: p.in.Tenant, Name: name, Kind: Create, Source: entry.Name, Reason: noted(sent.reason, entry.note),
		sent: sent, text: entry.Text,
	})
}

// addMissing shows the names that the rules list and no source has.
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
		Tenant: p.in.Tenant, Name: name, Kind: Skip, Source: source, Reason: reason, Warn: warn,
	})
}

func (p *planner) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// Against completes the plan, once, with what the store has: a name that is there
// is overwritten, unless the store can tell that it has the value ([Comparer]); a
// name in the scope of pruning that no source has is deleted. It asks for the names, for what the key may
// do with those of the plan and who wrote them, and for the owners of what it may
// delete. It fails with a [*KeyError] if the store says that the key could not do
// what is planned, with [ErrNotOwned], and if there is more to delete than allowed.
func (p *Plan) Against(ctx context.Context, s Store) error {
	store := pacedStore(s)
	found, err := store.overview(ctx, p.Writes())
	if err != nil {
		return err
	}
	if err := p.mayPlan(found.Access); err != nil {
		return err
	}
	p.isFor(found.Tenant)
	p.stored = found.Names
	p.owners = ownership{own: found.Key, planner: found.Role == prefect.RolePlanner}
	if err := p.overwrites(ctx, store, found); err != nil {
		return err
	}
	if refused := p.prune.refused(); refused != "" {
		p.Notes = append(p.Notes, refused)
	}
	p.judge("prune scope", p.prune.Scope, "no name in the store or the plan", p.After())
	if err := p.deletions(ctx, store, p.prune.candidates(found.Names)); err != nil {
		return err
	}
	p.sort()
	return nil
}

// isFor names the tenant by the slug that the store tells.
func (p *Plan) isFor(slug string) {
	if slug == "" {
		return
	}
	p.Tenant = slug
	for i := range p.Actions {
		p.Actions[i].Tenant = slug
	}
}

// Writes are the names that the plan creates or overwrites, sorted.
func (p *Plan) Writes() []string {
	names := slices.Concat(p.names(Create), p.names(Overwrite))
	slices.Sort(names)
	return names
}

// Count is how many actions are of that kind.
func (p *Plan) Count(kind Kind) int { return len(p.names(kind)) }

// After are the names that the store has once the plan is applied, sorted.
func (p *Plan) After() []string {
	gone := setOf(p.names(Delete))
	kept := slices.DeleteFunc(slices.Clone(p.stored), func(name string) bool { return gone[name] })
	kept = slices.Concat(kept, p.Writes())
	slices.Sort(kept)
	return slices.Compact(kept)
}

// Pending reports whether applying the plan would change anything.
func (p *Plan) Pending() bool { return p.changes() > 0 }

func (p *Plan) changes() int { return len(p.Actions) - p.Count(Skip) - p.Count(Keep) }
