package fake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// Check says why no call can match m: a field, a key or a tenant that the API does
// not have, a secret for a field that is about none, or a negative count.
func (e *Engine) Check(m faults.Match) error {
	if m.Nth < 0 || m.Times < 0 {
		return fmt.Errorf("a match counts below 0: %s", m)
	}
	if err := e.checkField(m.Field); err != nil {
		return err
	}
	if m.Secret != "" && m.Field != "" && !e.about(m.Field).Named {
		return fmt.Errorf("a match has the secret %q: %s is about none", m.Secret, m.Field)
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
	return fmt.Errorf("the API has no key %q; there are %q", name, names)
}

func (e *Engine) checkField(field string) error {
	known := e.Fields()
	if field == "" || slices.ContainsFunc(known, func(k string) bool { return fold(k) == fold(field) }) {
		return nil
	}
	if near := nearest.Of(field, known); near != "" {
		return fmt.Errorf("the API has no field %q; the nearest is %q", field, near)
	}
	return fmt.Errorf("the API has no field %q; there are %s", field, strings.Join(known, ", "))
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
	return fmt.Errorf("the API has no tenant %q; there are %q", name, slugs)
}

// about is what the field is that a match names in either spelling.
func (e *Engine) about(field string) cloud.Field {
	for _, known := range e.Fields() {
		if fold(known) == fold(field) {
			return cloud.FieldOf(known)
		}
	}
	return cloud.Field{}
}

// fold makes one of set_secret and setSecret.
func fold(field string) string {
	return strings.ToLower(strings.ReplaceAll(field, "_", ""))
}
