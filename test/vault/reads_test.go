//go:build realvault

package vault_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const runnerKey = "runner-key-of-the-test"

// What agents do: each flow run is a process of its own, which opens a connection, reads
// its secrets with the one runner key, and ends. Schedules begin at the full minute.
const (
	pacedReads = 10_000
	pacedTime  = 10 * time.Second
	burstReads = 2_000
	calibrated = 2_000 // reads from which the cost of one is taken
)

// agents read through replicas in turn.
type agents struct {
	urls   []string
	client *http.Client
}

func newAgents(replicas ...*replica) *agents {
	transport := transport()
	transport.DisableKeepAlives = true
	a := &agents{client: &http.Client{Transport: transport, Timeout: 15 * time.Second}} // as Prefect's clients
	for _, r := range replicas {
		a.urls = append(a.urls, r.url)
	}
	return a
}

// read reads a secret as Prefect's client does.
func (a *agents) read(i int) error {
	const query = `{"query":"query($name: String!) { secret_value(name: $name) }","variables":"{\"name\": \"SECRET_NAME_%05d\"}"}`
	req, err := http.NewRequest(http.MethodPost, a.urls[i%len(a.urls)]+"/graphql", strings.NewReader(fmt.Sprintf(query, i%100)))
	if err != nil {
		return err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + runnerKey}, "Content-Type": {"application/json"}}
	resp, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Contains(body, []byte(`{"data":{"secret_value":"v"}`)) {
		return fmt.Errorf("%d %.200s %v", resp.StatusCode, body, err)
	}
	return nil
}

// readAt begins a number of reads, each at its time, and returns in order how long each
// took from that time on: a read that could not begin in time counts as slow.
func (a *agents) readAt(b *testing.B, reads int, interval time.Duration) (times []time.Duration, failures float64) {
	times = make([]time.Duration, reads)
	errs := make([]error, reads)
	var all sync.WaitGroup
	start := time.Now()
	for i := range reads {
		due := start.Add(time.Duration(i) * interval)
		time.Sleep(time.Until(due))
		all.Go(func() {
			errs[i] = a.read(i)
			times[i] = time.Since(due)
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			failures++
		}
	}
	if err := cmp.Or(errs...); err != nil {
		b.Logf("%.0f of %d reads failed, the first with: %v", failures, reads, err)
	}
	slices.Sort(times)
	return times, failures
}

// readConstantly does reads with a few at once, and returns the rate.
func (a *agents) readConstantly(b *testing.B, reads int) (rate float64) {
	start := time.Now()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < reads; i += writers {
				if err := a.read(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(reads) / time.Since(start).Seconds()
}

// costs are the microseconds of processor time of one read, by process.
type costs struct{ client, vault, replica []float64 }

// observe adds what reads cost while f runs.
func (c *costs) observe(b *testing.B, s *server, replicas []*replica, reads int, f func()) {
	b.Helper()
	used := func() (client, vault, replica time.Duration) {
		for _, r := range replicas {
			replica += processorTime(b, r.process.Process.Pid)
		}
		return processorTime(b, os.Getpid()), processorTime(b, s.process.Process.Pid), replica
	}
	client, vault, replica := used()
	f()
	clientAfter, vaultAfter, replicaAfter := used()
	c.client = append(c.client, perRequest(clientAfter-client, reads))
	c.vault = append(c.vault, perRequest(vaultAfter-vault, reads))
	c.replica = append(c.replica, perRequest(replicaAfter-replica, reads))
}

// BenchmarkReads measures what agents do: reads at a steady rate, and all at once at the
// full minute.
func BenchmarkReads(b *testing.B) {
	for b.Loop() {
		s := startServer(b)
		fill(b, s, "served", 100)
		one, other := serveReplica(b, s, s.Address, "served"), serveReplica(b, s, s.Address, "served")
		reportBurst(b, s, one, other)
		reportPaced(b, s, one, other)
	}
}

// reportBurst holds a burst through two replicas against what the costs of reads through
// one predict. All processes share the cores of this machine, so the last of n reads is
// answered after n times the processor time of a read, divided by the cores that the
// machine gave to the reads just before: all of them, if nothing else runs.
func reportBurst(b *testing.B, s *server, one, other *replica) {
	b.Helper()
	var cost costs
	var rates, cores, predicted, measured, failures []float64
	newAgents(one).readConstantly(b, calibrated)
	for i := range roundsPerRun {
		cost.observe(b, s, []*replica{one}, calibrated, func() {
			rates = append(rates, newAgents(one).readConstantly(b, calibrated))
		})
		each := (cost.client[i] + cost.vault[i] + cost.replica[i]) / 1e6
		cores = append(cores, rates[i]*each)
		predicted = append(predicted, burstReads*each/cores[i])
		times, failed := newAgents(one, other).readAt(b, burstReads, 0)
		measured = append(measured, times[len(times)-1].Seconds())
		failures = append(failures, failed)
	}
	report("Read/one-replica", "serve", []cell{
		{"client-cpu-µs", cost.client}, {"vault-cpu-µs", cost.vault}, {"replica-cpu-µs", cost.replica},
		{"reads-a-second", rates}, {"cores", cores},
	}...)
	report(fmt.Sprintf("Burst/agents=%d", burstReads), "two-replicas", []cell{
		{"seconds", measured}, {"predicted-seconds", predicted}, {"errors", failures},
	}...)
}

// reportPaced reports the latencies of 10,000 reads in 10 s, in up to three runs.
func reportPaced(b *testing.B, s *server, replicas ...*replica) {
	b.Helper()
	var p50, p99, slowest, rate, failures []float64
	var cost costs
	for range min(3, roundsPerRun) {
		cost.observe(b, s, replicas, pacedReads, func() {
			begin := time.Now()
			times, failed := newAgents(replicas...).readAt(b, pacedReads, pacedTime/pacedReads)
			rate = append(rate, pacedReads/time.Since(begin).Seconds())
			p50 = append(p50, milliseconds(times[len(times)/2]))
			p99 = append(p99, milliseconds(times[len(times)*99/100]))
			slowest = append(slowest, milliseconds(times[len(times)-1]))
			failures = append(failures, failed)
		})
	}
	report(fmt.Sprintf("Paced/reads=%d", pacedReads), "two-replicas", []cell{
		{"reads-a-second", rate}, {"p50-ms", p50}, {"p99-ms", p99}, {"slowest-ms", slowest},
		{"errors", failures}, {"replica-cpu-µs", cost.replica}, {"vault-cpu-µs", cost.vault},
	}...)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
