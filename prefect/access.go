package prefect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/shurcooL/graphql"
)

// Role is what this project's store allows a key to do.
type Role string

// The roles. Each may list names.
const (
	RoleAdmin   Role = "admin"   // writes, and cannot read values
	RoleRunner  Role = "runner"  // reads values
	RolePlanner Role = "planner" // neither reads nor writes values
)

// Access is what a key may do, as this project's store reports it. The zero Access
// means that the store does not say.
type Access struct {
	Key         string   // the key's name, under which the store records its writes
	Role        Role     // what the key may do
	Tenant      string   // the slug of the tenant that was asked
	Unreachable []string // those of the names asked about that the key's patterns exclude
}

// Overview is what a tenant has, and what the key may do there.
type Overview struct {
	Access
	Names []string // of all secrets, in the API's order
	// Owners has the key that last wrote each secret, of those asked about that exist.
	// It is nil if the store does not say.
	Owners map[string]string
	// Notes are what people should know of the store besides, such as which server it
	// is. A [Client] has none.
	Notes []string
}

// maxAbout bounds how many names one request asks about: the store may look up each.
const maxAbout = 2000

type accessFields struct {
	Key         string
	Role        Role
	Tenant      string
	Unreachable []string `graphql:"unreachable(names:$names)"`
}

// ownedName is a row of a query for the writers of secrets.
type ownedName struct {
	Name      string
	UpdatedBy string `graphql:"updated_by" json:"updated_by"`
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

// GetOverview lists the tenant's names as [Client.ListSecrets] does. The same
// request asks what the key may do with the given names, and who wrote them; only
// this project's store answers that.
func (c *Client) GetOverview(ctx context.Context, names []string) (Overview, error) {
	if !c.learned.get().noAccess {
		o, err := c.ownOverview(ctx, names)
		if err == nil {
			return o, nil
		}
		if !c.isUnsupported(err) {
			return Overview{}, fmt.Errorf("listing secret names: %w", err)
		}
		c.learned.update(func(p *profile) { p.noAccess = true })
	}
	all, err := c.ListSecrets(ctx)
	return Overview{Names: all}, err
}

// ownOverview asks this project's store.
func (c *Client) ownOverview(ctx context.Context, names []string) (Overview, error) {
	var q struct {
		API    accessFields `graphql:"secrets_api" json:"secrets_api"`
		Secret []listedName `graphql:"secret(order_by:{name:asc})"`
		Owned  []ownedName  `graphql:"owned:secret(where:{name:{_in:$names}})"`
	}
	about, more := names[:min(len(names), maxAbout)], names[min(len(names), maxAbout):]
	if err := c.query(ctx, &q, namesVariable(about), "secrets_api", "secret", "owned"); err != nil {
		return Overview{}, err
	}
	c.learned.update(func(p *profile) {
		if p.list == nil {
			*p = ownProfile
		}
	})
	o := Overview{Access: Access(q.API), Names: listed(q.Secret), Owners: ownersOf(q.Owned)}
	return o, c.addTo(ctx, &o, more)
}

// addTo adds what the store says about names for which the first request had no
// space.
func (c *Client) addTo(ctx context.Context, o *Overview, names []string) error {
	if len(names) == 0 {
		return nil
	}
	access, err := c.GetAccess(ctx, names)
	if err != nil {
		return err
	}
	owners, err := c.GetOwners(ctx, names)
	if err != nil {
		return err
	}
	o.Unreachable = append(o.Unreachable, access.Unreachable...)
	maps.Copy(o.Owners, owners)
	return nil
}

// GetAccess asks what the key may do, and which of the names it cannot reach. It
// returns the zero Access if the store does not say.
func (c *Client) GetAccess(ctx context.Context, names []string) (Access, error) {
	var access Access
	for chunk := range chunks(names) {
		var q struct {
			API accessFields `graphql:"secrets_api" json:"secrets_api"`
		}
		err := c.query(ctx, &q, namesVariable(chunk), "secrets_api")
		if c.isUnsupported(err) {
			return Access{}, nil
		}
		if err != nil {
			return Access{}, fmt.Errorf("asking what the key may do: %w", err)
		}
		unreachable := append(access.Unreachable, q.API.Unreachable...)
		access = Access(q.API)
		access.Unreachable = unreachable
	}
	return access, nil
}

// GetOwners returns, for each of the names that exist, the key that wrote the secret
// last, empty if the store does not know. The map is nil if the store never says.
func (c *Client) GetOwners(ctx context.Context, names []string) (map[string]string, error) {
	owners := make(map[string]string, len(names))
	for chunk := range chunks(names) {
		var q struct {
			API struct {
				Key string
			} `graphql:"secrets_api" json:"secrets_api"` // which any other API refuses
			Secret []ownedName `graphql:"secret(where:{name:{_in:$names}})"`
		}
		err := c.query(ctx, &q, namesVariable(chunk), "secrets_api", "secret")
		if c.isUnsupported(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("asking who wrote the secrets: %w", err)
		}
		maps.Copy(owners, ownersOf(q.Secret))
	}
	return owners, nil
}

// chunks splits the names into parts that one request asks about. There is at least
// one part.
func chunks(names []string) func(func([]string) bool) {
	if len(names) == 0 {
		return func(yield func([]string) bool) { yield(nil) }
	}
	return slices.Chunk(names, maxAbout)
}

// isUnsupported reports whether err is the answer of an API that does not know
// secrets_api. If the dialect was configured, any refusal of the document counts: a
// dialect is configured for an API that words its refusals in its own way.
func (c *Client) isUnsupported(err error) bool {
	var e *APIError
	if !errors.As(err, &e) {
		return false
	}
	aboutKey := e.Is(ErrUnauthenticated) || e.Is(ErrForbidden) || e.Is(ErrRateLimited) ||
		e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
	return isUnknownField(err) || c.learned.get().configured && !aboutKey && !Retryable(err)
}
