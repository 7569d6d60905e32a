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
	store  cloud.Store // past every replica
	prefix string
	killed *replica
	source map[string]string
	// acknowledged is what it had written down as done.
	acknowledged []string
}

// crashing starts a replica that is killed before the nth write of 400 is passed on
// to Vault. After is called then.
func crashing(t *testing.T, s *server, nth int64, after func()) *crash {
	t.Helper()
	c := &crash{prefix: "p-" + strings.ToLower(rand.Text()), source: manySecrets(400)}
	c.store = s.open(t, func(v *vault.Config) { v.Prefix = c.prefix })
	c.killed = serveReplica(t, s, through(t, s, nth, func() {
		c.killed.kill()
		c.acknowledged = c.killed.acknowledged(t)
		wantAmong(t, c.store, c.source, c.acknowledged)
		after()
	}), c.prefix)
	return c
}

// wantAmong fails unless each name is in the store with its value.
func wantAmong(t *testing.T, store cloud.Store, source map[string]string, names []string) {
	t.Helper()
	for _, name := range names {
		var got string
		value, err := store.Get(t.Context(), tenant, name)
		if err != nil || json.Unmarshal(value, &got) != nil || got != source[name] {
			t.Errorf("%s was acknowledged, and is %s, %v, want %q", name, value, err, source[name])
		}
	}
}

// results is what a sync says of each name, as names by result. It deletes what
// stands in the store and in the source no more.
func results(ctx context.Context, t *testing.T, url string, source map[string]string, args ...string) (int, map[string][]string) {
	t.Helper()
	code, stdout, stderr := runSync(ctx, t, url, source, append(args, "--format", "json", "--prune-scope", "SECRET_*", "--max-deletes", "100")...)
	var report struct {
		Actions []struct{ Name, Result string }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	out := map[string][]string{}
	for _, a := range report.Actions {
		out[a.Result] = append(out[a.Result], a.Name)
	}
	return code, out
}

// wantCounts compares how many names have each result.
func wantCounts(t *testing.T, code int, got map[string][]string, want map[string]int) {
	t.Helper()
	counts := map[string]int{}
	for result, names := range got {
		counts[result] = len(names)
	}
	if diff := cmp.Diff(want, counts); diff != "" || code != exit.OK {
		t.Errorf("exit code %d, results (-want +got):\n%s", code, diff)
	}
}

// Clients see replicas through a balancer. One that is killed takes no write with
// it: the sync goes on with the other, and says what is true.
func TestAReplicaIsKilledInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := common(t)
	c := crashing(t, s, 200, func() {})
	other := serveReplica(t, s, s.Address, c.prefix)
	code, got := results(t.Context(), t, balance(t, c.killed.url, other.url), c.source)
	wantCounts(t, code, got, map[string]int{"created": 400})
	wantSecrets(t, c.store, c.source)
	took := len(other.acknowledged(t))
	if len(c.acknowledged) == 0 || took == 0 {
		t.Errorf("%d writes by the replica that was killed, %d by the other: not in the middle", len(c.acknowledged), took)
	}
	t.Logf("%d writes acknowledged before the kill, %d after it", len(c.acknowledged), took)
	next := changed(c.source)
	code, got = results(t.Context(), t, other.url, next)
	wantCounts(t, code, got, map[string]int{"unchanged": 350, "overwritten": 30, "deleted": 20, "created": 10})
	wantSecrets(t, c.store, next)
}

// changed is the source after 20 names went, 10 came and 30 have another value.
func changed(source map[string]string) map[string]string {
	out := maps.Clone(source)
	for i, name := range slices.Sorted(maps.Keys(source))[:50] {
		out[name] = "another value"
		if i < 20 {
			delete(out, name)
		}
	}
	for i := range 10 {
		out[fmt.Sprint("SECRET_NEW_", i)] = "a new value"
	}
	return out
}

// Without a balancer the sync ends partly done; the next one, once the replica is
// back, does the rest.
func TestServeIsKilledInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := common(t)
	ctx, interrupt := context.WithCancel(t.Context())
	c := crashing(t, s, 380, interrupt)
	code, got := results(ctx, t, c.killed.url, c.source, "--timeout", "15s")
	if code != exit.Partly && code != exit.Failed || len(c.acknowledged) == 0 || len(got["created"]) == 400 {
		t.Errorf("exit code %d, %d acknowledged, %d created", code, len(c.acknowledged), len(got["created"]))
	}
	wantAmong(t, c.store, c.source, got["created"])
	wantAmong(t, c.store, c.source, c.acknowledged)
	names, err := c.store.Names(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("exit code %d: %d acknowledged, %d reported as created, %d there", code, len(c.acknowledged), len(got["created"]), len(names))
	c.killed.run(t)
	code, got = results(t.Context(), t, c.killed.url, c.source)
	// A write that Vault had when the replica was killed may have ended after the names were asked for.
	there := max(len(names), len(got["unchanged"]))
	wantCounts(t, code, got, map[string]int{"unchanged": there, "created": 400 - there})
	wantSecrets(t, c.store, c.source)
}
