//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/test/bench/barebolt"
	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// turns is how often each case has its turn in a round.
const turns = 3

// measureWrites compares single writes to bare bbolt, to the store in this process, and
// through serve.
func measureWrites(s *site, builds []*served, out output) (err error) {
	bare, err := barebolt.Open(s.barePath)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.Close()) }()
	store, err := filestore.Open(filestore.Config{Path: s.full, Key: s.key, Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	stop, err := startAll(s, builds)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return err
	}
	for _, writers := range []int{1, 16, 128} {
		if err := s.compareWrites(writers, bare, store, builds, out); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) compareWrites(writers int, bare *barebolt.DB, store *filestore.Store, builds []*served, out output) error {
	n := min(60*writers, 1920) / turns
	at := func(path string) func() (float64, error) {
		return func() (float64, error) { return barebolt.Commits(path) }
	}
	cases := []measure.Case{{
		Name: "bbolt, bare puts", Operations: n, Count: at(s.barePath),
		Run: s.random(writers, n, func(tenant int, name string) error { return bare.Put(tenantID(tenant), name, s.sealed) }),
	}, {
		Name: "the store alone", Operations: n, Count: at(s.full),
		Run: s.random(writers, n, func(tenant int, name string) error {
			_, err := store.Set(context.Background(), tenantID(tenant), name, s.value, "ci", false)
			return err
		}),
	}}
	written := []func() (float64, error){ownWritten, ownWritten}
	for _, b := range builds {
		cases = append(cases, measure.Case{Name: b.name, Operations: n, Count: at(b.store), CPU: b.cpu, Run: s.random(writers, n, s.setThrough(b))})
		written = append(written, b.written)
	}
	bytes := make([]float64, len(cases))
	for i := range cases {
		cases[i].Run = adding(&bytes[i], written[i], cases[i].Run)
	}
	results, err := measure.Rounds(s.rounds, turns, cases...)
	if err != nil {
		return err
	}
	total := float64(n * turns * (s.rounds + 1))
	var rows []row
	for i, r := range results {
		rows = append(rows, row{r.Name, []cell{
			{"writes a second", inverse(r.Wall)},
			{"speed, relative to bare", r.Ratio(results[0])},
			{"CPU time a write, µs", scale(r.CPU, 1e6)},
			{"writes a commit", inverse(r.Counts)},
			{"syncs a write", scale(r.Counts, 2)},
			{"KB written a write", once(bytes[i] / total / 1024)},
		}})
	}
	return out.table(fmt.Sprintf("writes=%d", writers), rows)
}

// adding returns run, which adds how much a counter grows meanwhile to total.
func adding(total *float64, counter func() (float64, error), run func() error) func() error {
	return func() error {
		before, err := counter()
		if err != nil {
			return err
		}
		if err := run(); err != nil {
			return err
		}
		after, err := counter()
		*total += after - before
		return err
	}
}

func ownWritten() (float64, error) { return writtenBy("self") }

// random returns a run that calls do for random secrets.
func (s *site) random(goroutines, n int, do func(tenant int, name string) error) func() error {
	return func() error {
		return inParallel(goroutines, n, func(int) error {
			return do(rand.IntN(s.tenants), secretName(rand.IntN(s.perTenant)))
		})
	}
}

func (s *site) setThrough(b *served) func(tenant int, name string) error {
	return func(tenant int, name string) error {
		body, err := json.Marshal(map[string]any{
			"query":     "mutation($input: set_secret_input!){set_secret(input:$input){success}}",
			"variables": map[string]any{"input": map[string]any{"name": name, "value": s.value}},
		})
		if err != nil {
			return err
		}
		_, err = b.send(s.admins[tenant], body)
		return err
	}
}

// measureReads compares reads of a value from bare bbolt, from the store in this
// process, and through serve with one runner key, 16 at a time; and lists of names.
func measureReads(s *site, builds []*served, out output) (err error) {
	bare, err := barebolt.Open(s.barePath)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.Close()) }()
	store, err := filestore.Open(filestore.Config{Path: s.full, Key: s.key, Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	stop, err := startAll(s, builds)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return err
	}
	const readers = 16
	values, names := 900/turns, 90/turns
	valueCases := []measure.Case{
		{Name: "bbolt, bare gets", Operations: 10 * values, Run: s.random(readers, 10*values, func(_ int, name string) error {
			_, err := bare.Get(tenantID(0), name)
			return err
		})},
		{Name: "the store alone", Operations: 10 * values, Run: s.random(readers, 10*values, func(_ int, name string) error {
			_, err := store.Get(context.Background(), tenantID(0), name)
			return err
		})},
	}
	nameCases := []measure.Case{{Name: "the store alone", Operations: names, Run: s.random(readers, names, func(tenant int, _ string) error {
		_, err := store.Names(context.Background(), tenantID(tenant))
		return err
	})}}
	for _, b := range builds {
		valueCases = append(valueCases, measure.Case{Name: b.name, Operations: values, CPU: b.cpu, Run: s.random(readers, values, func(_ int, name string) error {
			_, err := b.ask(s.runners[0], `{secret_value(name: "`+name+`")}`)
			return err
		})})
		nameCases = append(nameCases, measure.Case{Name: b.name, Operations: names, CPU: b.cpu, Run: s.random(readers, names, func(tenant int, _ string) error {
			_, err := b.ask(s.admins[tenant], "{secret_names}")
			return err
		})})
	}
	if err := s.compareReads("reads", valueCases, out); err != nil {
		return err
	}
	if err := s.compareReads("names", nameCases, out); err != nil {
		return err
	}
	var rows []row
	for _, b := range builds {
		peak, err := b.appendMemory(nil, "VmHWM", "RssAnon", "RssFile")
		if err != nil {
			return err
		}
		rows = append(rows, row{b.name, []cell{
			{"peak, MB", once(peak[0])},
			{"now, without the file's pages, MB", once(peak[1])},
			{"the file's pages, MB", once(peak[2])},
		}})
	}
	return out.table("memory", rows)
}

func (s *site) compareReads(title string, cases []measure.Case, out output) error {
	results, err := measure.Rounds(s.rounds, turns, cases...)
	if err != nil {
		return err
	}
	var rows []row
	for _, r := range results {
		rows = append(rows, row{r.Name, []cell{
			{"a second", inverse(r.Wall)},
			{"CPU time, µs", scale(r.CPU, 1e6)},
		}})
	}
	return out.table(title, rows)
}

// startAll starts all builds. Stop stops those that were started.
func startAll(s *site, builds []*served) (stop func() error, err error) {
	var started []*served
	stop = func() (err error) {
		for _, b := range started {
			err = errors.Join(err, b.stop())
		}
		return err
	}
	for _, b := range builds {
		if err := b.start(s, b.store); err != nil {
			return stop, err
		}
		started = append(started, b)
	}
	return stop, nil
}

// size returns the length of a file in MB.
func size(path string) (float64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / (1 << 20), nil
}
