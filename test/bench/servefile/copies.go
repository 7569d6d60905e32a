//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// measureCopies measures the commands backup, of a server that runs, and restore.
func measureCopies(s *site, builds []*served, out output) error {
	backups, restores := make([][][]float64, len(builds)), make([][][]float64, len(builds))
	for round := range s.rounds + 1 {
		for i, b := range builds {
			both, err := s.copyOnce(b)
			if err != nil {
				return fmt.Errorf("%s: %w", b.name, err)
			}
			if round > 0 {
				backups[i], restores[i] = append(backups[i], both[0]), append(restores[i], both[1])
			}
		}
	}
	var rows []row
	for i, b := range builds {
		rows = append(rows, row{"backup, " + b.name, copyCells(backups[i])}, row{"restore, " + b.name, copyCells(restores[i])})
	}
	return out.table("copies", rows)
}

var copyColumns = []string{"time, ms", "CPU time of the command, ms", "growth of serve's memory without the file's pages, MB", "size, MB"}

func copyCells(samples [][]float64) (cells []cell) {
	for column, name := range copyColumns {
		values := make([]float64, len(samples))
		for i, sample := range samples {
			values[i] = sample[column]
		}
		cells = append(cells, cell{name, measure.FigureOf(values)})
	}
	return cells
}

// copyOnce returns a sample of backup and one of restore, in the order of copyColumns.
func (s *site) copyOnce(b *served) (both [2][]float64, err error) {
	backup, restored := filepath.Join(s.dir, "backup.db"), filepath.Join(s.dir, "restored.db")
	if err := b.start(s, s.full); err != nil {
		return both, err
	}
	before, err := b.memory("RssAnon")
	if err != nil {
		return both, err
	}
	if both[0], err = s.command(b, backup, "backup", backup, "--api-url", b.url); err != nil {
		return both, err
	}
	after, err := b.memory("RssAnon")
	if err != nil {
		return both, err
	}
	both[0][2] = after - before
	if err := b.stop(); err != nil {
		return both, err
	}
	if both[1], err = s.command(b, restored, "restore", backup, "--store", "file:"+restored); err != nil {
		return both, err
	}
	if err := os.Remove(backup); err != nil {
		return both, err
	}
	return both, os.Remove(restored)
}

// command runs a command that makes a file.
func (s *site) command(b *served, path string, args ...string) ([]float64, error) {
	cmd := exec.Command(b.bin, args...)
	key, err := os.ReadFile(s.keyFile)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(os.Environ(), "PREFECT_SECRETS_API_KEY="+s.all, "PREFECT_SECRETS_STORE_KEY="+string(key))
	begin := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", args[0], err, text)
	}
	took := time.Since(begin)
	megabytes, err := size(path)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return []float64{milliseconds(took), milliseconds(cpu), 0, megabytes}, err
}
