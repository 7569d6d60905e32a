package fake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// matches reports whether m selects c, without regard to Nth and Times.
func matches(m faults.Match, c call) bool {
	return (m.Field == "" || normalizeField(m.Field) == normalizeField(c.Field)) &&
		(m.Secret == "" || m.Secret == c.Secret) &&
		(m.Alias == "" || m.Alias == c.Alias) &&
		(m.Key == "" || m.Key == c.Key) &&
		(m.Tenant == "" || strings.EqualFold(m.Tenant, c.Tenant) || m.Tenant == c.slug)
}

// normalizeField returns the same string for set_secret and setSecret.
func normalizeField(field string) string {
	return strings.ToLower(strings.ReplaceAll(field, "_", ""))
}

// Describe returns the parts of m that are set, for a message.
func Describe(m faults.Match) string {
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

// Check returns why no call can match m: a field, a key or a tenant that the API does
// not have, a secret for a field without one, or a negative count.
func (e *Engine) Check(m faults.Match) error {
	if m.Nth < 0 || m.Times < 0 {
		return fmt.Errorf("a match counts below 0: %s", Describe(m))
	}
	if err := e.checkField(m.Field); err != nil {
		return err
	}
	if m.Secret != "" && m.Field != "" && !e.field(m.Field).Named {
		return fmt.Errorf("a match has the secret %q: %s has no secret", m.Secret, m.Field)
	}
	if err := e.checkKey(m.Key); err != nil {
		return err
	}
	return e.checkTenant(m.Tenant)
}

func (e *Engine) checkKey(name string) error {
	names := e.KeyNames()
	if name == "" || slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("the API has no key %q: its keys are %q", name, names)
}

func (e *Engine) checkField(field string) error {
	fields := e.Fields()
	if field == "" || slices.ContainsFunc(fields, func(f string) bool { return normalizeField(f) == normalizeField(field) }) {
		return nil
	}
	if near := nearest.Of(field, fields); near != "" {
		return fmt.Errorf("the API has no field %q: did you mean %q?", field, near)
	}
	return fmt.Errorf("the API has no field %q: its fields are %s", field, strings.Join(fields, ", "))
}

func (e *Engine) checkTenant(name string) error {
	if name == "" {
		return nil
	}
	var slugs []string
	for _, t := range e.Tenants() {
		if t.Slug == name || strings.EqualFold(t.ID, name) {
			return nil
		}
		slugs = append(slugs, t.Slug)
	}
	return fmt.Errorf("the API has no tenant %q: its tenants are %q", name, slugs)
}

// field describes the field that a match names in either spelling, or the zero Field.
func (e *Engine) field(name string) cloud.FieldInfo {
	for _, f := range e.Fields() {
		if normalizeField(f) == normalizeField(name) {
			return cloud.FieldOf(f)
		}
	}
	return cloud.FieldInfo{}
}
