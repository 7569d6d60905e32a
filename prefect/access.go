package prefect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/shurcooL/graphql"
)

// Role is what this project's store lets a key do.
type Role string

// The roles. Each may list names.
const (
	RoleAdmin   Role = "admin"   // writes, and is refused values
	RoleRunner  Role = "runner"  // reads values
	RolePlanner Role = "planner" // does neither
)

// Access is what this project's store says of a key. The zero value stands for a
// store that says nothing.
type Access struct {
	Key         string   // the key's name, which the store keeps as the writer
	Role        Role     // what the key may do
	Tenant      string   // the slug of the tenant that was asked
	Unreachable []string // the names that the key's patterns keep it from
}

// Overview is what a tenant has and what the key may do there.
type Overview struct {
	Access
	Names []string // of all secrets, sorted as the API sorts them
	// Owners gives the key that last wrote each of the names asked about that there
	// are. It is nil if the store does not say.
	Owners map[string]string
}

// maxAbout is how many names one request asks about: the store may look up each.
const maxAbout = 2000

type accessFields struct {
	Key         string
	Role        Role
	Tenant      string
	Unreachable []string `graphql:"unreachable(names:$names)"`
}

func (f accessFields) access() Access { return Access(f) }

// ownedName is a row of a query for the writers of secrets.
type ownedName struct {
	Name      string
	UpdatedBy string `graphql:"updated_by"`
}

func ownersOf(rows []ownedName) map[string]string {
	owners := make(map[string]string, len(rows))
	for _, row := range rows {
		owners[row.Name] = row.UpdatedBy
	}
	return owners
}

func namesVariable(names []string) map[string]any {
	list := make([]graphql.String, len(names))
	for i, name := range names {
		list[i] = graphql.String(name)
	}
	return map[string]any{"names": list}
}

// GetOverview lists the tenant's names as [Client.ListSecrets] does. The same request
// asks what the key may do with the given names and who wrote them, which only this
// project's store says.
func (c *Client) GetOverview(ctx context.Context, names []string) (o Overview, err error) {
	if !c.learned.get().silent {
		o, err = c.ownOverview(ctx, names)
	}
	if c.learned.get().silent || c.isSilence(err) {
		c.learned.update(func(d *dialect) { d.silent = true })
		o.Names, err = c.names(ctx)
	}
	if err != nil {
		return Overview{}, fmt.Errorf("listing secret names: %w", err)
	}
	return o, nil
}

func (c *Client) ownOverview(ctx context.Context, names []string) (Overview, error) {
	var q struct {
		API    accessFields `graphql:"secrets_api"`
		Secret []listedName `graphql:"secret(order_by:{name:asc})"`
		Owned  []ownedName  `graphql:"owned:secret(where:{name:{_in:$names}})"`
	}
	asked := names[:min(len(names), maxAbout)]
	if err := c.query(ctx, &q, namesVariable(asked), "secrets_api", "secret", "owned"); err != nil {
		return Overview{}, err
	}
	c.learned.update(func(d *dialect) {
		if d.list == nil {
			*d = ownDialect
		}
	})
	o := Overview{Access: q.API.access(), Names: listed(q.Secret), Owners: ownersOf(q.Owned)}
	return o, c.more(ctx, &o, names[len(asked):])
}

// more asks about the names that the first request had no room for.
func (c *Client) more(ctx context.Context, o *Overview, names []string) error {
	if len(names) == 0 {
		return nil
	}
	access, err := c.GetAccess(ctx, names)
	if err != nil {
		return err
	}
	owners, err := c.SecretOwners(ctx, names)
	if err != nil {
		return err
	}
	o.Unreachable = append(o.Unreachable, access.Unreachable...)
	maps.Copy(o.Owners, owners.ByName)
	return nil
}

// GetAccess asks what the key may do, and which of the names it may do nothing
// with. A store of another kind says nothing of it: that is no error.
func (c *Client) GetAccess(ctx context.Context, names []string) (Access, error) {
	var found Access
	for chunk := range chunks(names) {
		var q struct {
			API accessFields `graphql:"secrets_api"`
		}
		err := c.query(ctx, &q, namesVariable(chunk), "secrets_api")
		if c.isSilence(err) {
			return Access{}, nil
		}
		if err != nil {
			return Access{}, fmt.Errorf("asking what the key may do: %w", err)
		}
		unreachable := append(found.Unreachable, q.API.Unreachable...)
		found = q.API.access()
		found.Unreachable = unreachable
	}
	return found, nil
}

// chunks are the names in parts that one request asks about, at least one part.
func chunks(names []string) func(func([]string) bool) {
	if len(names) == 0 {
		return func(yield func([]string) bool) { yield(nil) }
	}
	return slices.Chunk(names, maxAbout)
}

// isSilence reports whether err is the answer of an API that says nothing of keys.
// Where the dialect was given, any refusal of the document counts: a dialect is
// given to an API that words its refusals in its own way.
func (c *Client) isSilence(err error) bool {
	var answered *APIError
	if !errors.As(err, &answered) {
		return false
	}
	ofTheKey := answered.Is(ErrUnauthenticated) || answered.Is(ErrForbidden) || answered.Is(ErrRateLimited)
	return isUnknownField(err) || c.learned.get().given && !ofTheKey && !Retryable(err)
}

// Owners says which keys wrote secrets last. A key is named by its name, never by
// itself.
type Owners struct {
	Key    string            // the key in use
	ByName map[string]string // for each secret that there is; empty if the store does not know
}

// ErrNoOwners means that the API does not say who wrote a secret.
var ErrNoOwners = errors.New("this API does not say who wrote a secret")

// SecretOwners asks which key wrote each of the names last. Only this project's
// store knows; the error of any other is [ErrNoOwners].
func (c *Client) SecretOwners(ctx context.Context, names []string) (Owners, error) {
	owners := Owners{ByName: make(map[string]string, len(names))}
	for chunk := range chunks(names) {
		var q struct {
			API struct {
				Key string
			} `graphql:"secrets_api"`
			Secret []ownedName `graphql:"secret(where:{name:{_in:$names}})"`
		}
		err := c.query(ctx, &q, namesVariable(chunk), "secrets_api", "secret")
		switch {
		case c.isSilence(err):
			return Owners{}, ErrNoOwners
		case err != nil:
			return Owners{}, fmt.Errorf("asking who wrote the secrets: %w", err)
		}
		owners.Key = q.API.Key
		maps.Copy(owners.ByName, ownersOf(q.Secret))
	}
	return owners, nil
}
