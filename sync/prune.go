package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
func (p *Plan) deletions(ctx context.Context, store *paced, candidates []string) error {
	if len(candidates) == 0 {
		return nil
	}
	owners, err := store.owners(ctx, candidates)
	if err != nil {
		return err
	}
	for _, name := range candidates {
		owner, existing := owners[name]
		if owners != nil && !existing {
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
		a.WrittenBy, a.Reason = owner, fmt.Sprintf("%s; only the key that wrote it, %q, deletes it", gone, owner)
	case p.owners.another(owner):
		a.Kind, a.Warn = Skip, true
		a.WrittenBy, a.Reason = owner, fmt.Sprintf("%s; not deleted: the key %q wrote it last", gone, owner)
	}
	return a
}

// withinLimit fails if a sync would delete more than it may. A planner, which does
// not know whose sync it will be, fails if that holds for every key's.
func (p *Plan) withinLimit() error {
	limit, all := p.prune.Limit(), p.deleters()
	var over []deleter
	for _, d := range all {
		if len(d.names) > limit {
			over = append(over, d)
		}
	}
	if len(over) > 0 && len(over) == len(all) {
		return fmt.Errorf("%w: %d, and max-deletes allows %d: narrow the prune scope, or raise max-deletes if all of these are to go: %s",
			ErrTooManyDeletes, len(over[0].names), limit, quotedList(over[0].names))
	}
	for _, d := range over {
		p.Remarks = append(p.Remarks, fmt.Sprintf("a sync with %q would fail: it would delete %d names, and max-deletes allows %d", d.key, len(d.names), limit))
	}
	return nil
}

// deleter is a key whose sync deletes names; without a name the key in use.
type deleter struct {
	key   string
	names []string
}

// deleters are the keys that one of may make the plan's deletions, sorted: a name
// that another key wrote is deleted by that key alone, any other by each.
func (p *Plan) deleters() []deleter {
	byKey := map[string][]string{}
	for _, a := range p.Actions {
		if a.Kind == Delete {
			byKey[a.WrittenBy] = append(byKey[a.WrittenBy], a.Name)
		}
	}
	anyones := byKey[""]
	if len(byKey) > 1 {
		delete(byKey, "")
	}
	var all []deleter
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		names := byKey[key]
		if key != "" {
			names = slices.Concat(anyones, names)
		}
		all = append(all, deleter{key, names})
	}
	return all
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
