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
	// OverwriteAny allows every name, as does the zero value. The plan marks a name
	// that another key wrote last.
	OverwriteAny Overwrites = "any"
	// OverwriteOwned allows the names that the key in use wrote last. A plan that would
	// overwrite any other fails.
	OverwriteOwned Overwrites = "owned"
)

// UnmarshalText reads any or owned; anything else is an error.
func (o *Overwrites) UnmarshalText(text []byte) error {
	read := Overwrites(text)
	if read != OverwriteAny && read != OverwriteOwned {
		return fmt.Errorf("unknown value %q: use any or owned", text)
	}
	*o = read
	return nil
}

// validate fails unless the value is empty or one of these.
func (o Overwrites) validate() error {
	if o == "" {
		return nil
	}
	return o.UnmarshalText([]byte(o))
}

// ErrNotOwned means that a plan would overwrite what another key may have written, and
// [OverwriteOwned] forbids that.
var ErrNotOwned = errors.New("not all names to overwrite are the key's own")

// ownership is what a plan knows of the keys that wrote the names in the store.
type ownership struct {
	own     string // the key in use
	planner bool   // the key in use is a planner's, so another key will write
}

// isOther reports whether an owner is known, and is not the key in use.
func (o ownership) isOther(owner string) bool { return owner != "" && owner != o.own }

// overwriteNote says who wrote a name that is to be overwritten; empty if it is the
// key in use. A planner cannot know whether that is the key that will write.
func (o ownership) overwriteNote(owner string) string {
	switch {
	case !o.isOther(owner):
		return ""
	case o.planner:
		return fmt.Sprintf("last written by %q", owner)
	}
	return fmt.Sprintf("overwrites what %q wrote", owner)
}

// planOverwrites turns the creations of existing names into what they are, and notes
// whose secrets they overwrite.
func (p *Plan) planOverwrites(ctx context.Context, store *paced, o prefect.Overview) error {
	existing := setOf(o.Names)
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == Create && existing[a.Name] {
			a.Kind = Overwrite
		}
	}
	if err := p.compareValues(ctx, store); err != nil {
		return err
	}
	if o.Owners == nil && p.overwrite == OverwriteOwned && p.Count(Overwrite) > 0 {
		return fmt.Errorf("%w: overwrite is owned, and this store does not know who wrote a secret: allow any", ErrNotOwned)
	}
	return p.checkOwners(o.Owners)
}

// checkOwners notes who wrote each name that is to be overwritten, and fails if a name
// may not be.
func (p *Plan) checkOwners(owners map[string]string) error {
	others := map[string][]string{} // the names that other keys wrote, by key
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Kind != Overwrite {
			continue
		}
		owner := owners[a.Name]
		if note := p.owners.overwriteNote(owner); note != "" {
			a.WrittenBy, a.Reason = owner, joinReasons(a.Reason, note)
		}
		if owner != p.owners.own {
			others[owner] = append(others[owner], a.Name)
		}
	}
	if p.overwrite != OverwriteOwned || p.owners.planner || len(others) == 0 {
		return nil
	}
	return fmt.Errorf("%w, and overwrite is owned: leave them out, or allow any: %s", ErrNotOwned, writersOf(others))
}

// writersOf says who wrote which names, each writer once.
func writersOf(byOwner map[string][]string) string {
	var texts []string
	for _, owner := range slices.Sorted(maps.Keys(byOwner)) {
		wrote := fmt.Sprintf("%q wrote", owner)
		if owner == "" {
			wrote = "the store does not know who wrote"
		}
		texts = append(texts, wrote+" "+someQuoted(byOwner[owner]))
	}
	return strings.Join(texts, "; ")
}
