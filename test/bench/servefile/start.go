//go:build linux

package main

import (
	"time"

	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// measureStart measures from the start of the process until it accepts connections,
// then its memory, and again after the names of all tenants.
func measureStart(s *site, builds []*served, out output) error {
	samples := make([]startSamples, len(builds))
	for round := range s.rounds + 1 {
		for i, b := range builds {
			sample, err := s.startOnce(b)
			if err != nil {
				return err
			}
			if round > 0 {
				samples[i].add(sample)
			}
		}
	}
	var rows []row
	for i, b := range builds {
		rows = append(rows, row{b.name, samples[i].cells()})
	}
	return out.table("start", rows)
}

// startColumns are what is measured at each start.
var startColumns = []string{
	"ready, ms", "CPU time to ready, ms", "memory when ready, MB", "of it the file's pages, MB",
	"names of a tenant, ms", "names of all tenants, ms", "memory after names, MB", "of it, the file's pages, MB", "peak, MB",
}

type startSamples [][]float64

func (s *startSamples) add(sample []float64) { *s = append(*s, sample) }

func (s startSamples) cells() (cells []cell) {
	for column, name := range startColumns {
		values := make([]float64, len(s))
		for i, sample := range s {
			values[i] = sample[column]
		}
		cells = append(cells, cell{name, measure.FigureOf(values)})
	}
	return cells
}

// startOnce returns a sample in the order of startColumns.
func (s *site) startOnce(b *served) (sample []float64, err error) {
	begin := time.Now()
	if err := b.start(s, s.full); err != nil {
		return nil, err
	}
	ready := time.Since(begin)
	cpu, err := b.cpu()
	if err != nil {
		return nil, err
	}
	sample = []float64{milliseconds(ready), milliseconds(cpu)}
	if sample, err = b.appendMemory(sample, "VmRSS", "RssFile"); err != nil {
		return nil, err
	}
	begin = time.Now()
	for tenant := range s.tenants {
		if _, err := b.ask(s.admins[tenant], "{secret_names}"); err != nil {
			return nil, err
		}
		if tenant == 0 {
			sample = append(sample, milliseconds(time.Since(begin)))
		}
	}
	sample = append(sample, milliseconds(time.Since(begin)))
	if sample, err = b.appendMemory(sample, "VmRSS", "RssFile", "VmHWM"); err != nil {
		return nil, err
	}
	return sample, b.stop()
}

func (b *served) appendMemory(sample []float64, rows ...string) ([]float64, error) {
	for _, row := range rows {
		megabytes, err := b.memory(row)
		if err != nil {
			return nil, err
		}
		sample = append(sample, megabytes)
	}
	return sample, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
