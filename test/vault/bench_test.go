//go:build realvault

package vault_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// The same writes, 16 at a time, straight to Vault and through our API, in turns.
// Each round is of so many writes.
const (
	writers      = 16
	writesARound = 1600
	manyNames    = 10_000
)

func BenchmarkSets(b *testing.B) {
	for _, args := range [][]string{{"-storage", "inmem"}, {"-storage", "file", "-path", "DIR/data"}, {"-storage", "raft", "-path", "DIR"}} {
		b.Run(args[1], func(b *testing.B) {
			s := start(b, args...)
			api := serve(b, s.open(b, func(c *vault.Config) { c.Prefix = "served" }))
			straight, served := rounds(b, &round{
				method: http.MethodPut, header: http.Header{"X-Vault-Token": {s.Token}},
				url:  func(i int) string { return fmt.Sprintf("%s/v1/secret/data/straight/%s/S%d", s.Address, tenant, i) },
				body: func(i int) string { return fmt.Sprintf(`{"data":{"value":"\"value %d\"","writer":"ci"}}`, i) },
			}, &round{
				method: http.MethodPost, header: http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}},
				url: func(int) string { return api.URL },
				body: func(i int) string {
					return fmt.Sprintf(`{"query":"mutation($input: setSecretInput!){setSecret(input:$input){success}}","variables":{"input":{"name":"S%d","value":"value %d"}}}`, i, i)
				},
			})
			b.ReportMetric(writesARound/straight.Seconds(), "straight/s")
			b.ReportMetric(writesARound/served.Seconds(), "served/s")
			b.ReportMetric(straight.Seconds()/served.Seconds(), "ratio")
		})
	}
}

func BenchmarkNames(b *testing.B) {
	s := start(b)
	store := s.open(b, func(c *vault.Config) { c.Prefix = "served" })
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < manyNames; i += writers {
				set(b, store, fmt.Sprintf("SECRET_NAME_%05d", i), `"v"`)
			}
		})
	}
	all.Wait()
	api := serve(b, store)
	straight, served := rounds(b, &round{
		writes: 1, method: http.MethodGet, header: http.Header{"X-Vault-Token": {s.Token}},
		url: func(int) string { return s.Address + "/v1/secret/metadata/served/" + tenant + "?list=true" },
	}, &round{
		writes: 1, method: http.MethodPost, header: http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}},
		url:  func(int) string { return api.URL },
		body: func(int) string { return `{"query":"{secretNames}"}` },
	})
	b.ReportMetric(float64(straight.Microseconds())/1000, "straight-ms")
	b.ReportMetric(float64(served.Microseconds())/1000, "served-ms")
	b.ReportMetric(served.Seconds()/straight.Seconds(), "ratio")
}

// round is one round of requests.
type round struct {
	writes int // writesARound if 0
	method string
	header http.Header
	url    func(i int) string
	body   func(i int) string
}

// rounds runs two kinds of rounds in turns and gives the median time of each.
func rounds(b *testing.B, straight, served *round) (time.Duration, time.Duration) {
	client := &http.Client{Transport: transport()}
	straight.run(b, client)
	served.run(b, client)
	var times [2][]time.Duration
	for b.Loop() {
		times[0] = append(times[0], straight.run(b, client))
		times[1] = append(times[1], served.run(b, client))
	}
	for _, t := range times {
		slices.Sort(t)
	}
	return times[0][len(times[0])/2], times[1][len(times[1])/2]
}

func (r *round) run(b *testing.B, client *http.Client) time.Duration {
	total := r.writes
	if total == 0 {
		total = writesARound
	}
	start := time.Now()
	var all sync.WaitGroup
	for w := range min(writers, total) {
		all.Go(func() {
			for i := w; i < total; i += writers {
				r.send(b, client, i)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

func (r *round) send(b *testing.B, client *http.Client, i int) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader([]byte(r.body(i)))
	}
	request, err := http.NewRequestWithContext(b.Context(), r.method, r.url(i), body)
	if err != nil {
		b.Error(err)
		return
	}
	request.Header = r.header.Clone()
	resp, err := client.Do(request)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors"`)) {
		b.Errorf("%d %.200s %v", resp.StatusCode, answer, err)
	}
}
