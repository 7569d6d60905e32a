//go:build realvault

package vault_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

const (
	writers   = 16
	manyNames = 10_000
)

// The parties of a comparison, in the order of the report. PREFECT_SECRETS_OLD_BIN adds
// a replica of another build: what a change costs or saves is only known in one run.
const (
	partyDirect = "directly to Vault"
	partyBare   = "bare proxy"
	partyBefore = "serve, before"
	partyServe  = "serve"
)

var apiHeader = http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}}

// comparison compares ways to do the same: directly, through a bare reverse proxy, and
// through a replica of serve with its audit log.
type comparison struct {
	what     string
	requests int
	method   string
	prefix   string                            // of the secrets; empty means one for each party
	path     func(prefix string, i int) string // in Vault
	body     func(i int) string                // for Vault; nil means none
	document func(i int) string                // for serve
}

func BenchmarkSets(b *testing.B) {
	for _, storage := range []struct {
		name     string
		args     []string
		requests int
	}{
		{"memory", []string{"-storage", "inmem"}, 800},
		{"files", []string{"-storage", "file", "-path", "DIR/data"}, 800},
		{"raft", []string{"-storage", "raft", "-path", "DIR"}, 800},
	} {
		b.Run(storage.name, func(b *testing.B) {
			for b.Loop() {
				compare(b, startServer(b, storage.args...), comparison{
					what: "Sets/" + storage.name, requests: storage.requests, method: http.MethodPut,
					path: func(prefix string, i int) string { return fmt.Sprintf("secret/data/%s/%s/S%d", prefix, tenant, i) },
					body: func(i int) string { return fmt.Sprintf(`{"data":{"value":"\"value %d\"","writer":"ci"}}`, i) },
					document: func(i int) string {
						return fmt.Sprintf(`{"query":"mutation($input: setSecretInput!){setSecret(input:$input){success}}",`+
							`"variables":{"input":{"name":"S%d","value":"value %d"}}}`, i, i)
					},
				})
			}
		})
	}
}

func BenchmarkNames(b *testing.B) {
	for b.Loop() {
		s := startServer(b)
		fill(b, s, "names", manyNames)
		compare(b, s, comparison{
			what: fmt.Sprintf("Names/%d", manyNames), requests: 200, method: http.MethodGet, prefix: "names",
			path:     func(prefix string, _ int) string { return "secret/metadata/" + prefix + "/" + tenant + "?list=true" },
			document: func(int) string { return `{"query":"{secretNames}"}` },
		})
	}
}

// fill stores secrets.
func fill(b *testing.B, s *server, prefix string, secrets int) {
	b.Helper()
	store := s.open(b, func(c *vault.Config) { c.Prefix = prefix })
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < secrets; i += writers {
				mustSet(b, store, fmt.Sprintf("SECRET_NAME_%05d", i), `"v"`)
			}
		})
	}
	all.Wait()
}

// prefixOf returns the path at which the secrets of a party are.
func (c *comparison) prefixOf(party string) string {
	if c.prefix != "" {
		return c.prefix
	}
	return keyword(party)
}

// keyword joins the words of a name.
func keyword(name string) string { return strings.NewReplacer(" ", "-", ",", "").Replace(name) }

// parties starts the proxy and the replicas.
func (c *comparison) parties(b *testing.B, s *server) []*party {
	b.Helper()
	toVault := func(name, address string, process int) *party {
		return &party{
			name: name, process: process, requests: c.requests, method: c.method, body: c.body,
			header: http.Header{"X-Vault-Token": {s.Token}},
			url:    func(i int) string { return address + "/v1/" + c.path(c.prefixOf(name), i) },
		}
	}
	proxy, process := startBareProxy(b, s)
	parties := []*party{toVault(partyDirect, s.Address, 0), toVault(partyBare, proxy, process)}
	for _, build := range []struct{ name, variable string }{
		{partyBefore, "PREFECT_SECRETS_OLD_BIN"}, {partyServe, "PREFECT_SECRETS_BIN"},
	} {
		if program := os.Getenv(build.variable); program != "" {
			replica := serveReplicaOf(b, program, s, s.Address, c.prefixOf(build.name))
			parties = append(parties, &party{
				name: build.name, process: replica.process.Process.Pid, requests: c.requests, method: http.MethodPost,
				header: apiHeader, url: func(int) string { return replica.url }, body: c.document,
			})
		}
	}
	return parties
}

// compare reports what the parties take.
func compare(b *testing.B, s *server, c comparison) {
	b.Helper()
	parties := c.parties(b, s)
	of := takeTurns(b, s, parties)
	for _, p := range parties {
		f := of[p.name]
		cells := []cell{{"µs/op", f.clock}, {"cpu-µs/op", f.all}}
		if p.process != 0 {
			cells = append(cells, cell{"own-cpu-µs/op", f.own}, cell{"peak-MB", []float64{peakMemory(b, p.process)}})
		}
		report(c.what, keyword(p.name), cells...)
	}
}
