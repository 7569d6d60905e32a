//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// output prints tables and writes their rows as JSON.
type output struct{ json io.Writer }

func newOutput(path string) (*output, error) {
	if path == "" {
		return &output{io.Discard}, nil
	}
	file, err := os.Create(path)
	return &output{file}, err
}

// cell is one figure of a row.
type cell struct {
	column string // with its unit
	figure measure.Figure
	format string // for fmt, of one number
	spread bool   // whether to print lowest and highest too
}

// row is a row of a table. All rows of a table have the same columns.
type row struct {
	what  string
	cells []cell
}

// table prints a table in Markdown, and its rows as JSON.
func (o *output) table(title string, rows []row) error {
	fmt.Printf("\n%s\n\n| what |", title)
	for _, c := range rows[0].cells {
		fmt.Printf(" %s |", c.column)
	}
	fmt.Print("\n| --- |", strings.Repeat(" ---: |", len(rows[0].cells)), "\n")
	for _, r := range rows {
		fmt.Printf("| %s |", r.what)
		document := map[string]any{"bench": "servefile", "table": title, "what": r.what}
		for _, c := range r.cells {
			fmt.Printf(" %s |", c)
			document[c.column] = map[string]float64{"median": c.figure.Median, "low": c.figure.Low, "high": c.figure.High}
		}
		fmt.Println()
		if err := json.NewEncoder(o.json).Encode(document); err != nil {
			return err
		}
	}
	return nil
}

func (c cell) String() string {
	text := fmt.Sprintf(c.format, c.figure.Median)
	if !c.spread {
		return text
	}
	return fmt.Sprintf("%s ("+c.format+" to "+c.format+")", text, c.figure.Low, c.figure.High)
}

// scale returns a figure in another unit.
func scale(f measure.Figure, by float64) measure.Figure {
	return measure.Figure{Median: f.Median * by, Low: f.Low * by, High: f.High * by}
}

// inverse returns one divided by a figure.
func inverse(f measure.Figure) measure.Figure {
	return measure.Figure{Median: 1 / f.Median, Low: 1 / f.High, High: 1 / f.Low}
}
