//go:build realvault

package vault_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// crash is a replica that is killed in the middle of a sync.
type crash struct {
	store  cloud.Store // of Vault, without a replica
	prefix string
	killed *replica
	source map[string]string
	// acknowledged are the names in its audit log when it was killed.
	acknowledged []string
}

// newCrash starts a replica that is killed before Vault receives the nth of 400 writes.
// After that, it calls after.
func newCrash(t *testing.T, s *server, n int64, after func()) *crash {
	t.Helper()
	c := &crash{prefix: "p-" + strings.ToLower(rand.Text()), source: manySecrets(400)}
	c.store = s.open(t, func(v *vault.Config) { v.Prefix = c.prefix })
	c.killed = serveReplica(t, s, startProxy(t, s, n, func() {
		c.killed.kill()
		c.acknowledged = c.killed.acknowledged(t)
		checkValues(t, c.store, c.source, c.acknowledged)
		after()
	}), c.prefix)
	return c
}

// checkValues checks that the store holds each name with its value.
func checkValues(t *testing.T, store cloud.Store, source map[string]string, names []string) {
	t.Helper()
	for _, name := range names {
		var got string
		value, err := store.Get(t.Context(), tenant, name)
		if err != nil || json.Unmarshal(value, &got) != nil || got != source[name] {
			t.Errorf("%s was acknowledged, and is %s, %v, want %q", name, value, err, source[name])
		}
	}
}

// syncResults runs a sync that also deletes names without a source, and returns the
// exit code and the names by result.
func syncResults(ctx context.Context, t *testing.T, url string, source map[string]string, args ...string) (int, map[string][]string) {
	t.Helper()
	args = append(args, "--format", "json", "--prune-scope", "SECRET_*", "--max-deletes", "100")
	code, stdout, stderr := runSync(ctx, t, url, source, args...)
	var report struct {
		Actions []struct{ Name, Result string }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	names := map[string][]string{}
	for _, a := range report.Actions {
		names[a.Result] = append(names[a.Result], a.Name)
	}
	return code, names
}

// checkCounts checks how many names have each result.
func checkCounts(t *testing.T, code int, got map[string][]string, want map[string]int) {
	t.Helper()
	counts := map[string]int{}
	for result, names := range got {
		counts[result] = len(names)
	}
	if diff := cmp.Diff(want, counts); diff != "" || code != exit.OK {
		t.Errorf("exit code %d, results (-want +got):\n%s", code, diff)
	}
}

// A balancer is in front of two replicas. When one is killed no write is lost: the sync
// goes on with the other, and its report is true.
func TestAReplicaIsKilledInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	c := newCrash(t, s, 200, func() {})
	other := serveReplica(t, s, s.Address, c.prefix)
	code, got := syncResults(t.Context(), t, startBalancer(t, c.killed.url, other.url), c.source)
	checkCounts(t, code, got, map[string]int{"created": 400})
	checkSecrets(t, c.store, c.source)
	before, after := len(c.acknowledged), len(other.acknowledged(t))
	if before == 0 || after == 0 {
		t.Errorf("%d writes by the replica that was killed, %d by the other: not in the middle", before, after)
	}
	t.Logf("%d writes acknowledged before the kill, %d after it", before, after)
	next := changed(c.source)
	code, got = syncResults(t.Context(), t, other.url, next)
	checkCounts(t, code, got, map[string]int{"unchanged": 350, "overwritten": 30, "deleted": 20, "created": 10})
	checkSecrets(t, c.store, next)
}

// changed returns source with 20 names removed, 10 added and 30 values changed.
func changed(source map[string]string) map[string]string {
	next := maps.Clone(source)
	for i, name := range slices.Sorted(maps.Keys(source))[:50] {
		next[name] = "another value"
		if i < 20 {
			delete(next, name)
		}
	}
	for i := range 10 {
		next[fmt.Sprint("SECRET_NEW_", i)] = "a new value"
	}
	return next
}

// Without a balancer the sync ends partly done; the next one, after the replica's
// restart, does the rest.
func TestServeIsKilledInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ctx, interrupt := context.WithCancel(t.Context())
	c := newCrash(t, s, 380, interrupt)
	code, got := syncResults(ctx, t, c.killed.url, c.source, "--timeout", "15s")
	if code != exit.Partly && code != exit.Failed || len(c.acknowledged) == 0 || len(got["created"]) == 400 {
		t.Errorf("exit code %d, %d acknowledged, %d created", code, len(c.acknowledged), len(got["created"]))
	}
	checkValues(t, c.store, c.source, got["created"])
	checkValues(t, c.store, c.source, c.acknowledged)
	names, err := c.store.Names(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("exit code %d: %d acknowledged, %d reported as created, %d stored",
		code, len(c.acknowledged), len(got["created"]), len(names))
	c.killed.run(t)
	code, got = syncResults(t.Context(), t, c.killed.url, c.source)
	// A write that Vault had received when the replica was killed may have ended after
	// the names were listed.
	stored := max(len(names), len(got["unchanged"]))
	checkCounts(t, code, got, map[string]int{"unchanged": stored, "created": 400 - stored})
	checkSecrets(t, c.store, c.source)
}
