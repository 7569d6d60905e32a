package fake

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// Prefix is where [Fake.Handler] takes orders from tests.
const Prefix = "/_testkit/"

// maxControlBody bounds the body of an order, in bytes: a log to be searched for
// leaks, or the secrets to begin with.
const maxControlBody = 16 << 20

// control is one order: a path below Prefix and a method.
type control func(f *Fake, r *http.Request, body []byte) (any, error)

var controls = map[string]map[string]control{
	"reset":    {"POST": (*Fake).reset},
	"seed":     {"POST": (*Fake).seed},
	"faults":   {"GET": (*Fake).listFaults, "POST": (*Fake).inject, "DELETE": (*Fake).clearFaults},
	"calls":    {"GET": (*Fake).listCalls, "DELETE": (*Fake).clearCalls},
	"snapshot": {"POST": (*Fake).snapshot, "PUT": (*Fake).restore},
	"leaks":    {"POST": (*Fake).findLeaks},
}

// Handler is the API and, under [Prefix], what tests in other languages order of
// it. Orders need the admin key and a Host header of this machine. No answer
// holds a value.
func (f *Fake) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if order, ok := strings.CutPrefix(r.URL.Path, Prefix); ok {
			f.control(w, r, order)
			return
		}
		f.ServeHTTP(w, r)
	})
}

func (f *Fake) control(w http.ResponseWriter, r *http.Request, order string) {
	out, status, err := f.obey(r, order)
	if err != nil {
		out = map[string]string{"error": err.Error()}
	}
	body, err := json.Marshal(out)
	if err != nil {
		body, status = []byte(`{"error":"the answer cannot be written"}`), http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

func (f *Fake) obey(r *http.Request, order string) (out any, status int, err error) {
	if !isLocal(r.Host) {
		return nil, http.StatusForbidden, fmt.Errorf("%s takes orders under the name of this machine only: use localhost or 127.0.0.1", Prefix)
	}
	if !f.isAdmin(r.Header.Get("Authorization")) {
		return nil, http.StatusUnauthorized, fmt.Errorf("send the admin key: Authorization: Bearer KEY")
	}
	methods, ok := controls[order]
	if !ok {
		return nil, http.StatusNotFound, fmt.Errorf("there is no %s%s; there are reset, seed, faults, calls, snapshot and leaks", Prefix, order)
	}
	do, ok := methods[r.Method]
	if !ok {
		return nil, http.StatusMethodNotAllowed, fmt.Errorf("%s%s does not know the method %s", Prefix, order, r.Method)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxControlBody+1))
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("the body ended early")
	}
	if len(body) > maxControlBody {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("the body is larger than %d bytes", maxControlBody)
	}
	if out, err = do(f, r, body); err != nil {
		return nil, http.StatusBadRequest, err
	}
	return out, http.StatusOK, nil
}

// isLocal keeps pages out that a browser shows under another name for this
// machine.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return address.Loopback(strings.Trim(host, "[]"))
}

func (f *Fake) isAdmin(header string) bool {
	want, got := sha256.Sum256([]byte("Bearer "+f.AdminKey)), sha256.Sum256([]byte(header))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// done is the answer to an order that has nothing to tell.
type done struct{}

func (f *Fake) reset(*http.Request, []byte) (any, error) { return done{}, f.Reset() }

func (f *Fake) seed(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Tenant  string                     `json:"tenant"`
		Secrets map[string]json.RawMessage `json:"secrets"`
	}
	if err := strict(body, &in); err != nil {
		return nil, unreadable(`{"tenant": SLUG, "secrets": {NAME: VALUE}}`)
	}
	for name, value := range in.Secrets {
		if _, err := cloud.ReadSecret(name, value); err != nil {
			return nil, fmt.Errorf("secret %q: %w", name, err)
		}
	}
	tenant := f.Tenant
	if in.Tenant != "" {
		var err error
		if tenant, err = f.AddTenant(in.Tenant); err != nil {
			return nil, err
		}
	}
	for name, value := range in.Secrets {
		if err := f.Set(tenant.ID, name, value); err != nil {
			return nil, fmt.Errorf("secret %q: %w", name, err)
		}
	}
	return map[string]string{"tenant_id": tenant.ID}, nil
}

// unreadable says what an order wants. The decoder's own text is not kept: it may
// quote a value.
func unreadable(want string) error { return fmt.Errorf("the body is not JSON of the form %s", want) }

func (f *Fake) listFaults(*http.Request, []byte) (any, error) {
	return map[string]any{"faults": f.Faults()}, nil
}

func (f *Fake) inject(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Match faults.Match  `json:"match"`
		Fault *faults.Fault `json:"fault"`
	}
	if err := strict(body, &in); err != nil {
		return nil, fmt.Errorf(`the body is not {"match": …, "fault": …}: %w`, err)
	}
	if in.Fault == nil {
		return nil, fmt.Errorf(`the body has no "fault"`)
	}
	_, err := f.Inject(in.Match, *in.Fault)
	return done{}, err
}

func (f *Fake) clearFaults(*http.Request, []byte) (any, error) {
	f.ClearFaults()
	return done{}, nil
}

// listCalls reads a Match from the query of the URL.
func (f *Fake) listCalls(r *http.Request, _ []byte) (any, error) {
	var m faults.Match
	texts := map[string]*string{"field": &m.Field, "secret": &m.Secret, "alias": &m.Alias, "tenant": &m.Tenant, "key": &m.Key}
	counts := map[string]*int{"nth": &m.Nth, "times": &m.Times}
	for name, values := range r.URL.Query() {
		switch value := values[0]; {
		case texts[name] != nil:
			*texts[name] = value
		case counts[name] != nil:
			n, err := strconv.Atoi(value)
			if err != nil {
				return nil, fmt.Errorf("%s=%q is not a number", name, value)
			}
			*counts[name] = n
		default:
			return nil, fmt.Errorf("calls are not selected by %q; they are by field, secret, alias, tenant, key, nth and times", name)
		}
	}
	if err := f.Check(m); err != nil {
		return nil, err
	}
	calls := f.Calls(m)
	if calls == nil {
		calls = []faults.Call{}
	}
	return map[string]any{"calls": calls, "invalid": f.Invalid()}, nil
}

func (f *Fake) clearCalls(*http.Request, []byte) (any, error) {
	f.forgetCalls()
	return done{}, nil
}

func (f *Fake) findLeaks(_ *http.Request, body []byte) (any, error) {
	names := f.Leaks().Names(body)
	if names == nil {
		names = []string{}
	}
	return map[string][]string{"leaks": names}, nil
}
