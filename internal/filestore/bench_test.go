//go:build unix

package filestore_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/test/bench/barebolt"
	"github.com/prefect-secrets/prefect-secrets/test/bench/measure"
)

// The store of the benchmarks has 100 tenants with 100 secrets each, of 1 KB.
// Each benchmark runs 11 interleaved rounds of its own: use -benchtime 1x.
const (
	benchRounds  = 11
	benchTurns   = 5 // of each case in a round
	benchTenants = 100
	benchNames   = 100
)

func benchTenant(i int) string {
	return fmt.Sprintf("%08d-0000-4000-8000-000000000000", i%benchTenants)
}

func benchName(i int) string { return fmt.Sprintf("SECRET_NAME_%05d", i) }

var benchValue = json.RawMessage(`"` + strings.Repeat("x", 1022) + `"`)

// inParallel calls do n times, from so many goroutines.
func inParallel(goroutines, n int, do func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// benchStores returns a store and a bare file, both full.
func benchStores(b *testing.B) (s *filestore.Store, bare *barebolt.DB, paths [2]string) {
	dir := b.TempDir()
	paths = [2]string{filepath.Join(dir, "store.db"), filepath.Join(dir, "bare.db")}
	s = mustOpen(b, paths[0], newKey(b))
	bare, err := barebolt.Open(paths[1])
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bare.Close() })
	sealed := make([]byte, len(benchValue)+100)
	err = inParallel(256, benchTenants*benchNames, func(i int) error {
		if _, err := s.Set(b.Context(), benchTenant(i/benchNames), benchName(i%benchNames), benchValue, "ci", false); err != nil {
			return err
		}
		return bare.Put(benchTenant(i/benchNames), benchName(i%benchNames), sealed)
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, bare, paths
}

// BenchmarkSet compares the store with bare puts to a bbolt file, with as many bytes to
// a value, as many to a commit, and the same syncs.
func BenchmarkSet(b *testing.B) {
	s, bare, paths := benchStores(b)
	sealed := make([]byte, len(benchValue)+100)
	for _, writers := range []int{1, 16, 128} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			n := min(writers*20, 1280)
			count := func(path string) func() (float64, error) {
				return func() (float64, error) { return barebolt.Commits(path) }
			}
			random := func(put func(tenant, name string) error) func() error {
				return func() error {
					return inParallel(writers, n, func(int) error {
						return put(benchTenant(rand.IntN(benchTenants)), benchName(rand.IntN(benchNames)))
					})
				}
			}
			compareRounds(b, measure.Case{Name: "bare", Operations: n, Count: count(paths[1]), Run: random(func(tenant, name string) error {
				return bare.Put(tenant, name, sealed)
			})}, measure.Case{Name: "store", Operations: n, Count: count(paths[0]), Run: random(func(tenant, name string) error {
				_, err := s.Set(b.Context(), tenant, name, benchValue, "ci", false)
				return err
			})})
		})
	}
}

// compareRounds reports what the second case costs, beside the first.
func compareRounds(b *testing.B, cases ...measure.Case) {
	b.Helper()
	for b.Loop() {
		results, err := measure.Rounds(benchRounds, benchTurns, cases...)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range results {
			b.ReportMetric(1/r.Wall.Median, r.Name+"/s")
			b.ReportMetric(r.CPU.Median*1e6, r.Name+"-cpu-µs")
			b.ReportMetric(r.Allocations.Median, r.Name+"-allocs")
			b.ReportMetric(r.Bytes.Median, r.Name+"-B")
			b.ReportMetric(1/r.Counts.Median, r.Name+"-writes/commit")
		}
		ratio := results[1].Ratio(results[0])
		b.ReportMetric(ratio.Median, "speed-ratio")
		b.ReportMetric(ratio.Low, "speed-ratio-low")
		b.ReportMetric(ratio.High, "speed-ratio-high")
		b.ReportMetric(results[1].CPURatio(results[0]).Median, "cpu-ratio")
	}
}

// BenchmarkOpen opens a full store, as the start of serve does.
func BenchmarkOpen(b *testing.B) {
	path, key := fullStore(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := openAndClose(path, key); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchTenants*benchNames), "ns/secret")
}

// fullStore makes a full store and closes it.
func fullStore(b *testing.B) (string, filestore.Key) {
	path, key := filepath.Join(b.TempDir(), "store.db"), newKey(b)
	s := mustOpen(b, path, key)
	err := inParallel(256, benchTenants*benchNames, func(i int) error {
		_, err := s.Set(b.Context(), benchTenant(i/benchNames), benchName(i%benchNames), benchValue, "ci", false)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return path, key
}
