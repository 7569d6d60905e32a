package cloud

import (
	"fmt"
	"slices"
	"strings"
)

// Role says what a key may do. Every role may list names and tenants, and read what
// secrets_api says about the key.
type Role string

const (
	// Admin sets and deletes secrets, and may not read their values.
	Admin Role = "admin"
	// Runner reads values, as flow runs do in cloud execution, and never sets or
	// deletes.
	Runner Role = "runner"
	// Planner may do no more than every role may. It is for plans on pull requests.
	Planner Role = "planner"
)

// Roles lists the roles.
var Roles = []Role{Admin, Runner, Planner}

// roleHelp says what each role is for.
var roleHelp = map[Role]string{
	Admin:   "sets, deletes and lists",
	Runner:  "reads values and lists",
	Planner: "lists names only",
}

// Valid reports whether r is one of [Roles].
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// RolesHelp lists the roles and what each may do.
func RolesHelp() string {
	parts := make([]string, len(Roles))
	for i, r := range Roles {
		parts[i] = fmt.Sprintf("%s (%s)", r, roleHelp[r])
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " or " + parts[last]
}
