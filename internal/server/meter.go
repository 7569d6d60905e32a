package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// meter counts what the server does. Labels are operations, outcomes and tenants'
// slugs, all from fixed lists or the keys file: never the name of a secret or a key,
// nor anything that a client chose.
type meter struct {
	set         *metrics.Set
	inFlight    *metrics.Gauge
	connections atomic.Int64

	busy, panics, auditFailures, auditUnwritten *metrics.Counter

	requestTime *metrics.PrometheusHistogram
	requests    byLabels[int, *metrics.Counter] // by status
	calls       byLabels[callLabels, *metrics.Counter]
	store       byLabels[string, storeMetrics] // by operation
}

// buckets are those of the histograms of durations, in seconds.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

func newMeter() *meter {
	set := metrics.NewSet()
	m := &meter{
		set:            set,
		inFlight:       set.NewGauge("prefect_secrets_requests_in_flight", nil),
		busy:           set.NewCounter("prefect_secrets_busy_total"),
		panics:         set.NewCounter("prefect_secrets_panics_total"),
		auditFailures:  set.NewCounter("prefect_secrets_audit_failures_total"),
		auditUnwritten: set.NewCounter("prefect_secrets_audit_unwritten_total"),
		requestTime:    set.NewPrometheusHistogramExt("prefect_secrets_http_request_duration_seconds", buckets),
	}
	set.NewGauge("prefect_secrets_connections", func() float64 { return float64(m.connections.Load()) })
	for _, what := range []string{reloadKeys, reloadCertificate, reloadAudit} {
		m.reloadFailures(what) // present from the start, so that a rate can be computed
	}
	return m
}

// addReloadGauges adds the gauges of files whose reload failed.
func (m *meter) addReloadGauges(s *Server) {
	m.set.NewGauge(`prefect_secrets_reload_stale{what="keys"}`, func() float64 { return stale(s.keys) })
	m.set.NewGauge(`prefect_secrets_reload_stale{what="certificate"}`, func() float64 {
		if s.cert == nil {
			return 0
		}
		return stale(&s.cert.reloader)
	})
}

// addBoundsGauges adds the gauges of what requests hold and wait for.
func (m *meter) addBoundsGauges(b *bounds) {
	for resource, pools := range map[string][]*turns.Pool{
		"turn":   {b.slots},
		"work":   {b.work},
		"body":   {b.bodies.small, b.bodies.large},
		"answer": {b.answers.small, b.answers.large},
	} {
		m.set.NewGauge(fmt.Sprintf(`prefect_secrets_requests_waiting{what=%q}`, resource), func() float64 {
			_, waiting := used(pools)
			return float64(waiting)
		})
		if resource != "turn" {
			m.set.NewGauge(fmt.Sprintf(`prefect_secrets_held_bytes{what=%q}`, resource), func() float64 {
				bytes, _ := used(pools)
				return float64(bytes)
			})
		}
	}
}

func used(pools []*turns.Pool) (units int64, waiting int) {
	for _, p := range pools {
		u, w := p.Used()
		units, waiting = units+u, waiting+w
	}
	return units, waiting
}

func (m *meter) countCall(operation, tenant, outcome string) {
	m.calls.of(callLabels{operation, tenant, outcome}, func(l callLabels) *metrics.Counter {
		const format = `prefect_secrets_calls_total{operation=%q,tenant=%q,outcome=%q}`
		return m.set.GetOrCreateCounter(fmt.Sprintf(format, l.operation, l.tenant, l.outcome))
	}).Inc()
}

func (m *meter) observeRequest(status int, took time.Duration) {
	m.requests.of(status, func(status int) *metrics.Counter {
		return m.set.GetOrCreateCounter(fmt.Sprintf(`prefect_secrets_http_requests_total{status="%d"}`, status))
	}).Inc()
	m.requestTime.Update(took.Seconds())
}

func (m *meter) observeStore(operation string, took time.Duration, failed bool) {
	o := m.store.of(operation, func(operation string) storeMetrics {
		return storeMetrics{
			m.set.GetOrCreatePrometheusHistogramExt(fmt.Sprintf(`prefect_secrets_store_duration_seconds{operation=%q}`, operation), buckets),
			m.set.GetOrCreateCounter(fmt.Sprintf(`prefect_secrets_store_errors_total{operation=%q}`, operation)),
		}
	})
	o.took.Update(took.Seconds())
	if failed {
		o.errors.Inc()
	}
}

type callLabels struct{ operation, tenant, outcome string }

// storeMetrics are the metrics of one operation of the store.
type storeMetrics struct {
	took   *metrics.PrometheusHistogram
	errors *metrics.Counter
}

// byLabels remembers the metrics that have been used, by their labels: to write and parse
// a name for each use is more work than most of a request.
type byLabels[L comparable, M any] struct {
	mu      sync.RWMutex
	metrics map[L]M
}

// of returns the metric with some labels. It calls create for it once, or a few times if
// requests come at once.
func (b *byLabels[L, M]) of(labels L, create func(L) M) M {
	b.mu.RLock()
	m, ok := b.metrics[labels]
	b.mu.RUnlock()
	if ok {
		return m
	}
	m = create(labels)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.metrics == nil {
		b.metrics = map[L]M{}
	}
	b.metrics[labels] = m
	return m
}

func (m *meter) countGitHubToken(outcome string) {
	m.set.GetOrCreateCounter(fmt.Sprintf(`prefect_secrets_github_tokens_total{outcome=%q}`, outcome)).Inc()
}

func (m *meter) reloadFailures(what string) *metrics.Counter {
	return m.set.GetOrCreateCounter(fmt.Sprintf(`prefect_secrets_reload_failures_total{what=%q}`, what))
}

func (m *meter) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}

// operationOf returns a field's name in snake case, whichever dialect it came in, or
// "none" for a request that reached no field.
func operationOf(field string) string {
	if field == "" {
		return "none"
	}
	var b strings.Builder
	b.Grow(len(field) + 4) // for the underscores
	for _, r := range field {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
