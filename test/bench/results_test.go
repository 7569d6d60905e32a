package bench

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// results are the samples of all parts, as run.sh writes them to results: name of a line, then unit, then one number
// for each round.
type results struct {
	samples map[string]map[string][]float64
	parts   map[string]map[string]string // the header of each part
	missing []string                     // names that were asked for and are not there
}

// processors is what the Go benchmarks of a machine with more than one core add to a name.
var processors = regexp.MustCompile(`-\d+$`)

func readResults(dir string) (*results, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	r := &results{samples: map[string]map[string][]float64{}, parts: map[string]map[string]string{}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := r.add(strings.TrimSuffix(filepath.Base(file), ".txt"), string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return r, nil
}

// add reads a part in the format of Go's benchmarks (golang.org/design/14313-benchmark-format).
func (r *results) add(part, text string) error {
	header := map[string]string{}
	r.parts[part] = header
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "Benchmark"); ok {
			if err := r.addSample(strings.Fields(name)); err != nil {
				return fmt.Errorf("%q: %w", lines.Text(), err)
			}
			continue
		}
		key, value, ok := strings.Cut(lines.Text(), ": ")
		if !ok {
			return fmt.Errorf("%q is neither a sample nor a setting", lines.Text())
		}
		header[key] = value
	}
	return lines.Err()
}

func (r *results) addSample(fields []string) error {
	if len(fields) < 4 || len(fields)%2 != 0 {
		return fmt.Errorf("expected a name, a count, and numbers with their units")
	}
	name := processors.ReplaceAllString(fields[0], "")
	of := r.samples[name]
	if of == nil {
		of = map[string][]float64{}
		r.samples[name] = of
	}
	for i := 2; i < len(fields); i += 2 {
		number, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return err
		}
		of[fields[i+1]] = append(of[fields[i+1]], number)
	}
	return nil
}

// get returns the samples of a name in a unit, and remembers what is missing.
func (r *results) get(name, unit string) numbers {
	n := r.samples[name][unit]
	if len(n) == 0 {
		r.missing = append(r.missing, name+" "+unit)
		return numbers{math.NaN()}
	}
	return n
}

// has reports whether a name was measured in a unit, which some are only on some machines.
func (r *results) has(name, unit string) bool { return len(r.samples[name][unit]) > 0 }

// numbers are what the rounds of a benchmark measured, in their order.
type numbers []float64

func (n numbers) median() float64 {
	sorted := slices.Sorted(slices.Values(n))
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[half]
}

// over divides round by round: a busy moment of the machine hits both numbers of a round. If one of them was measured
// less often, it divides the medians.
func (n numbers) over(by numbers) numbers {
	if len(n) != len(by) {
		return numbers{n.median() / by.median()}
	}
	quotients := make(numbers, len(n))
	for i := range n {
		quotients[i] = n[i] / by[i]
	}
	return quotients
}

func (n numbers) times(factor float64) numbers {
	products := make(numbers, len(n))
	for i := range n {
		products[i] = n[i] * factor
	}
	return products
}

// inverse turns times into how many fit into a span.
func (n numbers) inverse(span float64) numbers {
	counts := make(numbers, len(n))
	for i := range n {
		counts[i] = span / n[i]
	}
	return counts
}

func (n numbers) rounded() numbers {
	integers := make(numbers, len(n))
	for i := range n {
		integers[i] = math.Round(n[i])
	}
	return integers
}

// in shows the median, and the lowest and the highest number, in one unit.
func (n numbers) in(unit unit) string {
	unit = unit.of(n.median())
	shown := unit.number(n.median())
	low, high := unit.number(slices.Min(n)), unit.number(slices.Max(n))
	if low != high {
		return fmt.Sprintf("%s%s (%s–%s)", shown, unit.suffix, low, high)
	}
	return shown + unit.suffix
}

// middle shows the median alone.
func (n numbers) middle(unit unit) string { return numbers{n.median()}.in(unit) }

// unit is how numbers are shown.
type unit struct {
	suffix  string
	divisor float64
	larger  *unit // what a thousand of them are shown in
}

var (
	seconds      = unit{suffix: " s", divisor: 1e9}
	milliseconds = unit{suffix: " ms", divisor: 1e6, larger: &seconds}
	microseconds = unit{suffix: " µs", divisor: 1e3, larger: &milliseconds}
	duration     = microseconds // of nanoseconds
	megabytes    = unit{suffix: " MB", divisor: 1}
	kilobytes    = unit{suffix: " KB", divisor: 1e3}
	count        = unit{divisor: 1}
	ratio        = unit{suffix: "×", divisor: 1}
)

// of returns the unit that fits a number.
func (u unit) of(number float64) unit {
	for u.larger != nil && math.Abs(number) >= 999.5*u.divisor {
		u = *u.larger
	}
	return u
}

// number shows three digits, or all of an integer.
func (u unit) number(number float64) string {
	number /= u.divisor
	digits := 0
	if number != math.Trunc(number) {
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(math.Abs(number), 'e', 2, 64), 64)
		digits = min(max(0, 2-int(math.Floor(math.Log10(rounded)))), 3)
	}
	return withCommas(strconv.FormatFloat(number, 'f', digits, 64))
}

func withCommas(number string) string {
	whole, _, _ := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0 && number[i-1] != '-'; i -= 3 {
		number = number[:i] + "," + number[i:]
	}
	return number
}
