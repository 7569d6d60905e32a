package fake

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
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

// Prefix is the path under which [Fake.Handler] answers control requests of tests.
const Prefix = "/_testkit/"

// maxControlBody bounds the body of a control request, in bytes: a log to be searched
// for leaks, or the secrets to begin with.
const maxControlBody = 16 << 20

// control answers one kind of control request.
type control func(f *Fake, r *http.Request, body []byte) (any, error)

// controls has the control requests, by path below Prefix and method.
var controls = map[string]map[string]control{
	"reset":    {"POST": (*Fake).reset},
	"seed":     {"POST": (*Fake).seed},
	"faults":   {"GET": (*Fake).listFaults, "POST": (*Fake).injectFault, "DELETE": (*Fake).clearFaults},
	"calls":    {"GET": (*Fake).listCalls, "DELETE": (*Fake).clearCalls},
	"snapshot": {"POST": (*Fake).addSnapshot, "PUT": (*Fake).restoreSnapshot},
	"leaks":    {"POST": (*Fake).findLeaks},
}

// Handler returns the API with, under [Prefix], the control requests of tests in
// other languages. They need the admin key and a Host header of this machine. No
// answer to them holds a value.
func (f *Fake) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path, ok := strings.CutPrefix(r.URL.Path, Prefix); ok {
			f.serveControl(w, r, path)
			return
		}
		f.ServeHTTP(w, r)
	})
}

func (f *Fake) serveControl(w http.ResponseWriter, r *http.Request, path string) {
	out, status, err := f.control(r, path)
	if err != nil {
		out = map[string]string{"error": err.Error()}
	}
	body, err := json.Marshal(out)
	if err != nil {
		body, status = []byte(`{"error":"cannot write the answer"}`), http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

func (f *Fake) control(r *http.Request, path string) (out any, status int, err error) {
	if !isLocal(r.Host) {
		return nil, http.StatusForbidden, fmt.Errorf("%s answers only under the name of this machine: use localhost or 127.0.0.1", Prefix)
	}
	if !f.isAdmin(r.Header.Get("Authorization")) {
		return nil, http.StatusUnauthorized, fmt.Errorf("send the admin key: Authorization: Bearer KEY")
	}
	methods, ok := controls[path]
	if !ok {
		return nil, http.StatusNotFound, fmt.Errorf("there is no %s%s: use reset, seed, faults, calls, snapshot or leaks", Prefix, path)
	}
	run, ok := methods[r.Method]
	if !ok {
		return nil, http.StatusMethodNotAllowed, fmt.Errorf("%s%s does not support the method %s", Prefix, path, r.Method)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxControlBody+1))
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("the body ended early")
	}
	if len(body) > maxControlBody {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("the body is larger than %d bytes", maxControlBody)
	}
	if out, err = run(f, r, body); err != nil {
		return nil, http.StatusBadRequest, err
	}
	return out, http.StatusOK, nil
}

// isLocal reports whether host is this machine. A web page that a browser shows under
// another name for this machine must not send control requests.
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

// decodeStrict decodes one JSON value into target. It refuses unknown keys, and
// anything after the value.
func decodeStrict(text []byte, target any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(target); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is more after the JSON value")
	}
	return nil
}

// errInvalidBody says which form a body must have. It leaves out the decoder's own
// error, which may quote a value.
func errInvalidBody(form string) error {
	return fmt.Errorf("the body is not JSON of the form %s", form)
}

// noResult is the answer to a control request that only does something: {}.
type noResult struct{}

func (f *Fake) reset(*http.Request, []byte) (any, error) { return noResult{}, f.Reset() }

// seed checks all secrets before it stores the first.
func (f *Fake) seed(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Tenant  string                     `json:"tenant"`
		Secrets map[string]json.RawMessage `json:"secrets"`
	}
	if err := decodeStrict(body, &in); err != nil {
		return nil, errInvalidBody(`{"tenant": SLUG, "secrets": {NAME: VALUE}}`)
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

func (f *Fake) listFaults(*http.Request, []byte) (any, error) {
	return map[string]any{"faults": f.Faults()}, nil
}

func (f *Fake) injectFault(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Match faults.Match `json:"match"`
		Fault *wireFault   `json:"fault"`
	}
	if err := decodeStrict(body, &in); err != nil {
		return nil, fmt.Errorf(`the body is not {"match": …, "fault": …}: %w`, withoutGoType(err))
	}
	if in.Fault == nil {
		return nil, fmt.Errorf(`the body has no "fault"`)
	}
	_, err := f.Inject(in.Match, in.Fault.Fault)
	return noResult{}, err
}

// withoutGoType returns err without the name of a Go type, which encoding/json quotes.
func withoutGoType(err error) error {
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return err
	}
	if mismatch.Field == "" {
		return fmt.Errorf("it has the wrong type: %s", mismatch.Value)
	}
	return fmt.Errorf("%q has the wrong type: %s", mismatch.Field, mismatch.Value)
}

func (f *Fake) clearFaults(*http.Request, []byte) (any, error) {
	f.ClearFaults()
	return noResult{}, nil
}

// listCalls reads a match from the query of the URL.
func (f *Fake) listCalls(r *http.Request, _ []byte) (any, error) {
	var m faults.Match
	strs := map[string]*string{"field": &m.Field, "secret": &m.Secret, "alias": &m.Alias, "tenant": &m.Tenant, "key": &m.Key}
	counts := map[string]*int{"nth": &m.Nth, "times": &m.Times}
	for name, values := range r.URL.Query() {
		switch value := values[0]; {
		case strs[name] != nil:
			*strs[name] = value
		case counts[name] != nil:
			n, err := strconv.Atoi(value)
			if err != nil {
				return nil, fmt.Errorf("%s=%q is not a number", name, value)
			}
			*counts[name] = n
		default:
			return nil, fmt.Errorf("unknown parameter %q: use field, secret, alias, tenant, key, nth or times", name)
		}
	}
	if err := f.Check(m); err != nil {
		return nil, err
	}
	calls := f.Calls(m)
	if calls == nil {
		calls = []faults.Call{}
	}
	return map[string]any{"calls": calls, "invalid": f.invalid.list()}, nil
}

func (f *Fake) clearCalls(*http.Request, []byte) (any, error) {
	f.clearRecord()
	return noResult{}, nil
}

func (f *Fake) findLeaks(_ *http.Request, body []byte) (any, error) {
	names := f.Leaks().Names(body)
	if names == nil {
		names = []string{}
	}
	return map[string][]string{"leaks": names}, nil
}
