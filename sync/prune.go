package sync

import (
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
	for _, name := range candidates {
		owner, there := owners.ByName[name]
		if told && !there {
			continue
		}
		action := Action{Tenant: p.Tenant, Name: name, Kind: Delete, Reason: "no source has it"}
		if kept := p.prune.kept(owner, owners.Key); kept != "" {
			action.Kind, action.Reason, action.Warn = Skip, "no source has it; not deleted: "+kept, true
		}
		p.Actions = append(p.Actions, action)
	}
	return p.withinLimit()
}

// kept is why a name without a source stays; empty if it does not.
func (p *pruning) kept(owner, own string) string {
	switch {
	case owner == "" && !p.unowned:
		return "the store does not say who wrote it (--prune-unowned)"
	case owner == "" || owner == own:
		return ""
	default:
		return fmt.Sprintf("the key %q wrote it last", owner)
	}
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
