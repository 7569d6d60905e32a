package sync

import (
	"cmp"
	"context"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Kind is what a plan does with a name.
type Kind string

const (
	Create    Kind = "create"
	Overwrite Kind = "overwrite"
	Delete    Kind = "delete"
	Skip      Kind = "skip"
	// Keep is for a name whose value in the store equals the source's, so that nothing
	// is written. Only a [Comparer] can tell.
	Keep Kind = "unchanged"
)

// Kinds lists every kind.
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

// Results lists every result.
var Results = []Result{Created, Overwritten, Unchanged, Deleted, Skipped, Failed, Unknown}

// Action is what happens to one name, and why.
type Action struct {
	Tenant string `json:"tenant"` // slug or id; empty if the store does not say which the key's own is
	Name   string `json:"name"`
	Kind   Kind   `json:"action"`
	Source string `json:"source,omitempty"` // the CI name
	Reason string `json:"reason,omitempty"`
	// WrittenBy is the key that last wrote a name that is overwritten or deleted; empty
	// if that is the key of this run, or unknown.
	WrittenBy string `json:"written_by,omitempty"`
	Result    Result `json:"result,omitempty"`
	// Warn marks a skip that the user may not have meant.
	Warn bool `json:"-"`

	sent encoding
	text prefect.Value // what the source has
}

// Plan is everything that a sync will do to one tenant's store, sorted by name.
type Plan struct {
	URL     string // of the store
	Tenant  string // slug or id; empty if the store does not say which the key's own is
	Actions []Action
	Notes   []string // what a reader should know besides the actions
	KeyNote string   // what a sync needs that the key may not do; empty if it may do all
	// Warnings are about patterns that look like mistakes. Remarks are about those that
	// may be right and have no effect, and about the store.
	Warnings, Remarks []string

	noTenants  bool // whether the store has none
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

func (p *Plan) sort() {
	slices.SortFunc(p.Actions, func(a, b Action) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source))
	})
}

// compareWith completes the plan, once, with what the store has. An existing name is
// overwritten, or unchanged if the store says that it has the value; a name in the scope
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
	p.Remarks = slices.Concat(found.Notes, p.Remarks)
	p.stored = found.Names
	p.owners = ownership{own: found.Key, planner: found.Role == prefect.RolePlanner}
	if err := p.planOverwrites(ctx, store, found); err != nil {
		return err
	}
	if note := p.prune.preventedNote(); note != "" {
		p.Notes = append(p.Notes, note)
	}
	names := p.NamesAfter()
	p.noteUnmatched("prune scope", unmatched(p.prune.Scope, names), "no name in the store or the plan", names)
	if err := p.planDeletes(ctx, store, p.prune.candidates(found.Names)); err != nil {
		return err
	}
	if note := adapterOf(store.Store).DeleteNote(); note != "" && p.Count(Delete) > 0 {
		p.Notes = append(p.Notes, note)
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

// Target returns where the plan writes, for the middle of a sentence: the tenant, or the
// store if it has no tenants.
func (p *Plan) Target() string {
	if p.noTenants && p.Tenant == "" {
		return "the store"
	}
	return tenant.Label(p.Tenant)
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

// Count returns the number of actions of a kind.
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

// setOf returns the names as a set.
func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}
