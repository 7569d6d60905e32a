// Package vaulttest holds a small Vault in the process, and the tests that both
// it and a real server must pass.
package vaulttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// RootToken is a token of a [Fake] that never ends.
const RootToken = "fake-root-token"

// Credentials that a [Fake] takes at auth/approle and auth/kubernetes.
const (
	RoleID   = "fake-role-id"
	SecretID = "fake-secret-id"
	Role     = "fake-role"
	JWT      = "fake.service.account"
)

// Fake is as much of Vault as the store uses: a KV engine of version 2 at
// "secret", tokens, and two logins. It is an http.Handler.
type Fake struct {
	// TTL is the time of a token that a login gives; zero means for ever.
	TTL time.Duration
	// MaxTTL ends a token however often it is renewed; zero means never.
	MaxTTL time.Duration
	// Before, if set, is asked first, and may answer itself and return true. No
	// lock is held meanwhile.
	Before func(w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	sealed   bool
	cas      bool
	secrets  map[string]*secret
	tokens   map[string]*lease
	logins   int
	requests []string
}

type secret struct {
	versions    map[int]version
	current     int
	maxVersions int
}

type version struct {
	data    json.RawMessage
	created time.Time
	deleted bool
}

type lease struct{ until, end time.Time }

// NewFake makes an empty Vault that is not sealed.
func NewFake() *Fake {
	return &Fake{secrets: map[string]*secret{}, tokens: map[string]*lease{RootToken: {}}}
}

// Seal seals or unseals.
func (f *Fake) Seal(sealed bool) { f.locked(func() { f.sealed = sealed }) }

// RequireCAS makes the mount demand check-and-set.
func (f *Fake) RequireCAS() { f.locked(func() { f.cas = true }) }

// Revoke ends every token but the root's.
func (f *Fake) Revoke() {
	f.locked(func() { f.tokens = map[string]*lease{RootToken: {}} })
}

// Logins is how many logins there were.
func (f *Fake) Logins() (n int) {
	f.locked(func() { n = f.logins })
	return n
}

// Requests gives "METHOD path" of what was asked since the last call.
func (f *Fake) Requests() (out []string) {
	f.locked(func() { out, f.requests = f.requests, nil })
	return out
}

// Versions gives the numbers of versions kept at a path of the mount, and the
// number that may be kept.
func (f *Fake) Versions(path string) (kept, limit int) {
	f.locked(func() {
		if s := f.secrets[path]; s != nil {
			kept, limit = len(s.versions), s.maxVersions
		}
	})
	return kept, limit
}

// Put makes a version of other content, as somebody else would.
func (f *Fake) Put(path, data string) {
	f.locked(func() { f.put(path, json.RawMessage(data)) })
}

// SoftDelete marks the current version deleted, as `vault kv delete` does.
func (f *Fake) SoftDelete(path string) {
	f.locked(func() {
		s := f.secrets[path]
		v := s.versions[s.current]
		v.deleted = true
		s.versions[s.current] = v
	})
}

func (f *Fake) locked(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

// ServeHTTP implements [http.Handler].
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.Before != nil && f.Before(w, r) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	method := r.Method
	if method == http.MethodGet && r.URL.Query().Get("list") == "true" {
		method = "LIST"
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	f.requests = append(f.requests, method+" "+path)
	switch {
	case !ok || strings.Contains(path, "//") || strings.Contains(path, "..") || r.Header.Get("X-Vault-Request") != "true":
		writeErrors(w, http.StatusBadRequest, "no such request: "+r.URL.Path)
	case f.sealed:
		writeErrors(w, http.StatusServiceUnavailable, "Vault is sealed")
	case strings.HasSuffix(path, "/login"):
		f.login(w, path, r)
	case !f.isValid(r.Header.Get("X-Vault-Token")):
		writeErrors(w, http.StatusForbidden, "permission denied")
	default:
		f.serve(w, r, method, path)
	}
}

func (f *Fake) serve(w http.ResponseWriter, r *http.Request, method, path string) {
	data, isData := strings.CutPrefix(path, "secret/data/")
	metadata, isMetadata := strings.CutPrefix(path, "secret/metadata/")
	switch call := method + " " + path; {
	case call == "GET auth/token/lookup-self":
		f.lookup(w, r.Header.Get("X-Vault-Token"))
	case call == "PUT auth/token/renew-self":
		f.renew(w, r.Header.Get("X-Vault-Token"))
	case isData && method == http.MethodPut:
		f.write(w, r, data)
	case isData && method == http.MethodGet:
		f.read(w, data)
	case isMetadata && method == http.MethodPut:
		f.limit(w, r, metadata)
	case isMetadata && method == http.MethodDelete:
		delete(f.secrets, metadata)
		w.WriteHeader(http.StatusNoContent)
	case isMetadata && method == "LIST":
		f.list(w, metadata)
	case !strings.HasPrefix(path, "secret/"):
		writeErrors(w, http.StatusNotFound, fmt.Sprintf("no handler for route %q. route entry not found.", path))
	default:
		writeErrors(w, http.StatusMethodNotAllowed, "unsupported operation")
	}
}

func writeErrors(w http.ResponseWriter, status int, errors ...string) {
	if errors == nil {
		errors = []string{}
	}
	writeJSON(w, status, map[string]any{"errors": errors})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
