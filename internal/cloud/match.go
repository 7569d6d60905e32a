package cloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// Match selects calls. Its zero value selects every call.
type Match struct {
	// Field is a field of Query or Mutation; either spelling matches the other.
	Field string `json:"field,omitempty"`
	// Secret is the name that the call is about.
	Secret string `json:"secret,omitempty"`
	// Alias is the result key; a field without an alias has its own name.
	Alias string `json:"alias,omitempty"`
	// Tenant is an id or a slug.
	Tenant string `json:"tenant,omitempty"`
	// Key is the name of the key that the call was made with.
	Key string `json:"key,omitempty"`
	// Nth selects only the nth of the matching calls, counted from 1; 0 means any.
	Nth int `json:"nth,omitempty"`
	// Times bounds how often the rule applies; 0 means every time.
	Times int `json:"times,omitempty"`
}

// String is the parts of m that are set.
func (m Match) String() string {
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"field", m.Field}, {"secret", m.Secret}, {"alias", m.Alias}, {"tenant", m.Tenant}, {"key", m.Key},
	} {
		if part.value != "" {
			parts = append(parts, fmt.Sprintf("%s %q", part.name, part.value))
		}
	}
	if m.Nth != 0 {
		parts = append(parts, fmt.Sprintf("nth %d", m.Nth))
	}
	if m.Times != 0 {
		parts = append(parts, fmt.Sprintf("times %d", m.Times))
	}
	if len(parts) == 0 {
		return "any call"
	}
	return strings.Join(parts, ", ")
}

// Check says why no call can match m: a field, a key or a tenant that the API does
// not have, a secret for a field that is about none, or a negative count.
func (a *API) Check(m Match) error {
	if m.Nth < 0 || m.Times < 0 {
		return fmt.Errorf("a match counts below 0: %s", m)
	}
	if err := a.checkField(m.Field); err != nil {
		return err
	}
	if m.Secret != "" && m.Field != "" && !about(m.Field).Named {
		return fmt.Errorf("a match has the secret %q: %s is about none", m.Secret, m.Field)
	}
	if err := a.checkKey(m.Key); err != nil {
		return err
	}
	return a.checkTenant(m.Tenant)
}

func (a *API) checkKey(name string) error {
	if name == "" {
		return nil
	}
	var names []string
	for _, k := range a.access.Load().keys {
		if k.Name == name {
			return nil
		}
		names = append(names, k.Name)
	}
	slices.Sort(names)
	return fmt.Errorf("the API has no key %q; there are %q", name, names)
}

func (a *API) checkField(field string) error {
	known := a.schema.Fields()
	if field == "" || slices.ContainsFunc(known, func(k string) bool { return spelling(k) == spelling(field) }) {
		return nil
	}
	if near := nearest.Of(field, known); near != "" {
		return fmt.Errorf("the API has no field %q; the nearest is %q", field, near)
	}
	return fmt.Errorf("the API has no field %q; there are %s", field, strings.Join(known, ", "))
}

func (a *API) checkTenant(name string) error {
	if name == "" {
		return nil
	}
	var slugs []string
	for _, t := range a.access.Load().tenants {
		if t.Slug == name || strings.EqualFold(t.ID, name) {
			return nil
		}
		slugs = append(slugs, t.Slug)
	}
	return fmt.Errorf("the API has no tenant %q; there are %q", name, slugs)
}

// covers compares everything but Nth and Times.
func (m *Match) covers(c seenCall) bool {
	return (m.Field == "" || spelling(m.Field) == spelling(c.Field)) &&
		(m.Secret == "" || m.Secret == c.Secret) &&
		(m.Alias == "" || m.Alias == c.Alias) &&
		(m.Key == "" || m.Key == c.Key) &&
		(m.Tenant == "" || strings.EqualFold(m.Tenant, c.Tenant) || m.Tenant == c.slug)
}

// spelling folds set_secret and setSecret into one.
func spelling(field string) string {
	return strings.ToLower(strings.ReplaceAll(field, "_", ""))
}

// about is what the field is that a match names in either spelling.
func about(field string) Field {
	for name, f := range schemas[Both]().fields {
		if spelling(name) == spelling(field) {
			return f
		}
	}
	return Field{}
}
