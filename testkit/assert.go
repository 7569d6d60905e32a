package testkit

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// AssertSecrets fails t unless the fake stores exactly the secrets in want, each equal
// as JSON: the order of keys and the notation of numbers do not matter. The printed
// difference has the names of the secrets and the types of their values, never the
// values.
func (c *Cloud) AssertSecrets(t TB, want map[string]any) {
	t.Helper()
	wanted, stored := map[string]string{}, map[string]string{}
	for _, name := range c.Names() {
		if raw, ok := c.Get(name); ok {
			stored[name] = redact(raw)
		}
	}
	for name, value := range want {
		v, err := prefect.NewValue(value)
		if err != nil {
			t.Fatalf("testkit: AssertSecrets: %q: %v", name, err)
			return
		}
		wanted[name] = redact(v.Reveal())
		if raw, ok := c.Get(name); ok && stored[name] == wanted[name] && !equalJSON(v.Reveal(), raw) {
			stored[name] = "different " + stored[name]
		}
	}
	if diff := cmp.Diff(wanted, stored); diff != "" {
		t.Errorf("testkit: the stored secrets differ (-want +stored):\n%s", diff)
	}
}

// redact returns the type of a value, for a difference.
func redact(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "string [redacted]"
	case '{':
		return "object [redacted]"
	case '[':
		return "list [redacted]"
	case 't', 'f':
		return "boolean [redacted]"
	case 'n':
		return "null"
	}
	return "number [redacted]"
}

// AssertNames fails t unless the fake stores secrets of exactly these names. Order does
// not matter.
func (c *Cloud) AssertNames(t TB, want ...string) {
	t.Helper()
	wanted := slices.Sorted(slices.Values(want))
	if diff := cmp.Diff(append([]string{}, wanted...), append([]string{}, c.Names()...)); diff != "" {
		t.Errorf("testkit: the stored names differ (-want +stored):\n%s", diff)
	}
}

// equalJSON reports whether two values are equal, numbers by their value.
func equalJSON(a, b json.RawMessage) bool {
	x, okX := decode(a)
	y, okY := decode(b)
	return okX && okY && equalValues(x, y)
}

func decode(raw json.RawMessage) (v any, ok bool) {
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
		return ok && parseNumber(a) == parseNumber(b)
	}
	return a == b
}
