//go:build realvault

package vault_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// roundsPerRun is how often each party has its turn.
const roundsPerRun = 11

// party is one way to do the same requests.
type party struct {
	name     string
	process  int // what is between the client and Vault; 0 if nothing is
	requests int
	method   string
	header   http.Header
	url      func(i int) string
	body     func(i int) string // nil means no body
}

// figures has the cost of a request in each round: by the clock, in processor time of
// all processes together (Vault, the party's and the client's), and of the party's alone.
type figures struct{ clock, all, own []float64 }

// takeTurns runs one round of each party that does not count, and then rounds of them in
// turn, and prints a benchmark line for each. A later round begins with another party.
func takeTurns(b *testing.B, s *server, what string, parties []*party) map[string]*figures {
	client := &http.Client{Transport: transport()}
	of := map[string]*figures{}
	for _, p := range parties {
		p.run(b, client)
		of[p.name] = &figures{}
	}
	for round := range roundsPerRun {
		for i := range parties {
			p := parties[(round+i)%len(parties)]
			f := of[p.name]
			others, own := processorTime(b, os.Getpid(), s.process.Process.Pid), processorTime(b, p.process)
			took := p.run(b, client)
			own = processorTime(b, p.process) - own
			others = processorTime(b, os.Getpid(), s.process.Process.Pid) - others
			f.clock = append(f.clock, perRequest(took, p.requests))
			f.all = append(f.all, perRequest(others+own, p.requests))
			f.own = append(f.own, perRequest(own, p.requests))
			printSample(what+"/"+p.name, p.requests,
				"%.0f ns/op %.0f cpu-ns/op %.0f own-cpu-ns/op", 1000*last(f.clock), 1000*last(f.all), 1000*last(f.own))
		}
	}
	return of
}

// printSample prints one sample in the format of Go's benchmarks, for tools that read it.
func printSample(name string, requests int, metrics string, values ...any) {
	fmt.Printf("BenchmarkVault/%s %d "+metrics+"\n", append([]any{name, requests}, values...)...)
}

func last(values []float64) float64 { return values[len(values)-1] }

// perRequest returns the microseconds for each of some requests.
func perRequest(total time.Duration, requests int) float64 {
	return float64(total.Nanoseconds()) / 1000 / float64(requests)
}

// run sends the requests of a round, up to writers at once.
func (p *party) run(b *testing.B, client *http.Client) time.Duration {
	start := time.Now()
	var all sync.WaitGroup
	for w := range min(writers, p.requests) {
		all.Go(func() {
			for i := w; i < p.requests; i += writers {
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

// spread is a median with the quartiles.
type spread struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted) - 1
	return spread{sorted[n/2], sorted[n/4], sorted[n-n/4]}
}

// ratios returns, round by round, how many times as much b costs as a.
func ratios(a, b []float64) spread {
	each := make([]float64, len(a))
	for i := range a {
		each[i] = b[i] / a[i]
	}
	return spreadOf(each)
}

// String returns three digits or more of each number, without an exponent.
func (s spread) String() string {
	format := func(v float64) string {
		return strconv.FormatFloat(v, 'f', max(0, 2-int(math.Log10(max(1, v)))), 64)
	}
	return fmt.Sprintf("%s (%s to %s)", format(s.Median), format(s.Low), format(s.High))
}

// row is a line of the report of a run.
type row struct {
	What  string            `json:"what"`
	Party string            `json:"party"`
	Cells map[string]spread `json:"cells"`
}

// cell is a figure with the name of its column.
type cell struct {
	column string
	figure spread
}

// newTable returns a table of one row.
func newTable(what, party string, cells []cell) table {
	t := table{title: what, rows: []row{{what, party, map[string]spread{}}}}
	for _, c := range cells {
		t.columns = append(t.columns, c.column)
		t.rows[0].Cells[c.column] = c.figure
	}
	return t
}

// reports are the tables of this run, which TestMain prints at its end.
var reports struct {
	sync.Mutex
	tables []table
}

// table is a part of the report, whose columns are names of cells.
type table struct {
	title   string
	columns []string
	rows    []row
}

func report(t table) {
	reports.Lock()
	defer reports.Unlock()
	reports.tables = append(reports.tables, t)
}

// printReports prints each table in Markdown, and then each row as a line of JSON.
func printReports(w io.Writer) {
	reports.Lock()
	defer reports.Unlock()
	lines := json.NewEncoder(w)
	for _, t := range reports.tables {
		t.print(w)
	}
	for _, t := range reports.tables {
		for _, r := range t.rows {
			_ = lines.Encode(r)
		}
	}
}

// print prints a table in Markdown: medians, with the quartiles in parentheses.
func (t table) print(w io.Writer) {
	fmt.Fprintf(w, "\n| %s | %s |\n| --- |%s\n", t.title, strings.Join(t.columns, " | "), strings.Repeat(" ---: |", len(t.columns)))
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s |", r.Party)
		for _, column := range t.columns {
			figure, known := r.Cells[column]
			if !known {
				fmt.Fprint(w, " |")
				continue
			}
			fmt.Fprintf(w, " %s |", figure)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}
