package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Overwrites says which names of the store a plan may overwrite.
type Overwrites string

const (
	// OverwriteAny is every name, and so is an empty value. One that another key wrote
	// last is marked.
	OverwriteAny Overwrites = "any"
	// OverwriteOwned is the names that the key in use wrote last. A plan that would
	// overwrite any other fails.
	OverwriteOwned Overwrites = "owned"
)

// ParseOverwrites reads any or owned.
func ParseOverwrites(text string) (Overwrites, error) {
	switch o := Overwrites(text); o {
	case OverwriteAny, OverwriteOwned:
		return o, nil
	}
	return "", fmt.Errorf("unknown value %q: it is any or owned", text)
}

// Validate reports a value that is not one of these.
func (o Overwrites) Validate() error {
	if o == "" {
		return nil
	}
	_, err := ParseOverwrites(string(o))
	return err
}

// ErrNotOwned means that a plan would overwrite what another key may have written,
// and may not.
var ErrNotOwned = errors.New("not every name to be overwritten is the key's own")

// ownership is what a plan knows of who wrote the names in the store.
type ownership struct {
	own     string // the key in use
	planner bool   // so that another key will write
}

// another reports whether a name's writer is known and is not the one of this plan.
func (o ownership) another(owner string) bool { return owner != "" && owner != o.own }

// overwritten says of a name to be overwritten who wrote it, if that is worth
// saying. A planner cannot know whether it is the key that will write.
func (o ownership) overwritten(owner string) string {
	switch {
	case !o.another(owner):
		return ""
	case o.planner:
		return fmt.Sprintf("last written by %q", owner)
	}
	return fmt.Sprintf("overwrites what %q wrote", owner)
}

// overwrites turns the creations of names that are there into what they are, and
// says whose secrets they overwrite.
func (p *Plan) overwrites(ctx context.Context, store *paced, o prefect.Overview) error {
	there := setOf(o.Names)
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == Create && there[a.Name] {
			a.Kind = Overwrite
		}
	}
	if err := p.compare(ctx, store); err != nil {
		return err
	}
	if o.Owners == nil && p.overwrite == OverwriteOwned && p.Count(Overwrite) > 0 {
		return fmt.Errorf("%w: overwrite is owned, and this store does not say who wrote a secret: allow any", ErrNotOwned)
	}
	return p.mark(o.Owners)
}

// mark says at each name to be overwritten who wrote it, and fails if a name may
// not be overwritten.
func (p *Plan) mark(owners map[string]string) error {
	refused := map[string][]string{} // by who wrote them
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Kind != Overwrite {
			continue
		}
		owner := owners[a.Name]
		if note := p.owners.overwritten(owner); note != "" {
			a.WrittenBy, a.Reason = owner, strings.TrimPrefix(a.Reason+"; "+note, "; ")
		}
		if owner != p.owners.own {
			refused[owner] = append(refused[owner], a.Name)
		}
	}
	if p.overwrite != OverwriteOwned || p.owners.planner || len(refused) == 0 {
		return nil
	}
	return fmt.Errorf("%w, and overwrite is owned: leave them out, or allow any: %s", ErrNotOwned, refusals(refused))
}

// refusals says who wrote which names, a writer once.
func refusals(byOwner map[string][]string) string {
	var texts []string
	for _, owner := range slices.Sorted(maps.Keys(byOwner)) {
		wrote := fmt.Sprintf("%q wrote", owner)
		if owner == "" {
			wrote = "the store does not say who wrote"
		}
		texts = append(texts, wrote+" "+someQuoted(byOwner[owner]))
	}
	return strings.Join(texts, "; ")
}
