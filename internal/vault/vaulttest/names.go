package vaulttest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// tenants are the tenants whose secrets TestNames writes.
var tenants = []string{"33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444"}

// parts are what names are built of: separators, escapes, letters that differ only in
// case, and characters of several bytes.
var parts = []string{
	"..", ".", "/", "//", "%", "%2e", "=", "=2E", "=2e", "a", "A", "b", "ä", "秘密", "🔑",
	" ", "\x00", "\n", "+", "*", "metadata", "data", "-", "_",
}

// randomNames returns n different names of at most 255 bytes, many of which begin with
// another one.
func randomNames(r *rand.Rand, n int) []string {
	seen := map[string]bool{}
	var names []string
	for len(names) < n {
		var name strings.Builder
		if len(names) > 0 && r.IntN(3) == 0 {
			name.WriteString(names[r.IntN(len(names))] + []string{"", "/"}[r.IntN(2)])
		}
		part := parts[r.IntN(len(parts))]
		for range []int{1, 1, 2, 3, 60, 250}[r.IntN(6)] {
			if r.IntN(4) == 0 {
				part = parts[r.IntN(len(parts))]
			}
			name.WriteString(part)
		}
		valid := strings.ToValidUTF8(name.String()[:min(name.Len(), cloud.MaxName)], "")
		if valid != "" && !seen[valid] {
			seen[valid] = true
			names = append(names, valid)
		}
	}
	return names
}

// TestNames checks that no name leaves its tenant, reaches another name, or gets lost.
func TestNames(t *testing.T, store cloud.Store, seed uint64, n int) {
	r := rand.New(rand.NewPCG(seed, 0))
	want := map[string]map[string]string{}
	for i, tenant := range tenants {
		want[tenant] = map[string]string{}
		for j, name := range randomNames(r, n) {
			value := fmt.Sprintf("[%d,%d]", i, j)
			if _, err := store.Set(t.Context(), tenant, name, json.RawMessage(value), "ci", false); err != nil {
				t.Fatalf("seed %d: Set(%q): %v", seed, name, err)
			}
			want[tenant][name] = value
		}
	}
	for _, tenant := range tenants {
		checkSecrets(t, store, tenant, want[tenant])
		for name := range want[tenant] {
			if len(want[tenant]) <= n/2 {
				break
			}
			if err := store.Delete(t.Context(), tenant, name); err != nil {
				t.Fatalf("seed %d: Delete(%q): %v", seed, name, err)
			}
			delete(want[tenant], name)
		}
		checkSecrets(t, store, tenant, want[tenant])
	}
}

// checkSecrets checks that a tenant has exactly the secrets in want.
func checkSecrets(t *testing.T, store cloud.Store, tenant string, want map[string]string) {
	t.Helper()
	names, err := store.Names(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	wantNames := []string{}
	for name := range want {
		wantNames = append(wantNames, name)
	}
	slices.Sort(wantNames)
	if diff := cmp.Diff(wantNames, names); diff != "" {
		t.Fatalf("names (-want +got):\n%s", diff)
	}
	for name, value := range want {
		got, err := store.Get(t.Context(), tenant, name)
		if err != nil || string(got) != value {
			t.Fatalf("Get(%q): %s, %v, want %s", name, got, err, value)
		}
	}
}
