package sync_test

import (
	"fmt"
	"testing"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/test/bench/cputime"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func newBenchSources(n int) []*secretsync.Source {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("SECRET_%05d", i), fmt.Sprint("value number ", i))
	}
	return newSources(pairs...)
}

// BenchmarkPlan plans without a store.
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := secretsync.Run{Sources: newBenchSources(n)}
			report := cputime.Start(b)
			for b.Loop() {
				if _, err := secretsync.NewPlan(in); err != nil {
					b.Fatal(err)
				}
			}
			report()
		})
	}
}

// BenchmarkSync plans, writes and verifies the names, without a socket.
func BenchmarkSync(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := secretsync.Run{Sources: newBenchSources(n)}
			report := cputime.Start(b)
			for b.Loop() {
				store := newPaced(testkit.New(b).AdminClient())
				plan, err := secretsync.NewPlan(in)
				if err == nil {
					err = plan.CompareWith(b.Context(), store)
				}
				if err != nil {
					b.Fatal(err)
				}
				applied := secretsync.Apply(b.Context(), store, plan, secretsync.ApplyOptions{})
				if err := secretsync.VerifyNames(b.Context(), store, applied); err != nil || applied.Written() != n {
					b.Fatal(err, applied.Err)
				}
			}
			report()
		})
	}
}
