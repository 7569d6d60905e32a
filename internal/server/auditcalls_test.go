package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// batch is a request of as many documents as one may have, each of as many fields.
func batch(field func(n int) string) string {
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

// shown are lines without what differs from run to run.
func shown(lines []entry) (out []string) {
	for _, e := range lines {
		out = append(out, fmt.Sprintf("%s %s %s %s %d %v", e.Key, e.Operation, e.Name, e.Outcome, e.Count, e.Names))
	}
	return out
}

// One request writes little, whatever it repeats.
func TestAuditFoldsOneRequest(t *testing.T) {
	r := newRig(t, "")
	r.do(r.admin, set("A", "v")).wants(t, 200, `"success":true`)
	r.do(r.admin, set("B", "v")).wants(t, 200, `"success":true`)
	for name, test := range map[string]struct {
		key   string
		field func(n int) string
		want  []string
	}{
		"forbidden": {r.admin, func(n int) string { return fmt.Sprintf(`secret_value(name: "N%d")`, n) },
			[]string{"ci secret_value N0 FORBIDDEN 20000 [N0 N1 N2 N3 N4]"}},
		"forbidden in both spellings": {r.admin, func(n int) string { return []string{`secretValue`, `secret_value`}[n%2] + `(name: "N")` },
			[]string{"ci secret_value N FORBIDDEN 20000 []"}},
		"missing": {r.runner, func(n int) string { return fmt.Sprintf(`secret_value(name: "N%d")`, n) },
			[]string{"agent secret_value N0 NOT_FOUND 20000 [N0 N1 N2 N3 N4]"}},
		"allowed, one name": {r.runner, func(int) string { return `secret_value(name: "A")` },
			[]string{"agent secret_value A ok 0 []", "agent secret_value A ok 19999 []"}},
		"allowed, two names and none": {r.runner, func(n int) string {
			return []string{`secret_value(name: "A")`, `secret_value(name: "B")`, `secret_value(name: "C")`, `secret_names`}[n%4]
		}, []string{"agent secret_value A ok 0 []", "agent secret_value B ok 0 []", "agent secret_names  ok 0 []",
			"agent secret_value A ok 4999 []", "agent secret_value B ok 4999 []", "agent secret_value C NOT_FOUND 5000 []", "agent secret_names  ok 4999 []"}},
		"long names": {r.admin, func(n int) string { return fmt.Sprintf(`secret_value(name: "%s%d")`, strings.Repeat("n", 200), n) },
			[]string{"ci secret_value " + strings.Repeat("n", 200) + "0 FORBIDDEN 20000 []"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(r.entries())
			r.send(test.key, "/", strings.NewReader(batch(test.field))).wants(t, 200)
			if diff := cmp.Diff(test.want, shown(r.entries()[before:])); diff != "" {
				t.Error(diff)
			}
		})
	}
	r.get("/metrics").wants(t, 200, `outcome="NOT_FOUND"} 25000`)
}

// Names that were written have a line each, whatever else a request does.
func TestAuditHasEachName(t *testing.T) {
	r := newRig(t, "")
	var fields strings.Builder
	for n := range 100 {
		fmt.Fprintf(&fields, `s%d: set_secret(input: {name: "N%d", value: 1}) { success } v%d: secret_value_(name: "X") `, n, n, n)
	}
	query := "mutation {" + strings.ReplaceAll(fields.String(), `secret_value_(name: "X")`, `switch_tenant(input: {tenant_id: "`+mlID+`"}) { access_token }`) + "}"
	r.do(r.admin, query).wants(t, 200, `"s99":{"success":true}`)
	names := map[string]bool{}
	refused := 0
	for _, e := range r.entries() {
		if e.Outcome == "ok" && e.Operation == "set_secret" {
			names[e.Name] = true
		}
		if e.Outcome == "FORBIDDEN" {
			refused += e.Count
		}
	}
	if len(names) != 100 || refused != 100 || len(r.entries()) != 101 {
		t.Errorf("%d names, %d refused, %d lines", len(names), refused, len(r.entries()))
	}
}

// So has a write that the store failed, for it may have been done.
func TestAuditHasEachFailedWrite(t *testing.T) {
	r, f := newFragile(t)
	f.sealed.Store(true)
	r.do(r.admin, `mutation { a: set_secret(input: {name: "A", value: 1}) { success } b: set_secret(input: {name: "B", value: 1}) { success } }`).wants(t, 200, "API_ERROR")
	r.do(r.runner, `{ a: secret_value(name: "A") b: secret_value(name: "B") }`).wants(t, 200, "API_ERROR")
	want := []string{"ci set_secret A API_ERROR 0 []", "ci set_secret B API_ERROR 0 []", "agent secret_value A API_ERROR 2 [A B]"}
	if diff := cmp.Diff(want, shown(r.entries())); diff != "" {
		t.Error(diff)
	}
}

// A key's refusals are bounded, and take nothing from another's, nor from what the
// same key is allowed.
func TestAuditBoundsEachKey(t *testing.T) {
	r := newRig(t, "")
	for range 500 {
		r.do(r.admin, value("A")).wants(t, 200, "FORBIDDEN")
	}
	r.do(r.runner, set("A", "v")).wants(t, 200, "FORBIDDEN")
	r.do(r.admin, `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
	got := r.entries()
	if len(got) != 202 || got[200].Key != "agent" || got[201].Key != "ci" || got[201].Outcome != "ok" {
		t.Fatalf("%d lines, the last %+v", len(got), got[len(got)-1])
	}
	r.clock.move(time.Second)
	for range 50 {
		r.do(r.admin, value("A"))
	}
	got = r.entries()[202:]
	if len(got) != 10 || got[0].Key != "ci" || got[0].Unwritten != 300 {
		t.Errorf("%d lines, the first %+v", len(got), got[0])
	}
	r.get("/metrics").wants(t, 200, "prefect_secrets_audit_unwritten_total 340")
}

// A count that no line follows is written by itself, at the end at the latest.
func TestAuditTellsWhatIsUnwritten(t *testing.T) {
	r := newRig(t, "")
	for range 300 {
		r.do(r.admin, value("A"))
		r.do("wrong", value("A"))
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

// A refusal that cannot be written down is not told either.
func TestRefusalsFailClosed(t *testing.T) {
	for name, ask := range map[string]func(*rig) response{
		"stranger":  func(r *rig) response { return r.do("wrong", value("A")) },
		"forbidden": func(r *rig) response { return r.do(r.admin, value("A")) },
		"missing":   func(r *rig) response { return r.do(r.runner, value("A")) },
		"repeated": func(r *rig) response {
			r.audit.failAfter(1)
			return r.do(r.runner, "{ a: secret_names b: secret_names }")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			r.audit.fail(true)
			answer := ask(r)
			answer.wants(t, 503, "API_ERROR")
			if answer.header.Get("X-Request-Id") == "" || answer.header.Get("Content-Length") != "" {
				t.Errorf("headers %v", answer.header)
			}
			r.get("/metrics").wants(t, 200, "prefect_secrets_audit_failures_total 1")
		})
	}
}

// An answer that is held back leaves none of its headers behind, and one that has
// begun is cut off.
func TestAnswersWithoutLines(t *testing.T) {
	broken := func() error { return io.ErrShortWrite }
	out := &recorder{header: http.Header{"Content-Length": {"5"}, "Set-Cookie": {"CANARY"}, "X-Request-Id": {"id"}}}
	w := &auditWriter{ResponseWriter: out, writeLines: broken}
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, "CANARY")
	if out.status != 503 || out.body.String() != busyAnswer || out.header.Get("Content-Length") != "" || out.header.Get("Set-Cookie") != "" || out.header.Get("X-Request-Id") != "id" {
		t.Errorf("%d %v %s", out.status, out.header, out.body.String())
	}
	begun := &auditWriter{ResponseWriter: &recorder{header: http.Header{}}, writeLines: func() error { return nil }}
	_, _ = io.WriteString(begun, "first")
	begun.writeLines = broken
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the answer went on")
		}
	}()
	_, _ = io.WriteString(begun, "CANARY")
}
