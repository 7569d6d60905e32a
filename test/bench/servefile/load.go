//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/test/bench/barebolt"
	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// turns is how often each case has its turn in a round.
const turns = 3

// rivals are what serve is compared with, each on a file of its own.
type rivals struct {
	bare     *barebolt.DB
	store    *filestore.Store
	bareHTTP *process // bbolt behind net/http
	builds   []*served
	stop     []func() error // in reverse
}

// startRivals opens and starts all. The caller closes them, even after an error.
func (s *site) startRivals(builds []*served) (r *rivals, err error) {
	r = &rivals{builds: builds}
	if r.bare, err = barebolt.Open(s.barePath); err != nil {
		return r, err
	}
	r.stop = append(r.stop, r.bare.Close)
	if r.store, err = filestore.Open(filestore.Config{Path: s.full, Key: s.key, Now: time.Now}); err != nil {
		return r, err
	}
	r.stop = append(r.stop, r.store.Close)
	if r.bareHTTP, err = s.startBare(s.bareHTTPPath); err != nil {
		return r, err
	}
	r.stop = append(r.stop, r.bareHTTP.stop)
	for _, b := range builds {
		if err := b.start(s, b.store); err != nil {
			return r, err
		}
		r.stop = append(r.stop, b.stop)
	}
	return r, nil
}

func (r *rivals) close() (err error) {
	for _, stop := range slices.Backward(r.stop) {
		err = errors.Join(err, stop())
	}
	return err
}

// writes are the cases of a comparison of writes, and what the whole run counts of each.
type writes struct {
	operations int
	cases      []measure.Case
	bytes, cpu []*float64 // written, and the CPU time of the client, which is in this process
}

// add adds a case. If it runs in another process, this one is its client.
func (w *writes) add(name, path string, p *process, run func() error) {
	c := measure.Case{Name: name, Operations: w.operations, Count: func() (float64, error) { return barebolt.Commits(path) }}
	written, bytes, cpu := ownWritten, new(float64), new(float64)
	if p != nil {
		c.CPU, written = p.cpu, p.written
		run = adding(cpu, ownCPU, run)
	}
	c.Run = adding(bytes, written, run)
	w.cases, w.bytes, w.cpu = append(w.cases, c), append(w.bytes, bytes), append(w.cpu, cpu)
}

// measureWrites compares single writes, and documents of a hundred secrets, to bare bbolt,
// to the store in this process, through bbolt behind net/http, and through serve.
func measureWrites(s *site, builds []*served, out output) (err error) {
	r, err := s.startRivals(builds)
	defer func() { err = errors.Join(err, r.close()) }()
	if err != nil {
		return err
	}
	for _, writers := range []int{1, 16, 128} {
		if err := s.compareWrites(writers, r, out); err != nil {
			return err
		}
	}
	for _, writers := range []int{1, 16} {
		if err := s.compareDocuments(writers, r, out); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) compareWrites(writers int, r *rivals, out output) error {
	n := min(60*writers, 1920) / turns
	w := writes{operations: n}
	w.add("bbolt, bare puts", s.barePath, nil, s.random(writers, n, func(tenant int, name string) error {
		return r.bare.Put(tenantID(tenant), name, s.sealed)
	}))
	w.add("the store alone", s.full, nil, s.random(writers, n, func(tenant int, name string) error {
		_, err := r.store.Set(context.Background(), tenantID(tenant), name, s.value, "ci", false)
		return err
	}))
	w.add("bbolt, HTTP puts", s.bareHTTPPath, r.bareHTTP, s.random(writers, n, func(tenant int, name string) error {
		body, err := s.setBody(name)
		if err == nil {
			_, err = r.bareHTTP.do(http.MethodPost, r.bareHTTP.url+"/"+tenantID(tenant)+"/"+name, s.admins[tenant], body)
		}
		return err
	}))
	for _, b := range r.builds {
		w.add(b.name, b.store, &b.process, s.random(writers, n, func(tenant int, name string) error {
			body, err := s.setBody(name)
			if err == nil {
				_, err = b.send(s.admins[tenant], body)
			}
			return err
		}))
	}
	return s.compare(fmt.Sprintf("writes=%d", writers), w, 1, out)
}

// inDocument is how many secrets a document has, as those of a sync have.
const inDocument = 100

// compareDocuments compares documents, each of so many secrets in order. Its figures are
// for one secret.
func (s *site) compareDocuments(writers int, r *rivals, out output) error {
	n := 4 + writers
	w := writes{operations: n * inDocument}
	random := func(do func(tenant, document int) error) func() error {
		return func() error {
			return inParallel(writers, n, func(int) error { return do(rand.IntN(s.tenants), rand.IntN(len(s.documents))) })
		}
	}
	w.add("bbolt, bare puts", s.barePath, nil, random(func(tenant, document int) error {
		pairs := make([]barebolt.Pair, inDocument)
		for i := range pairs {
			pairs[i] = barebolt.Pair{Key: []byte(secretName(document*inDocument + i)), Value: s.sealed}
		}
		return r.bare.PutAll(tenantID(tenant), pairs...)
	}))
	w.add("bbolt, HTTP puts", s.bareHTTPPath, r.bareHTTP, random(func(tenant, document int) error {
		url := fmt.Sprintf("%s/%s/%s?parts=%d", r.bareHTTP.url, tenantID(tenant), secretName(document*inDocument), inDocument)
		_, err := r.bareHTTP.do(http.MethodPost, url, s.admins[tenant], s.documents[document])
		return err
	}))
	for _, b := range r.builds {
		w.add(b.name, b.store, &b.process, random(func(tenant, document int) error {
			_, err := b.send(s.admins[tenant], s.documents[document])
			return err
		}))
	}
	return s.compare(fmt.Sprintf("documents=%d", writers), w, inDocument, out)
}

// compare measures writes. Every commit syncs twice.
func (s *site) compare(subject string, w writes, inRequest int, out output) error {
	results, err := measure.Rounds(s.rounds, turns, w.cases...)
	if err != nil {
		return err
	}
	total := float64(w.operations * turns * (s.rounds + 1))
	var rows []row
	for i, r := range results {
		cells := []cell{
			{"writes a second", inverse(r.Wall)},
			{"speed, relative to bare", r.Ratio(results[0])},
			{"CPU time a write, µs", scale(r.CPU, 1e6)},
			{"writes a commit", inverse(r.Counts)},
			{"syncs a write", scale(r.Counts, 2)},
			{"KB written a write", once(*w.bytes[i] / total / 1024)},
		}
		if *w.cpu[i] > 0 {
			cells = append(cells, cell{"client's CPU time a write, µs", once(*w.cpu[i] / total * 1e6)})
		}
		rows = append(rows, row{r.Name, cells})
	}
	return out.table(subject, rows)
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

func ownCPU() (float64, error) {
	used, err := measure.SelfCPU()
	return used.Seconds(), err
}

// random returns a run that calls do for random secrets.
func (s *site) random(goroutines, n int, do func(tenant int, name string) error) func() error {
	return func() error {
		return inParallel(goroutines, n, func(int) error {
			return do(rand.IntN(s.tenants), secretName(rand.IntN(s.perTenant)))
		})
	}
}

// setBody returns the request that sets one secret.
func (s *site) setBody(name string) ([]byte, error) {
	return json.Marshal(map[string]any{
		"query":     "mutation($input: set_secret_input!){set_secret(input:$input){success}}",
		"variables": map[string]any{"input": map[string]any{"name": name, "value": s.value}},
	})
}

// measureReads compares reads of a value from bare bbolt, from the store in this
// process, through bbolt behind net/http, and through serve with one runner key, 16 at a
// time; and lists of names.
func measureReads(s *site, builds []*served, out output) (err error) {
	r, err := s.startRivals(builds)
	defer func() { err = errors.Join(err, r.close()) }()
	if err != nil {
		return err
	}
	const readers = 16
	values, names := 900/turns, 90/turns
	valueCases := []measure.Case{
		{Name: "bbolt, bare gets", Operations: 10 * values, Run: s.random(readers, 10*values, func(_ int, name string) error {
			_, err := r.bare.Get(tenantID(0), name)
			return err
		})},
		{Name: "the store alone", Operations: 10 * values, Run: s.random(readers, 10*values, func(_ int, name string) error {
			_, err := r.store.Get(context.Background(), tenantID(0), name)
			return err
		})},
		{Name: "bbolt, HTTP gets", Operations: values, CPU: r.bareHTTP.cpu, Run: s.random(readers, values, func(_ int, name string) error {
			_, err := r.bareHTTP.do(http.MethodGet, r.bareHTTP.url+"/"+tenantID(0)+"/"+name, s.runners[0], nil)
			return err
		})},
	}
	nameCases := []measure.Case{{Name: "the store alone", Operations: names, Run: s.random(readers, names, func(tenant int, _ string) error {
		_, err := r.store.Names(context.Background(), tenantID(tenant))
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

// size returns the length of a file in MB.
func size(path string) (float64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / (1 << 20), nil
}
