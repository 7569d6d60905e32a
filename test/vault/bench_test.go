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

// The benchmarks send the same requests directly to Vault and through a replica of
// serve with its audit log, in turn.
const (
	writers        = 16
	writesPerRound = 1600
	manyNames      = 10_000
)

func BenchmarkSets(b *testing.B) {
	for _, args := range [][]string{
		{"-storage", "inmem"}, {"-storage", "file", "-path", "DIR/data"}, {"-storage", "raft", "-path", "DIR"},
	} {
		b.Run(args[1], func(b *testing.B) {
			s := startServer(b, args...)
			api := serveReplica(b, s, s.Address, "served")
			direct, served := rounds(b, []int{s.process.Process.Pid, api.process.Process.Pid}, &round{
				method: http.MethodPut, header: http.Header{"X-Vault-Token": {s.Token}},
				url:  func(i int) string { return fmt.Sprintf("%s/v1/secret/data/direct/%s/S%d", s.Address, tenant, i) },
				body: func(i int) string { return fmt.Sprintf(`{"data":{"value":"\"value %d\"","writer":"ci"}}`, i) },
			}, &round{
				method: http.MethodPost, header: apiHeader,
				url: func(int) string { return api.url },
				body: func(i int) string {
					return fmt.Sprintf(`{"query":"mutation($input: setSecretInput!){setSecret(input:$input){success}}",`+
						`"variables":{"input":{"name":"S%d","value":"value %d"}}}`, i, i)
				},
			})
			b.ReportMetric(writesPerRound/direct.time.Seconds(), "direct/s")
			b.ReportMetric(writesPerRound/served.time.Seconds(), "served/s")
			b.ReportMetric(direct.time.Seconds()/served.time.Seconds(), "ratio")
			b.ReportMetric(direct.cpu.Seconds()/served.cpu.Seconds(), "cpu-ratio")
			b.ReportMetric(api.resident(b), "replica-MB")
		})
	}
}

func BenchmarkNames(b *testing.B) {
	s := startServer(b)
	store := s.open(b, func(c *vault.Config) { c.Prefix = "served" })
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < manyNames; i += writers {
				mustSet(b, store, fmt.Sprintf("SECRET_NAME_%05d", i), `"v"`)
			}
		})
	}
	all.Wait()
	api := serveReplica(b, s, s.Address, "served")
	direct, served := rounds(b, []int{s.process.Process.Pid, api.process.Process.Pid}, &round{
		requests: 20, method: http.MethodGet, header: http.Header{"X-Vault-Token": {s.Token}},
		url: func(int) string { return s.Address + "/v1/secret/metadata/served/" + tenant + "?list=true" },
	}, &round{
		requests: 20, method: http.MethodPost, header: apiHeader,
		url:  func(int) string { return api.url },
		body: func(int) string { return `{"query":"{secretNames}"}` },
	})
	b.ReportMetric(float64(direct.time.Microseconds())/20_000, "direct-ms")
	b.ReportMetric(float64(served.time.Microseconds())/20_000, "served-ms")
	b.ReportMetric(served.time.Seconds()/direct.time.Seconds(), "ratio")
	b.ReportMetric(served.cpu.Seconds()/direct.cpu.Seconds(), "cpu-ratio")
	b.ReportMetric(api.resident(b), "replica-MB")
}

var apiHeader = http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}}

// round is a round of requests.
type round struct {
	requests int // writesPerRound if 0
	method   string
	header   http.Header
	url      func(i int) string
	body     func(i int) string
}

// cost is what a round took: time, and the CPU time of Vault, the replica and this
// process together, which does not include what else the machine is busy with.
type cost struct{ time, cpu time.Duration }

// rounds runs two kinds of rounds in turn and returns the median of each. It counts the
// CPU time of processes and its own.
func rounds(b *testing.B, processes []int, direct, served *round) (cost, cost) {
	client := &http.Client{Transport: transport()}
	direct.run(b, client)
	served.run(b, client)
	var times, cpus [2][]time.Duration
	for b.Loop() {
		for i, r := range []*round{direct, served} {
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

// resident returns the replica's peak memory in megabytes (proc(5), status).
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

// cpu returns the CPU time so far of this process and of others, in steps of 10 ms
// (proc(5), stat).
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
		total = writesPerRound
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
	req, err := http.NewRequestWithContext(b.Context(), r.method, r.url(i), body)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header = r.header.Clone()
	resp, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || bytes.Contains(got, []byte(`"errors"`)) {
		b.Errorf("%d %.200s %v", resp.StatusCode, got, err)
	}
}
