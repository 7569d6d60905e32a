package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// largeBatch returns a request with the most documents that one may have, each with
// the most fields.
func largeBatch(field func(n int) string) string {
	documents := make([]string, 20)
	for d := range documents {
		var query strings.Builder
		for f := range 1000 {
			n := 1000*d + f
			fmt.Fprintf(&query, "a%d: %s ", n, field(n))
		}
		documents[d] = fmt.Sprintf(`{"query": %q}`, "{"+query.String()+"}")
	}
	return "[" + strings.Join(documents, ",") + "]"
}

// summaries returns lines without what differs from run to run.
func summaries(lines []entry) (out []string) {
	for _, e := range lines {
		out = append(out, fmt.Sprintf("%s %s %s %s %d %v", e.Key, e.Operation, e.Name, e.Outcome, e.Count, e.Names))
	}
	return out
}

// A request that repeats a call writes few lines.
func TestAuditFoldsOneRequest(t *testing.T) {
	r := newRig(t, "")
	r.query(r.admin, setQuery("A", "v")).check(t, 200, `"success":true`)
	r.query(r.admin, setQuery("B", "v")).check(t, 200, `"success":true`)
	for name, tt := range map[string]struct {
		key   string
		field func(n int) string
		want  []string
	}{
		"forbidden": {r.admin, func(n int) string { return fmt.Sprintf(`secret_value(name: "N%d")`, n) },
			[]string{"ci secret_value N0 FORBIDDEN 20000 [N0 N1 N2 N3 N4]"}},
		"forbidden in both spellings": {r.admin, func(n int) string {
			return []string{`secretValue`, `secret_value`}[n%2] + `(name: "N")`
		}, []string{"ci secret_value N FORBIDDEN 20000 []"}},
		"missing": {r.runner, func(n int) string { return fmt.Sprintf(`secret_value(name: "N%d")`, n) },
			[]string{"agent secret_value N0 NOT_FOUND 20000 [N0 N1 N2 N3 N4]"}},
		"allowed, one name": {r.runner, func(int) string { return `secret_value(name: "A")` },
			[]string{"agent secret_value A ok 0 []", "agent secret_value A ok 19999 []"}},
		"allowed, two names and none": {r.runner, func(n int) string {
			return []string{`secret_value(name: "A")`, `secret_value(name: "B")`, `secret_value(name: "C")`, `secret_names`}[n%4]
		}, []string{
			"agent secret_value A ok 0 []", "agent secret_value B ok 0 []", "agent secret_names  ok 0 []",
			"agent secret_value A ok 4999 []", "agent secret_value B ok 4999 []",
			"agent secret_value C NOT_FOUND 5000 []", "agent secret_names  ok 4999 []",
		}},
		"long names": {r.admin, func(n int) string {
			return fmt.Sprintf(`secret_value(name: "%s%d")`, strings.Repeat("n", 200), n)
		}, []string{"ci secret_value " + strings.Repeat("n", 200) + "0 FORBIDDEN 20000 []"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(r.entries())
			r.postBody(tt.key, "/", strings.NewReader(largeBatch(tt.field))).check(t, 200)
			if diff := cmp.Diff(tt.want, summaries(r.entries()[before:])); diff != "" {
				t.Error(diff)
			}
		})
	}
	r.get("/metrics").check(t, 200, `outcome="NOT_FOUND"} 25000`)
}

// Each name that was written has a line, whatever else the request does.
func TestAuditHasEachName(t *testing.T) {
	r := newRig(t, "")
	var fields strings.Builder
	for n := range 100 {
		fmt.Fprintf(&fields, `s%d: set_secret(input: {name: "N%d", value: 1}) { success } `, n, n)
		fmt.Fprintf(&fields, `v%d: switch_tenant(input: {tenant_id: "%s"}) { access_token } `, n, mlID)
	}
	r.query(r.admin, "mutation {"+fields.String()+"}").check(t, 200, `"s99":{"success":true}`)
	names := map[string]bool{}
	refused := 0
	for _, e := range r.entries() {
		if e.Outcome == "ok" && e.Operation == "set_secret" {
			names[e.Name] = true
		}
		if e.Outcome == "UNAUTHENTICATED" {
			refused += e.Count
		}
	}
	if len(names) != 100 || refused != 100 || len(r.entries()) != 101 {
		t.Errorf("%d names, %d refused, %d lines", len(names), refused, len(r.entries()))
	}
}

// So has each write that failed in the store, since it may have been done.
func TestAuditHasEachFailedWrite(t *testing.T) {
	r, f := newFragileRig(t)
	f.sealed.Store(true)
	r.query(r.admin, `mutation {
		a: set_secret(input: {name: "A", value: 1}) { success }
		b: set_secret(input: {name: "B", value: 1}) { success }
	}`).check(t, 200, "API_ERROR")
	r.query(r.runner, `{ a: secret_value(name: "A") b: secret_value(name: "B") }`).check(t, 200, "API_ERROR")
	want := []string{
		"ci set_secret A API_ERROR 0 []",
		"ci set_secret B API_ERROR 0 []",
		"agent secret_value A API_ERROR 2 [A B]",
	}
	if diff := cmp.Diff(want, summaries(r.entries())); diff != "" {
		t.Error(diff)
	}
}

// So has each write of a document whose client goes away meanwhile.
func TestAuditHasEachWriteOfAnAbandonedDocument(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	store := &abandoned{Store: cloud.NewMemory(time.Now), leave: leave, written: make(chan struct{})}
	r := newRig(t, "", func(c *Config) { c.Store, c.Parallel = store, 2 })
	req := r.newQuery(r.admin, `mutation {
		a: set_secret(input: {name: "A", value: 1}) { success }
		b: set_secret(input: {name: "B", value: 1}) { success }
	}`)
	r.record(r.Handler(), req.WithContext(ctx))
	want := []string{"ci set_secret A ok 0 []", "ci set_secret B ok 0 []"}
	if diff := cmp.Diff(want, summaries(r.entries())); diff != "" {
		t.Error(diff)
	}
}

// abandoned is a store whose client goes away once B is written, while A is being written.
type abandoned struct {
	cloud.Store
	leave   func()
	written chan struct{}
}

func (s *abandoned) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	changed, err := s.Store.Set(ctx, tenant, name, value, writer, compare)
	if name == "B" {
		close(s.written)
	} else {
		<-s.written
		s.leave()
	}
	return changed, err
}

// The lines about a key's refusals are bounded. They take nothing from the lines of
// other keys, nor from those about what the same key is allowed.
func TestAuditBoundsEachKey(t *testing.T) {
	r := newRig(t, "")
	for range 500 {
		r.query(r.admin, valueQuery("A")).check(t, 200, "FORBIDDEN")
	}
	r.query(r.runner, setQuery("A", "v")).check(t, 200, "FORBIDDEN")
	r.query(r.admin, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	got := r.entries()
	if len(got) != 202 || got[200].Key != "agent" || got[201].Key != "ci" || got[201].Outcome != "ok" {
		t.Fatalf("%d lines, the last %+v", len(got), got[len(got)-1])
	}
	r.clock.move(time.Second)
	for range 50 {
		r.query(r.admin, valueQuery("A"))
	}
	got = r.entries()[202:]
	if len(got) != 10 || got[0].Key != "ci" || got[0].Unwritten != 300 {
		t.Errorf("%d lines, the first %+v", len(got), got[0])
	}
	r.get("/metrics").check(t, 200, "prefect_secrets_audit_unwritten_total 340")
}

// A count that no other line reports has a line of its own, at the end at the latest.
func TestAuditReportsWhatIsUnwritten(t *testing.T) {
	r := newRig(t, "")
	for range 300 {
		r.query(r.admin, valueQuery("A"))
		r.query("wrong", valueQuery("A"))
	}
	if err := r.config.Audit.Close(); err != nil {
		t.Fatal(err)
	}
	unwritten := map[string]int{}
	for _, e := range r.entries() {
		if e.Msg == "audit unwritten" {
			unwritten[e.Key] = e.Unwritten
		}
	}
	if diff := cmp.Diff(map[string]int{"ci": 100, "": 100}, unwritten); diff != "" {
		t.Error(diff)
	}
}

// A refusal that cannot be audited is not answered either.
func TestRefusalsFailClosed(t *testing.T) {
	for name, ask := range map[string]func(*testServer) response{
		"unknown":   func(r *testServer) response { return r.query("wrong", valueQuery("A")) },
		"forbidden": func(r *testServer) response { return r.query(r.admin, valueQuery("A")) },
		"missing":   func(r *testServer) response { return r.query(r.runner, valueQuery("A")) },
		"repeated": func(r *testServer) response {
			r.audit.failAfter(1)
			return r.query(r.runner, "{ a: secret_names b: secret_names }")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			r.audit.fail(true)
			answer := ask(r)
			answer.check(t, 503, "API_ERROR")
			if answer.header.Get("X-Request-Id") == "" || answer.header.Get("Content-Length") != "" {
				t.Errorf("headers %v", answer.header)
			}
			r.get("/metrics").check(t, 200, "prefect_secrets_audit_failures_total 1")
		})
	}
}

// An answer that is withheld leaves none of its headers behind. One that has started is
// cut off.
func TestAnswersWithoutLines(t *testing.T) {
	broken := func() error { return io.ErrShortWrite }
	out := &recorder{header: http.Header{"Content-Length": {"5"}, "Set-Cookie": {"CANARY"}, "X-Request-Id": {"id"}}}
	w := &auditWriter{ResponseWriter: out, writeLines: broken}
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, "CANARY")
	h := out.header
	if out.status != 503 || out.body.String() != busyAnswer ||
		h.Get("Content-Length") != "" || h.Get("Set-Cookie") != "" || h.Get("X-Request-Id") != "id" {
		t.Errorf("%d %v %s", out.status, out.header, out.body.String())
	}
	started := &auditWriter{ResponseWriter: &recorder{header: http.Header{}}, writeLines: func() error { return nil }}
	_, _ = io.WriteString(started, "first")
	started.writeLines = broken
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the answer went on")
		}
	}()
	_, _ = io.WriteString(started, "CANARY")
}
