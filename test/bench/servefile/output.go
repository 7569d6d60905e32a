//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// output prints samples as lines of a Go benchmark.
type output struct{ io.Writer }

// cell is one figure of a row.
type cell struct {
	unit   string
	figure measure.Figure
}

// row is what one of the cases of a subject costs.
type row struct {
	what  string
	cells []cell
}

// table prints a line for each round of each row. A figure that only the whole run has is in the first line.
func (o output) table(subject string, rows []row) error {
	for _, r := range rows {
		rounds := 0
		for _, c := range r.cells {
			rounds = max(rounds, len(c.figure.Values))
		}
		for i := range rounds {
			if _, err := fmt.Fprintf(o, "BenchmarkServeFile/%s/%s\t1%s\n", subject, keyword(r.what), r.round(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// round returns the numbers of a round with their units.
func (r row) round(i int) (line string) {
	for _, c := range r.cells {
		if i < len(c.figure.Values) {
			line += fmt.Sprintf("\t%.6g %s", c.figure.Values[i], keyword(c.unit))
		}
	}
	return line
}

// keyword joins words, because a name and a unit have no spaces in Go's format.
func keyword(words string) string {
	return strings.ReplaceAll(strings.ReplaceAll(words, ",", ""), " ", "-")
}

// once returns a figure of the whole run.
func once(value float64) measure.Figure { return measure.FigureOf([]float64{value}) }

// scale returns a figure in another unit.
func scale(f measure.Figure, by float64) measure.Figure {
	return each(f, func(v float64) float64 { return v * by })
}

// inverse returns one divided by a figure.
func inverse(f measure.Figure) measure.Figure {
	return each(f, func(v float64) float64 { return 1 / v })
}

func each(f measure.Figure, of func(float64) float64) measure.Figure {
	values := make([]float64, len(f.Values))
	for i, v := range f.Values {
		values[i] = of(v)
	}
	return measure.FigureOf(values)
}
