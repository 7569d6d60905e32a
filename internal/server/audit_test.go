package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// entry is a line of the audit log.
type entry struct {
	Msg, Key, Operation, Tenant, Name, Outcome, Remote, Request string
	Lost, Unwritten, Count                                      int
	Names                                                       []string
}

func (r *testServer) entries() (out []entry) {
	r.t.Helper()
	for line := range strings.Lines(r.audit.String()) {
		var e entry
		if json.Unmarshal([]byte(line), &e) == nil {
			out = append(out, e)
		}
	}
	return out
}

func TestAuditLines(t *testing.T) {
	r := newRig(t, "")
	id := r.query(r.admin, `mutation {
		a: set_secret(input: {name: "A", value: "CANARY"}) { success }
		b: setSecret(input: {name: "B", value: "CANARY"}) { success }
		deleteSecret(input: {name: "B"}) { success }
	}`).header.Get("X-Request-Id")
	r.query(r.runner, `{ secretValue(name: "A") secret_value(name: "none") secret_names }`)
	r.query(r.admin, valueQuery("A"))
	r.query("CANARY-wrong", valueQuery("A"))
	r.query("", valueQuery("A"))
	r.query(r.admin, `{ nonsense(name: "CANARY") }`)
	r.query(r.admin, `{ CANARY`)
	r.postBody(r.admin, "/", strings.NewReader("CANARY")).check(t, 400)
	line := func(key, operation, name, outcome string) entry {
		e := entry{Msg: "audit", Key: key, Operation: operation, Name: name, Outcome: outcome, Remote: "192.0.2.7"}
		if key != "" {
			e.Tenant = "data"
		}
		return e
	}
	want := []entry{
		line("ci", "set_secret", "A", "ok"),
		line("ci", "set_secret", "B", "ok"),
		line("ci", "delete_secret", "B", "ok"),
		line("agent", "secret_value", "A", "ok"),
		line("agent", "secret_names", "", "ok"),
		line("agent", "secret_value", "none", "NOT_FOUND"),
		line("ci", "secret_value", "A", "FORBIDDEN"),
		line("", "none", "", "UNAUTHENTICATED"),
		line("", "none", "", "UNAUTHENTICATED"),
		line("ci", "none", "", "GRAPHQL_VALIDATION_FAILED"),
		line("ci", "none", "", "GRAPHQL_PARSE_FAILED"),
		line("ci", "none", "", "HTTP_400"),
	}
	got := r.entries()
	for i := range got {
		if len(got[i].Request) != 16 || i < 3 && got[i].Request != id {
			t.Errorf("request id %q, the answer's %q", got[i].Request, id)
		}
		got[i].Request = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r.checkNoLeak(t)
}

// A call that cannot be audited is not answered, and requests after it are refused.
func TestAuditFailsClosed(t *testing.T) {
	r := newRig(t, "")
	r.query(r.admin, setQuery("A", "v")).check(t, 200, `"success":true`)
	r.audit.fail(true)
	r.query(r.runner, valueQuery("A")).check(t, 200, "API_ERROR", `"secret_value":null`)
	r.query(r.admin, setQuery("B", "v")).check(t, 503, "API_ERROR")
	r.get("/readyz").check(t, 503, `"audit":"failing"`)
	r.audit.fail(false)
	r.query(r.runner, `{ secret_names }`).check(t, 200, `["A"]`)
	r.get("/readyz").check(t, 200, `"audit":"ok"`)
	r.get("/metrics").check(t, 200, "prefect_secrets_audit_failures_total 1")
	var messages []string
	for _, e := range r.entries() {
		messages = append(messages, fmt.Sprint(e.Msg, " ", e.Operation, " ", e.Lost))
	}
	want := []string{"audit set_secret 0", "audit resumed  1", "audit secret_names 0"}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}
}

// Requests without a recognised key cannot fill the disk. Lines that are not written
// are counted.
func TestAuditBoundsStrangers(t *testing.T) {
	r := newRig(t, "")
	for range 500 {
		r.query("wrong", `{ secret_names }`)
	}
	r.query(r.admin, `{ secret_names }`)
	r.clock.move(1e9)
	r.query("wrong", `{ secret_names }`)
	got := r.entries()
	if len(got) != 202 || got[200].Key != "ci" || got[201].Unwritten != 300 {
		t.Errorf("%d lines, the last %+v", len(got), got[len(got)-1])
	}
	r.get("/metrics").check(t, 200, "prefect_secrets_audit_unwritten_total 300")
}

func TestAuditFileIsOpenedAgain(t *testing.T) {
	r := newRig(t, "")
	path := filepath.Join(t.TempDir(), "audit.log")
	a, err := OpenAudit(path, r.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	a.meter = r.meter
	defer a.Close()
	err = errors.Join(
		a.write(slog.String("n", "1")), os.Rename(path, path+".1"), a.reopen(), a.write(slog.String("n", "2")))
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{path + ".1": `"n":"1"`, path: `"n":"2"`} {
		text, err := os.ReadFile(file)
		if info, _ := os.Stat(file); err != nil || !strings.Contains(string(text), want) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %s %v", file, text, err)
		}
	}
}

func TestForwardedFor(t *testing.T) {
	for _, tt := range []struct {
		trust        bool
		header, want string
	}{
		{false, "203.0.113.9", "192.0.2.7"},
		{true, "spoofed, 203.0.113.9", "203.0.113.9"},
		{true, "2001:db8::1", "2001:db8::1"},
		{true, "CANARY", "192.0.2.7"},
		{true, "", "192.0.2.7"},
	} {
		r := newRig(t, "", func(c *Config) { c.TrustForwardedFor = tt.trust })
		req := r.newQuery(r.admin, `{ secret_names }`)
		req.Header.Set("X-Forwarded-For", tt.header)
		r.record(r.Handler(), req)
		if got := r.entries()[0].Remote; got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
