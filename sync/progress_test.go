package sync

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Progress counts the changes of all tenants that have a plan; skips are not changes.
func TestProgressIsOfAllTenants(t *testing.T) {
	plan := &Plan{Actions: []Action{{Kind: Create}, {Kind: Delete}, {Kind: Skip}, {Kind: Keep}}}
	var calls [][2]int
	p := newProgress([]TenantResult{{Plan: plan}, {}, {Plan: plan}}, func(done, total int) {
		calls = append(calls, [2]int{done, total})
	})
	first, third := p.of(0), p.of(2)
	first(1, 2)
	third(1, 2)
	first(2, 2)
	if diff := cmp.Diff([][2]int{{1, 4}, {2, 4}, {3, 4}}, calls); diff != "" {
		t.Error(diff)
	}
	if newProgress(nil, nil).of(0) != nil {
		t.Error("a function that nobody wants")
	}
}
