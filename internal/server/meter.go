package server

import (
	"fmt"
	"net/http"
	"strings"
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
	const format = `prefect_secrets_calls_total{operation=%q,tenant=%q,outcome=%q}`
	m.set.GetOrCreateCounter(fmt.Sprintf(format, operation, tenant, outcome)).Inc()
}

func (m *meter) observeRequest(status int, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf(`prefect_secrets_http_requests_total{status="%d"}`, status)).Inc()
	m.set.GetOrCreatePrometheusHistogramExt("prefect_secrets_http_request_duration_seconds", buckets).Update(took.Seconds())
}

func (m *meter) observeStore(operation string, took time.Duration, failed bool) {
	duration := fmt.Sprintf(`prefect_secrets_store_duration_seconds{operation=%q}`, operation)
	m.set.GetOrCreatePrometheusHistogramExt(duration, buckets).Update(took.Seconds())
	errors := m.set.GetOrCreateCounter(fmt.Sprintf(`prefect_secrets_store_errors_total{operation=%q}`, operation))
	if failed {
		errors.Inc()
	}
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
	for _, r := range field {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
