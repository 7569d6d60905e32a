package testkit

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// AssertSecrets fails t unless the fake holds exactly the secrets wanted, each
// equal as JSON: the order of keys does not count, nor how a number is written. The
// difference that it prints has the names of the secrets, and of their values the
// types alone.
func (c *Cloud) AssertSecrets(t TB, want map[string]any) {
	t.Helper()
	wanted, stored := map[string]string{}, map[string]string{}
	for name, value := range want {
		v, err := prefect.NewValue(value)
		if err != nil {
			t.Fatalf("testkit: AssertSecrets: %q: %v", name, err)
			return
		}
		wanted[name] = redacted(v.Reveal(), "")
		if raw, ok := c.Get(name); ok {
			stored[name] = wanted[name]
			if !equalJSON(v.Reveal(), raw) {
				stored[name] = redacted(raw, "another ")
			}
		}
	}
	for _, name := range c.Names() {
		if _, ok := wanted[name]; !ok {
			raw, _ := c.Get(name)
			stored[name] = redacted(raw, "")
		}
	}
	if diff := cmp.Diff(wanted, stored); diff != "" {
		t.Errorf("testkit: the stored secrets differ (-want +stored):\n%s", diff)
	}
}

// redacted stands for a value in a difference.
func redacted(raw json.RawMessage, which string) string {
	kind := map[byte]string{'"': "text", '{': "object", '[': "list", 't': "boolean", 'f': "boolean", 'n': "null"}[raw[0]]
	if kind == "" {
		kind = "number"
	}
	return "[redacted " + which + kind + "]"
}

// AssertNames fails t unless the fake holds secrets of exactly these names, in
// whatever order they are given.
func (c *Cloud) AssertNames(t TB, want ...string) {
	t.Helper()
	wanted := slices.Sorted(slices.Values(want))
	if diff := cmp.Diff(append([]string{}, wanted...), append([]string{}, c.Names()...)); diff != "" {
		t.Errorf("testkit: the stored names differ (-want +stored):\n%s", diff)
	}
}

// equalJSON compares values, numbers by what they are worth.
func equalJSON(a, b json.RawMessage) bool {
	x, okX := decoded(a)
	y, okY := decoded(b)
	return okX && okY && equalValues(x, y)
}

func decoded(raw json.RawMessage) (v any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return v, dec.Decode(&v) == nil
}

func equalValues(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equalValues)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equalValues)
	case json.Number:
		b, ok := b.(json.Number)
		return ok && worth(a) == worth(b)
	}
	return a == b
}
