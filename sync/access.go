package sync

import (
	"context"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// KeyError means that a store says that a key may not do what a sync needs it for.
// It matches [prefect.ErrForbidden].
type KeyError struct {
	From  string       // where the key was found; may be empty
	Role  prefect.Role // what the key is
	Needs prefect.Role // what it would have to be; empty if the role fits
	Names []string     // the names that the key's patterns keep it from, where the role fits
}

// roles says what the key of a role is.
var roles = map[prefect.Role]string{
	prefect.RoleAdmin:   "an admin key, which writes and is refused values",
	prefect.RoleRunner:  "a runner key, which reads values",
	prefect.RolePlanner: "a planner key, which lists names",
}

// needs says what takes a key of a role.
var needs = map[prefect.Role]string{
	prefect.RoleAdmin:  "writing needs an admin key",
	prefect.RoleRunner: "reading values back needs a runner key",
}

func (e *KeyError) Error() string {
	if e.Needs != "" {
		return fmt.Sprintf("%s is %s; %s", keyFrom(e.From), roles[e.Role], needs[e.Needs])
	}
	return fmt.Sprintf("%s does not reach %s: add a pattern to the key in the store's keys file, or leave out what it does not reach",
		keyFrom(e.From), someQuoted(e.Names))
}

// Is reports whether target is [prefect.ErrForbidden].
func (e *KeyError) Is(target error) bool { return target == prefect.ErrForbidden }

func keyFrom(from string) string {
	if from == "" {
		return "the key"
	}
	return "the key from " + from
}

// maxQuoted is how many names an error lists.
const maxQuoted = 10

func someQuoted(names []string) string {
	if len(names) <= maxQuoted {
		return quotedList(names)
	}
	return fmt.Sprintf("%s and %d more names", quotedList(names[:maxQuoted]), len(names)-maxQuoted)
}

// fits reports whether a key of the role is as good as one of the role needed. What
// is not known of a role is not held against it.
func fits(role, needed prefect.Role) bool { return role == needed || roles[role] == "" }

// mayPlan fails where the key could not do what is planned. A planner may show it.
func (p *Plan) mayPlan(access prefect.Access) error {
	planning := access.Role == prefect.RolePlanner && !p.apply
	switch {
	case !planning && !fits(access.Role, prefect.RoleAdmin):
		return &KeyError{From: p.keyFrom, Role: access.Role, Needs: prefect.RoleAdmin}
	case len(access.Unreachable) > 0:
		return &KeyError{From: p.keyFrom, Role: access.Role, Names: access.Unreachable}
	case planning:
		p.KeyNote = fmt.Sprintf("%s is %s; sync needs an admin key", keyFrom(p.keyFrom), roles[access.Role])
		if p.overwrite == OverwriteOwned {
			p.KeyNote += ", and overwrites only what that key wrote"
		}
	}
	return nil
}

// CheckReader asks a store whether its key may read the names back. It fails with a
// [*KeyError] if the store says that it may not. A store that says nothing of keys
// is believed to let it.
func CheckReader(ctx context.Context, reader Store, names []string, from string) error {
	access, err := pacedStore(reader).access(ctx, names)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", keyFrom(from), err)
	case !fits(access.Role, prefect.RoleRunner):
		return &KeyError{From: from, Role: access.Role, Needs: prefect.RoleRunner}
	case len(access.Unreachable) > 0:
		return &KeyError{From: from, Role: access.Role, Names: access.Unreachable}
	}
	return nil
}
