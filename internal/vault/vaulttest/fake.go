// Package vaulttest provides a small Vault in memory, and the tests that both it and a
// real server must pass.
package vaulttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// RootToken is a token of a [Fake] that never expires.
const RootToken = "fake-root-token"

// Credentials that a [Fake] accepts at auth/approle and auth/kubernetes.
const (
	RoleID   = "fake-role-id"
	SecretID = "fake-secret-id"
	Role     = "fake-role"
	JWT      = "fake.service.account"
)

// Fake is the part of Vault that the store uses: a KV engine of version 2 at "secret",
// tokens, and two logins. It is an http.Handler.
type Fake struct {
	// TTL is the lifetime of a token from a login; zero means forever.
	TTL time.Duration
	// MaxTTL is the lifetime of a token however often it is renewed; zero means
	// forever.
	MaxTTL time.Duration
	// Before, if set, is called first, without a lock. It returns true if it has
	// answered the request.
	Before func(w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	sealed   bool
	cas      bool // the mount requires check-and-set
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

// lease is the lifetime of a token: until the next renewal, and at most. Zero times
// mean forever.
type lease struct{ until, max time.Time }

// NewFake returns an empty, unsealed Vault.
func NewFake() *Fake {
	return &Fake{secrets: map[string]*secret{}, tokens: map[string]*lease{RootToken: {}}}
}

// Seal seals or unseals the Vault.
func (f *Fake) Seal(sealed bool) { f.locked(func() { f.sealed = sealed }) }

// RequireCAS makes the mount require check-and-set.
func (f *Fake) RequireCAS() { f.locked(func() { f.cas = true }) }

// Revoke revokes every token except RootToken.
func (f *Fake) Revoke() {
	f.locked(func() { f.tokens = map[string]*lease{RootToken: {}} })
}

// Logins returns the number of logins.
func (f *Fake) Logins() (n int) {
	f.locked(func() { n = f.logins })
	return n
}

// Requests returns "METHOD path" of each request since the last call.
func (f *Fake) Requests() (requests []string) {
	f.locked(func() { requests, f.requests = f.requests, nil })
	return requests
}

// Versions returns the number of versions at a path of the mount, and its limit.
func (f *Fake) Versions(path string) (n, limit int) {
	f.locked(func() {
		if s := f.secrets[path]; s != nil {
			n, limit = len(s.versions), s.maxVersions
		}
	})
	return n, limit
}

// Put writes a version, as another client would.
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

func (f *Fake) locked(run func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	run()
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
	switch request := method + " " + path; {
	case request == "GET auth/token/lookup-self":
		f.lookup(w, r.Header.Get("X-Vault-Token"))
	case request == "PUT auth/token/renew-self":
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
