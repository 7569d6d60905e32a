package server

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// testIssuer signs tokens as GitHub does: RS256, keys by discovery.
type testIssuer struct {
	*httptest.Server
	mu        sync.Mutex
	keys      map[string]*rsa.PrivateKey // those that it publishes, by key id
	down      bool
	asked     int // requests for keys
	discovery int
	release   chan struct{}     // if set, answers wait until it is closed
	redirects map[string]string // from a path to a URL
	keysURL   string            // where it says its keys are; empty means at its own URL
}

var testKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var out [2]*rsa.PrivateKey
	for i := range out {
		out[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return out
})

func newIssuerServer(t *testing.T) *testIssuer {
	i := &testIssuer{keys: map[string]*rsa.PrivateKey{"one": testKeys()[0]}}
	i.Server = httptest.NewServer(http.HandlerFunc(i.answer))
	t.Cleanup(i.Close)
	return i
}

func (i *testIssuer) answer(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	release := i.release
	i.mu.Unlock()
	if release != nil {
		<-release
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if to := i.redirects[r.URL.Path]; to != "" {
		http.Redirect(w, r, to, http.StatusFound)
		return
	}
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/moved")
	if i.down {
		http.Error(w, "CANARY outage", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/.well-known/openid-configuration" {
		i.discovery++
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": i.URL, "jwks_uri": cmp.Or(i.keysURL, i.URL+"/keys"),
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
		return
	}
	i.asked++
	keys := []map[string]any{}
	for id, key := range i.keys {
		keys = append(keys, map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
			"n": encodeSegment(key.N.Bytes()), "e": encodeSegment(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
}

func (i *testIssuer) change(f func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f()
}

func encodeSegment(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// unsignedToken returns a token without its signature.
func unsignedToken(header, claims map[string]any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	return encodeSegment(h) + "." + encodeSegment(c)
}

// sign returns a token with claims, signed by a key with an id.
func sign(key *rsa.PrivateKey, id string, claims map[string]any) string {
	return appendSignature(key, unsignedToken(map[string]any{"alg": "RS256", "typ": "JWT", "kid": id}, claims))
}

// appendSignature returns a token: text, and its signature by key.
func appendSignature(key *rsa.PrivateKey, text string) string {
	digest := sha256.Sum256([]byte(text))
	signature, _ := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	return text + "." + encodeSegment(signature)
}

// signText returns a token whose claims are written as given.
func signText(key *rsa.PrivateKey, claims string) string {
	header := []byte(`{"alg":"RS256","typ":"JWT","kid":"one"}`)
	return appendSignature(key, encodeSegment(header)+"."+encodeSegment([]byte(claims)))
}
