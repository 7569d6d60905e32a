package testkit

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// AssertSecrets fails t unless the fake holds exactly the secrets wanted, each
// equal as JSON. The difference that it prints names the secrets and shows none
// of their values.
func (c *Cloud) AssertSecrets(t TB, want map[string]any) {
	t.Helper()
	wanted := make(map[string]prefect.Value, len(want))
	for name, value := range want {
		v, err := prefect.NewValue(value)
		if err != nil {
			t.Fatalf("testkit: AssertSecrets: %q: %v", name, err)
			return
		}
		wanted[name] = canonical(v)
	}
	stored := make(map[string]prefect.Value)
	for _, name := range c.Names() {
		raw, _ := c.Get(name)
		v, _ := prefect.NewValue(raw)
		stored[name] = canonical(v)
	}
	if diff := cmp.Diff(wanted, stored); diff != "" {
		t.Errorf("testkit: the stored secrets differ (-want +stored):\n%s", diff)
	}
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

// canonical is v with the keys of its objects sorted and every digit kept.
func canonical(v prefect.Value) prefect.Value {
	dec := json.NewDecoder(bytes.NewReader(v.Reveal()))
	dec.UseNumber()
	var decoded any
	if dec.Decode(&decoded) != nil {
		return v
	}
	sorted, _ := prefect.NewValue(decoded)
	return sorted
}
