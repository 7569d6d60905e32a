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
	protected map[string]bool // names that a source has or a rule lists
	empty     []string        // labels of the sources without secrets
}

// candidates returns which of the existing names may be deleted, before their owners
// are known. If a source is empty, no name may be: the source may have failed.
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

// preventedNote says why a plan with a prune scope deletes nothing; empty if it may.
func (p *pruning) preventedNote() string {
	if len(p.Scope) == 0 || len(p.empty) == 0 {
		return ""
	}
	return fmt.Sprintf("nothing is pruned: there are no secrets in %s", strings.Join(p.empty, ", "))
}

// planDeletes adds an action for each candidate: it is deleted, or skipped with the
// reason.
func (p *Plan) planDeletes(ctx context.Context, store *paced, candidates []string) error {
	if len(candidates) == 0 {
		return nil
	}
	owners, err := store.owners(ctx, candidates)
	if err != nil {
		return err
	}
	for _, name := range candidates {
		owner, exists := owners[name]
		if owners != nil && !exists {
			continue
		}
		p.Actions = append(p.Actions, p.deleteAction(name, owner))
	}
	return p.checkDeletes()
}

// deleteAction returns what happens to a name without a source.
func (p *Plan) deleteAction(name, owner string) Action {
	const noSource = "not in any source"
	a := Action{Tenant: p.Tenant, Name: name, Kind: Delete, Reason: noSource}
	switch {
	case owner == "" && !p.prune.Unowned:
		a.Kind, a.Warn = Skip, true
		a.Reason = noSource + "; not deleted: the store does not know who wrote it (--prune-unowned)"
	case p.owners.isOther(owner) && p.owners.planner:
		a.WrittenBy, a.Reason = owner, fmt.Sprintf("%s; only the key that wrote it, %q, may delete it", noSource, owner)
	case p.owners.isOther(owner):
		a.Kind, a.Warn = Skip, true
		a.WrittenBy, a.Reason = owner, fmt.Sprintf("%s; not deleted: the key %q wrote it last", noSource, owner)
	}
	return a
}

// checkDeletes fails if a sync would delete more than it may. A planner does not know
// which key will sync; its plan fails if the sync of every key would.
func (p *Plan) checkDeletes() error {
	limit, all := p.prune.limit(), p.deleters()
	var exceeding []deleter
	for _, d := range all {
		if len(d.names) > limit {
			exceeding = append(exceeding, d)
		}
	}
	if len(exceeding) > 0 && len(exceeding) == len(all) {
		return fmt.Errorf("%w: %d, but max-deletes allows %d: narrow the prune scope, or raise max-deletes to delete all of these: %s",
			ErrTooManyDeletes, len(exceeding[0].names), limit, someQuoted(exceeding[0].names))
	}
	for _, d := range exceeding {
		p.Remarks = append(p.Remarks, fmt.Sprintf("a sync with %q would fail: it would delete %d names, but max-deletes allows %d", d.key, len(d.names), limit))
	}
	return nil
}

// deleter is a key, and the names that its sync would delete. An empty key is the one
// in use.
type deleter struct {
	key   string
	names []string
}

// deleters returns the keys whose sync would delete something, sorted. Only the key
// that wrote a name deletes it; a name without a known writer is deleted by each.
func (p *Plan) deleters() []deleter {
	byKey := map[string][]string{}
	for _, a := range p.Actions {
		if a.Kind == Delete {
			byKey[a.WrittenBy] = append(byKey[a.WrittenBy], a.Name)
		}
	}
	unowned := byKey[""]
	if len(byKey) > 1 {
		delete(byKey, "")
	}
	var all []deleter
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		names := byKey[key]
		if key != "" {
			names = slices.Concat(unowned, names)
		}
		all = append(all, deleter{key, names})
	}
	return all
}
