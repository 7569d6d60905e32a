// Package measure compares several things in turns, so that what else the machine does
// meets all of them alike, and returns medians with their spread.
package measure

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// Case is one of the things to compare.
type Case struct {
	Name string
	// Operations is how many operations a run has; figures are for one of them.
	Operations int
	// Run is what is measured.
	Run func() error
	// CPU returns the CPU time so far of what is measured; nil means this process.
	CPU func() (time.Duration, error)
	// Count returns a count so far, such as of commits; nil means none.
	Count func() (float64, error)
}

// Figure is what the rounds measured: their values in order, and the median, the lowest and the highest of them.
type Figure struct {
	Values            []float64
	Median, Low, High float64
}

// Result is what a case costs. The figures of time are seconds.
type Result struct {
	Name                       string
	Wall, CPU                  Figure // for an operation
	Allocations, Bytes, Counts Figure // for an operation; the first two of this process
	wall, cpu                  []float64
}

// Ratio returns how many times as long as r other takes, round by round.
func (r Result) Ratio(other Result) Figure { return ratio(other.wall, r.wall) }

// CPURatio returns how many times the CPU time of r other takes, round by round.
func (r Result) CPURatio(other Result) Figure { return ratio(other.cpu, r.cpu) }

func ratio(a, b []float64) Figure {
	values := make([]float64, len(a))
	for i := range a {
		values[i] = a[i] / b[i]
	}
	return FigureOf(values)
}

// FigureOf returns the figure of at least one value.
func FigureOf(values []float64) Figure {
	sorted := slices.Sorted(slices.Values(values))
	return Figure{values, sorted[len(sorted)/2], sorted[0], sorted[len(sorted)-1]}
}

// Rounds runs all cases once unmeasured, and then so many rounds. In a round each case
// has so many turns, so that a disk that is slow for a second is slow for all. Every
// second turn goes through the cases backwards.
func Rounds(rounds, turns int, cases ...Case) ([]Result, error) {
	samples := make([][]sample, len(cases))
	for round := range rounds + 1 {
		sums, err := runRound(turns, cases)
		if err != nil {
			return nil, err
		}
		for i := range cases {
			if round > 0 {
				samples[i] = append(samples[i], sums[i])
			}
		}
	}
	results := make([]Result, len(cases))
	for i, c := range cases {
		results[i] = c.result(samples[i])
	}
	return results, nil
}

// runRound returns the mean of the turns of each case.
func runRound(turns int, cases []Case) ([]sample, error) {
	sums := make([]sample, len(cases))
	for turn := range turns {
		for i := range cases {
			if turn%2 == 1 {
				i = len(cases) - 1 - i
			}
			s, err := cases[i].run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", cases[i].Name, err)
			}
			sums[i] = sums[i].plus(s, 1/float64(turns))
		}
	}
	return sums, nil
}

// sample is what one run costs, or the totals so far.
type sample struct{ wall, cpu, allocations, bytes, count float64 }

// plus returns the sum of s and a part of other.
func (s sample) plus(other sample, part float64) sample {
	return sample{
		s.wall + part*other.wall, s.cpu + part*other.cpu, s.allocations + part*other.allocations,
		s.bytes + part*other.bytes, s.count + part*other.count,
	}
}

func (c Case) run() (sample, error) {
	before, err := c.totals()
	if err != nil {
		return sample{}, err
	}
	start := time.Now()
	if err := c.Run(); err != nil {
		return sample{}, err
	}
	wall := time.Since(start).Seconds()
	after, err := c.totals()
	n := float64(max(c.Operations, 1))
	return sample{
		wall / n, (after.cpu - before.cpu) / n, (after.allocations - before.allocations) / n,
		(after.bytes - before.bytes) / n, (after.count - before.count) / n,
	}, err
}

func (c Case) totals() (s sample, err error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.allocations, s.bytes = float64(m.Mallocs), float64(m.TotalAlloc)
	if c.Count != nil {
		if s.count, err = c.Count(); err != nil {
			return s, err
		}
	}
	cpu := c.CPU
	if cpu == nil {
		cpu = SelfCPU
	}
	used, err := cpu()
	s.cpu = used.Seconds()
	return s, err
}

func (c Case) result(samples []sample) Result {
	column := func(value func(sample) float64) []float64 {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = value(s)
		}
		return values
	}
	r := Result{
		Name: c.Name,
		wall: column(func(s sample) float64 { return s.wall }), cpu: column(func(s sample) float64 { return s.cpu }),
		Allocations: FigureOf(column(func(s sample) float64 { return s.allocations })),
		Bytes:       FigureOf(column(func(s sample) float64 { return s.bytes })),
		Counts:      FigureOf(column(func(s sample) float64 { return s.count })),
	}
	r.Wall, r.CPU = FigureOf(r.wall), FigureOf(r.cpu)
	return r
}
