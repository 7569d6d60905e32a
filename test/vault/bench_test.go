//go:build realvault

package vault_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// The same writes, 16 at a time, straight to Vault and through a replica of serve
// with its audit log, in turns.
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
			api := serveReplica(b, s, s.Address, "served")
			straight, served := rounds(b, []int{s.process.Process.Pid, api.process.Process.Pid}, &round{
				method: http.MethodPut, header: http.Header{"X-Vault-Token": {s.Token}},
				url:  func(i int) string { return fmt.Sprintf("%s/v1/secret/data/straight/%s/S%d", s.Address, tenant, i) },
				body: func(i int) string { return fmt.Sprintf(`{"data":{"value":"\"value %d\"","writer":"ci"}}`, i) },
			}, &round{
				method: http.MethodPost, header: http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}},
				url: func(int) string { return api.url },
				body: func(i int) string {
					return fmt.Sprintf(`{"query":"mutation($input: setSecretInput!){setSecret(input:$input){success}}","variables":{"input":{"name":"S%d","value":"value %d"}}}`, i, i)
				},
			})
			b.ReportMetric(writesARound/straight.time.Seconds(), "straight/s")
			b.ReportMetric(writesARound/served.time.Seconds(), "served/s")
			b.ReportMetric(straight.time.Seconds()/served.time.Seconds(), "ratio")
			b.ReportMetric(straight.cpu.Seconds()/served.cpu.Seconds(), "cpu-ratio")
			b.ReportMetric(api.resident(b), "replica-MB")
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
	api := serveReplica(b, s, s.Address, "served")
	straight, served := rounds(b, []int{s.process.Process.Pid, api.process.Process.Pid}, &round{
		requests: 20, method: http.MethodGet, header: http.Header{"X-Vault-Token": {s.Token}},
		url: func(int) string { return s.Address + "/v1/secret/metadata/served/" + tenant + "?list=true" },
	}, &round{
		requests: 20, method: http.MethodPost, header: http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}},
		url:  func(int) string { return api.url },
		body: func(int) string { return `{"query":"{secretNames}"}` },
	})
	b.ReportMetric(float64(straight.time.Microseconds())/20_000, "straight-ms")
	b.ReportMetric(float64(served.time.Microseconds())/20_000, "served-ms")
	b.ReportMetric(served.time.Seconds()/straight.time.Seconds(), "ratio")
	b.ReportMetric(served.cpu.Seconds()/straight.cpu.Seconds(), "cpu-ratio")
	b.ReportMetric(api.resident(b), "replica-MB")
}

// round is one round of requests.
type round struct {
	requests int // writesARound if 0
	method   string
	header   http.Header
	url      func(i int) string
	body     func(i int) string
}

// cost is what a round took: time, and the processor's time of Vault, the replica
// and this process together, which tells what the machine is busy with otherwise
// apart.
type cost struct{ time, cpu time.Duration }

// rounds runs two kinds of rounds in turns and gives the median of each. It counts
// the processor's time of the processes beside its own.
func rounds(b *testing.B, processes []int, straight, served *round) (cost, cost) {
	client := &http.Client{Transport: transport()}
	straight.run(b, client)
	served.run(b, client)
	var times, cpus [2][]time.Duration
	for b.Loop() {
		for i, r := range []*round{straight, served} {
			before := cpu(b, processes)
			times[i] = append(times[i], r.run(b, client))
			cpus[i] = append(cpus[i], cpu(b, processes)-before)
		}
	}
	return cost{median(times[0]), median(cpus[0])}, cost{median(times[1]), median(cpus[1])}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// resident is the most memory that the replica has had, in megabytes (proc(5),
// status).
func (r *replica) resident(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.process.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kB, err := strconv.Atoi(strings.Fields(rest + " none")[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kB) / 1000
}

// cpu is the processor's time of this process and of others up to now, in steps of
// 10 ms (proc(5), stat).
func cpu(b *testing.B, processes []int) time.Duration {
	b.Helper()
	var ticks int
	for _, process := range append([]int{os.Getpid()}, processes...) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
		if err != nil {
			b.Fatal(err)
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		for _, field := range fields[11:13] {
			n, err := strconv.Atoi(field)
			if err != nil {
				b.Fatal(err)
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func (r *round) run(b *testing.B, client *http.Client) time.Duration {
	total := r.requests
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
