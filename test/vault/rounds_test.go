//go:build realvault

package vault_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// roundsPerRun is how often each party has its turn: 11 times, or as often as the
// environment variable ROUNDS says.
var roundsPerRun = func() int {
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 11
}()

// party is one way to do the same requests.
type party struct {
	name     string
	process  int // what is between the client and Vault; 0 if nothing is
	requests int // in a round
	method   string
	header   http.Header
	url      func(i int) string
	body     func(i int) string // nil means no body
}

// figures has the cost of a request in each round: by the clock, in processor time of
// all processes together (Vault, the party's and the client's), and of the party's alone.
type figures struct{ clock, all, own []float64 }

// slicesOfRound is how often the parties take turns within a round, so that what the disk and
// other processes do meanwhile affects all of them alike.
const slicesOfRound = 4

// takeTurns runs one round of each party that does not count, and then rounds of them in
// turn. Each slice of a round begins with another party, and every other slice has the
// parties in reverse order, so that none always follows the same one.
func takeTurns(b *testing.B, s *server, parties []*party) map[string]*figures {
	client := &http.Client{Transport: transport()}
	of := map[string]*figures{}
	for _, p := range parties {
		for slice := range slicesOfRound {
			p.run(b, client, slice)
		}
		of[p.name] = &figures{}
	}
	for round := range roundsPerRun {
		took := make([]spent, len(parties))
		for slice := range slicesOfRound {
			for i := range parties {
				if slice%2 == 1 {
					i = len(parties) - 1 - i
				}
				turn := (round + slice + i) % len(parties)
				took[turn].add(measure(b, s, client, parties[turn], slice))
			}
		}
		for i, p := range parties {
			of[p.name].add(took[i], p.requests)
		}
	}
	return of
}

// spent is what requests took, as [figures] has it for each request.
type spent struct{ clock, all, own time.Duration }

func (s *spent) add(more spent) {
	s.clock += more.clock
	s.all += more.all
	s.own += more.own
}

// add adds a round.
func (f *figures) add(s spent, requests int) {
	f.clock = append(f.clock, perRequest(s.clock, requests))
	f.all = append(f.all, perRequest(s.all, requests))
	f.own = append(f.own, perRequest(s.own, requests))
}

// perRequest returns the microseconds for each of some requests.
func perRequest(total time.Duration, requests int) float64 {
	return float64(total.Nanoseconds()) / 1000 / float64(requests)
}

// measure runs a slice of a party.
func measure(b *testing.B, s *server, client *http.Client, p *party, slice int) spent {
	others, own := processorTime(b, os.Getpid(), s.process.Process.Pid), processorTime(b, p.process)
	took := p.run(b, client, slice)
	own = processorTime(b, p.process) - own
	others = processorTime(b, os.Getpid(), s.process.Process.Pid) - others
	return spent{took, others + own, own}
}

// run sends the requests of a slice, up to writers at once.
func (p *party) run(b *testing.B, client *http.Client, slice int) time.Duration {
	first, end := slice*p.requests/slicesOfRound, (slice+1)*p.requests/slicesOfRound
	start := time.Now()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := first + w; i < end; i += writers {
				p.send(b, client, i)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

func (p *party) send(b *testing.B, client *http.Client, i int) {
	var body io.Reader
	if p.body != nil {
		body = strings.NewReader(p.body(i))
	}
	req, err := http.NewRequestWithContext(b.Context(), p.method, p.url(i), body)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header = p.header.Clone()
	resp, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || bytes.Contains(got, []byte(`"errors"`)) {
		b.Errorf("%s: %d %.200s %v", p.name, resp.StatusCode, got, err)
	}
}

// processorTime returns the processor time that processes have used so far. A process 0
// has used none.
func processorTime(b testing.TB, processes ...int) time.Duration {
	b.Helper()
	var sum time.Duration
	for _, process := range processes {
		if process == 0 {
			continue
		}
		var now syscall.Timespec
		clock := ^process<<3 | 2 // the clock of a process (clock_getcpuclockid(3))
		if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&now)), 0); errno != 0 {
			b.Fatal("the processor time of a process: ", errno)
		}
		sum += time.Duration(now.Nano())
	}
	return sum
}

// peakMemory returns the peak memory of a process in megabytes (proc(5), status).
func peakMemory(b testing.TB, process int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
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

// cell has what the rounds measured, with its unit.
type cell struct {
	unit   string
	values []float64
}

// samples are lines in the format of Go's benchmarks, which TestMain prints at its end: in
// the middle of a benchmark, they would be part of its line.
var samples struct {
	sync.Mutex
	lines []string
}

// report adds a line for each round.
func report(what, party string, cells ...cell) {
	samples.Lock()
	defer samples.Unlock()
	for round := range roundsPerRun {
		line := fmt.Sprintf("BenchmarkVault%s/%s\t1", what, party)
		cellsOfRound := 0
		for _, c := range cells {
			if round < len(c.values) {
				line += fmt.Sprintf("\t%.6g %s", c.values[round], c.unit)
				cellsOfRound++
			}
		}
		if cellsOfRound > 0 {
			samples.lines = append(samples.lines, line)
		}
	}
}

// printSamples prints the lines of this run.
func printSamples(w io.Writer) {
	samples.Lock()
	defer samples.Unlock()
	for _, line := range samples.lines {
		fmt.Fprintln(w, line)
	}
}
