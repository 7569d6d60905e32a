package vaulttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

func (f *Fake) isValid(token string) bool {
	l := f.tokens[token]
	return l != nil && (l.until.IsZero() || time.Now().Before(l.until))
}

// AddToken adds a token with the lifetime of one from a login.
func (f *Fake) AddToken(token string) {
	f.locked(func() { f.grant(token) })
}

func (f *Fake) grant(token string) {
	l := &lease{}
	if f.MaxTTL > 0 {
		l.max = time.Now().Add(f.MaxTTL)
	}
	f.tokens[token] = l
	f.extend(l)
}

// extend extends a lease by TTL, but not beyond MaxTTL.
func (f *Fake) extend(l *lease) {
	if f.TTL == 0 {
		return
	}
	l.until = time.Now().Add(f.TTL)
	if !l.max.IsZero() && l.max.Before(l.until) {
		l.until = l.max
	}
}

func (l *lease) seconds() int {
	if l.until.IsZero() {
		return 0
	}
	return int(time.Until(l.until) / time.Second)
}

func (f *Fake) login(w http.ResponseWriter, path string, r *http.Request) {
	var in struct {
		RoleID   string `json:"role_id"`
		SecretID string `json:"secret_id"`
		Role     string
		JWT      string
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	validAppRole := path == "auth/approle/login" && in.RoleID == RoleID && in.SecretID == SecretID
	validJWT := path == "auth/kubernetes/login" && in.Role == Role && in.JWT == JWT
	if r.Method != http.MethodPut || r.Header.Get("X-Vault-Token") != "" || !validAppRole && !validJWT {
		writeErrors(w, http.StatusBadRequest, "invalid role or secret ID")
		return
	}
	f.logins++
	token := fmt.Sprintf("fake-token-%d", f.logins)
	f.grant(token)
	f.auth(w, token)
}

func (f *Fake) renew(w http.ResponseWriter, token string) {
	f.extend(f.tokens[token])
	f.auth(w, token)
}

func (f *Fake) auth(w http.ResponseWriter, token string) {
	writeJSON(w, http.StatusOK, map[string]any{"auth": map[string]any{
		"client_token": token, "lease_duration": f.tokens[token].seconds(), "renewable": token != RootToken,
	}})
}

func (f *Fake) lookup(w http.ResponseWriter, token string) {
	writeJSON(w, http.StatusOK, map[string]any{"data": map[string]any{
		"ttl": f.tokens[token].seconds(), "renewable": token != RootToken,
	}})
}
