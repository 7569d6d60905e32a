package sync

import (
	"context"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/refused"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// keyError means that a store says that a key may not do what a sync needs it for.
// It matches [prefect.ErrForbidden].
type keyError struct {
	from  string       // where the key was found; may be empty
	role  prefect.Role // of the key, if it does not fit
	needs prefect.Role // the role that it would need; empty if its role fits
	names []string     // the names that the key's patterns exclude, if its role fits
}

// roles describes a key of each role.
var roles = map[prefect.Role]string{
	prefect.RoleAdmin:   "an admin key, which can write but not read values",
	prefect.RoleRunner:  "a runner key, which can read values but not write",
	prefect.RolePlanner: "a planner key, which can only list names",
}

// needs says what a key of each role is needed for.
var needs = map[prefect.Role]string{
	prefect.RoleAdmin:  "writing needs an admin key",
	prefect.RoleRunner: "reading values back needs a runner key",
}

func (e *keyError) Error() string {
	if e.needs != "" {
		return fmt.Sprintf("%s is %s; %s", keyFrom(e.from), roles[e.role], needs[e.needs])
	}
	return fmt.Sprintf("%s has no access to %s: add a pattern to the key in the store's keys file, or leave these names out",
		keyFrom(e.from), someQuoted(e.names))
}

// Is reports whether target is [prefect.ErrForbidden].
func (e *keyError) Is(target error) bool { return target == prefect.ErrForbidden }

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

// fits reports whether a key of a role can do what one of the needed role can. A role
// that this release does not know may.
func fits(role, needed prefect.Role) bool { return role == needed || roles[role] == "" }

// checkAccess fails if the key could not do what is planned. A planner's key may show
// a plan, and the plan says that it cannot apply it.
func (p *Plan) checkAccess(access prefect.Access) error {
	planning := access.Role == prefect.RolePlanner && !p.apply
	switch {
	case !planning && !fits(access.Role, prefect.RoleAdmin):
		return &keyError{from: p.keyFrom, role: access.Role, needs: prefect.RoleAdmin}
	case len(access.Unreachable) > 0:
		return &keyError{from: p.keyFrom, names: access.Unreachable}
	case planning:
		p.KeyNote = fmt.Sprintf("%s is %s; sync needs an admin key", keyFrom(p.keyFrom), roles[access.Role])
		if p.overwrite == OverwriteOwned {
			p.KeyNote += ", and overwrites only what that key wrote"
		}
	}
	return nil
}

// checkReader asks the store whether the reader's key, which was found in from, may
// read the names back, and fails if it may not. A store that does not say is assumed
// to allow it.
func checkReader(ctx context.Context, reader *pacedReader, names []string, from string) error {
	access, err := reader.access(ctx, names)
	switch {
	case err != nil:
		if named := refused.Key(err, from, ""); named != err {
			return named
		}
		return fmt.Errorf("%s: %w", keyFrom(from), err)
	case !fits(access.Role, prefect.RoleRunner):
		return &keyError{from: from, role: access.Role, needs: prefect.RoleRunner}
	case len(access.Unreachable) > 0:
		return &keyError{from: from, names: access.Unreachable}
	}
	return nil
}
