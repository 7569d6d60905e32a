package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// ErrTooManyDeletes means that a plan would delete more names than it may.
var ErrTooManyDeletes = errors.New("too many names would be deleted")

// pruning is what a plan needs to know to delete nothing that somebody wants.
type pruning struct {
	Prune
	unowned   bool
	protected map[string]bool // names that a source has or a rule lists
	empty     []string        // the sources without secrets, as reports call them
}

// candidates are the names of the store that may be deleted, as far as the plan's
// input says.
func (p *pruning) candidates(existing []string) []string {
	if len(p.empty) > 0 {
		return nil
	}
	var names []string
	for _, name := range existing {
		if !p.protected[name] && firstMatch(p.Scope, name) != "" {
			names = append(names, name)
		}
	}
	return names
}

// deletions are what happens to the candidates: deleted, or kept and why.
func (p *Plan) deletions(ctx context.Context, store *Store, candidates []string) error {
	if len(candidates) == 0 {
		return nil
	}
	owners, err := store.owners(ctx, candidates)
	if err != nil && !errors.Is(err, prefect.ErrNoOwners) {
		return err
	}
	told := err == nil
	p.owners.own = cmp.Or(owners.Key, p.owners.own)
	for _, name := range candidates {
		owner, there := owners.ByName[name]
		if told && !there {
			continue
		}
		p.Actions = append(p.Actions, p.deletion(name, owner))
	}
	return p.withinLimit()
}

// deletion is what happens to a name without a source.
func (p *Plan) deletion(name, owner string) Action {
	const gone = "no source has it"
	a := Action{Tenant: p.Tenant, Name: name, Kind: Delete, Reason: gone}
	switch {
	case owner == "" && !p.prune.unowned:
		a.Kind, a.Warn = Skip, true
		a.Reason = gone + "; not deleted: the store does not say who wrote it (--prune-unowned)"
	case p.owners.another(owner) && p.owners.planner:
		a.Reason = fmt.Sprintf("%s; only the key that wrote it, %q, deletes it", gone, owner)
	case p.owners.another(owner):
		a.Kind, a.Warn = Skip, true
		a.Reason = fmt.Sprintf("%s; not deleted: the key %q wrote it last", gone, owner)
	}
	return a
}

func (p *Plan) withinLimit() error {
	limit, names := p.prune.Limit(), p.names(Delete)
	if len(names) <= limit {
		return nil
	}
	return fmt.Errorf("%w: %d, and max-deletes allows %d: narrow the prune scope, or raise max-deletes if all of these are to go: %s",
		ErrTooManyDeletes, len(names), limit, quotedList(names))
}

func (p *Plan) names(kind Kind) []string {
	var names []string
	for _, a := range p.Actions {
		if a.Kind == kind {
			names = append(names, a.Name)
		}
	}
	return names
}

// refused says why a plan with a prune scope deletes nothing; empty if it may.
func (p *pruning) refused() string {
	if len(p.Scope) == 0 || len(p.empty) == 0 {
		return ""
	}
	return fmt.Sprintf("nothing is pruned: there is no secret in %s", strings.Join(p.empty, ", "))
}
