package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// witness is a hook that records what happens.
type witness struct {
	events []string
	reply  func(*cloud.Request, cloud.Middleware) *cloud.Reply // nil calls Respond
	fail   string                                              // the alias of a field that is not resolved
	seen   *cloud.Request
}

func (w *witness) note(format string, args ...any) {
	w.events = append(w.events, fmt.Sprintf(format, args...))
}

func (w *witness) Handle(ctx context.Context, r *cloud.Request) *cloud.Reply {
	w.seen = r
	for i := range r.NumFields() {
		w.note("request: %d is %s of %s in %s", i, r.Call(i).Alias, r.Call(i).Key, r.Tenant().Slug)
	}
	if w.reply != nil {
		return w.reply(r, w)
	}
	return r.Respond(ctx, w)
}

func (w *witness) Sequential() bool { return true }

func (w *witness) Resolve(_ context.Context, index int, resolve func() (any, error)) (any, error) {
	w.note("resolve %d", index)
	if w.seen.Call(index).Alias == w.fail {
		return nil, cloud.FieldError("Failed", "HOOK")
	}
	return resolve()
}

func (w *witness) Record(_ *cloud.Request, index int, code string) {
	w.note("record %d %q", index, code)
}

// newWitnessedAPI makes an API with a witness, which also records values and the
// audit.
func newWitnessedAPI(t *testing.T, w *witness) *cloud.API {
	return newAPI(t, func(c *cloud.Config) {
		c.Hook = w
		c.OnAuthenticated = func(context.Context) { w.note("known") }
		c.OnValue = func(name string, _ json.RawMessage) { w.note("value of %s", name) }
		c.OnCall = func(_ context.Context, call cloud.Call) error {
			w.note("audit %s %q", call.Alias, call.Err)
			if call.Alias == "unreported" {
				return errors.New("the disk is full")
			}
			return nil
		}
	})
}

// TestOrderOfHooks checks the order that [cloud.Hook] promises.
func TestOrderOfHooks(t *testing.T) {
	set := func(alias string) string {
		return alias + `: set_secret(input: {name: \"` + strings.ToUpper(alias) + `\", value: 1}){success}`
	}
	one := `{"query": "mutation{__typename ` + set("a") + ` ` + set("b") + `}"}`
	tests := map[string]struct {
		body string
		fail string
		want []string
	}{
		"fields": {one, "", []string{
			"known", "request: 0 is a of ci in main", "request: 1 is b of ci in main",
			"value of A", "resolve 0", `record 0 ""`, `audit a ""`, "value of B", "resolve 1",
			`record 1 ""`, `audit b ""`,
		}},
		"a field that fails": {one, "a", []string{
			"known", "request: 0 is a of ci in main", "request: 1 is b of ci in main",
			"value of A", "resolve 0", `record 0 "HOOK"`, `audit a "HOOK"`, "value of B", "resolve 1",
			`record 1 ""`, `audit b ""`,
		}},
		"what the audit refuses stays recorded": {`{"query": "{unreported: secret_names}"}`, "", []string{
			"known", "request: 0 is unreported of ci in main", "resolve 0", `record 0 ""`,
			`audit unreported ""`,
		}},
		"fields without a turn keep their index": {
			`[{"query": "{a: secrets_api{version} b: secret_names}"}, {"query": "{c: secret_nams}"}, ` +
				`{"query": "{__typename d: secret_names}"}]`, "a", []string{
				"known", `audit  "GRAPHQL_VALIDATION_FAILED"`,
				"request: 0 is a of ci in main", "request: 1 is b of ci in main",
				"request: 2 is d of ci in main",
				"resolve 0", `record 0 "HOOK"`, `audit a "HOOK"`, "resolve 2", `record 2 ""`, `audit d ""`,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := &witness{fail: tt.fail}
			post(t, newWitnessedAPI(t, w), adminKey, tt.body)
			if diff := cmp.Diff(tt.want, w.events); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A request that is refused before its documents are prepared reaches no hook.
func TestHooksSeeNoRefusedRequest(t *testing.T) {
	w := &witness{}
	a := newWitnessedAPI(t, w)
	post(t, a, "wrong", `{"query": "{secret_names}"}`)
	post(t, a, adminKey, `{"query": 7}`)
	get, _ := http.NewRequestWithContext(t.Context(), http.MethodGet,
		`http://api.test/?query=mutation{delete_secret(input:{name:"A"}){success}}`, nil)
	get.Header.Set("Authorization", "Bearer "+adminKey)
	if got := send(t, a, get); got.status != http.StatusMethodNotAllowed {
		t.Errorf("%d %s", got.status, got.body)
	}
	if w.seen != nil {
		t.Errorf("the hook was called: %q", w.events)
	}
}

// A hook may return a reply of its own, drop the reply or cut it.
func TestAHookDecidesOnTheReply(t *testing.T) {
	const body = `{"query": "mutation{a: set_secret(input: {name: \"A\", value: 1}){success}}"}`
	w := &witness{}
	a := newWitnessedAPI(t, w)
	w.reply = func(*cloud.Request, cloud.Middleware) *cloud.Reply {
		return cloud.ErrorReply(http.StatusOK, "Not now", "LATER")
	}
	want := `{"errors":[{"message":"Not now","extensions":{"code":"LATER"}}],"data":null}` + "\n"
	if got := post(t, a, adminKey, body).body; got != want {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"known", "request: 0 is a of ci in main", "value of A"}, w.events); diff != "" {
		t.Errorf("without Respond (-want +got):\n%s", diff)
	}
	w.reply = nil
	checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
	for _, tt := range []struct {
		change func(*cloud.Reply)
		err    string
	}{
		{func(r *cloud.Reply) { r.Drop = true }, syscall.ECONNRESET.Error()},
		{func(r *cloud.Reply) { r.Cut = true }, "unexpected EOF"},
	} {
		w.reply = func(r *cloud.Request, m cloud.Middleware) *cloud.Reply {
			out := r.Respond(t.Context(), m)
			tt.change(out)
			return out
		}
		if err := postError(t, a, body); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%v, want %s", err, tt.err)
		}
	}
}

// postError posts a body and returns how that fails.
func postError(t *testing.T, a *cloud.API, body string) error {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/",
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}}
	resp, err := cloud.Transport(a).RoundTrip(r)
	if err != nil {
		return err
	}
	var out any
	return json.NewDecoder(resp.Body).Decode(&out)
}
