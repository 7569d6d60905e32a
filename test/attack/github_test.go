package attack

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

func gitHubAttacks() []attack {
	return []attack{
		{
			"workflow tokens whose claims are another repository's, branch's, event's, audience's or time's, or are missing",
			"`UNAUTHENTICATED`, like an unknown key, to the byte", otherClaims,
		},
		{
			"workflow tokens that are forged: `none`, HMAC with the public key, another key, no key id, changed parts",
			"`UNAUTHENTICATED`, like an unknown key, to the byte", forgedTokens,
		},
	}
}

// issuer is an issuer of tokens that publishes one key.
type issuer struct {
	*httptest.Server
	key *rsa.PrivateKey
}

func newIssuer(r *run) *issuer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		r.Fatal(err)
	}
	i := &issuer{key: key}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "openid-configuration") {
			_ = json.NewEncoder(w).Encode(map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys"})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
			"n": segment(key.N.Bytes()), "e": segment(big.NewInt(int64(key.E)).Bytes()),
		}}})
	}))
	r.Cleanup(i.Close)
	return i
}

func segment(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unsignedToken(header, claims map[string]any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	return segment(h) + "." + segment(c)
}

func signedToken(key *rsa.PrivateKey, header, claims map[string]any) string {
	text := unsignedToken(header, claims)
	digest := sha256.Sum256([]byte(text))
	signature, _ := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	return text + "." + segment(signature)
}

var rs256 = map[string]any{"alg": "RS256", "typ": "JWT", "kid": "one"}

// mapping returns a mapping for the keys file.
func (i *issuer) mapping() string {
	return fmt.Sprintf("[[github]]\nissuer = %q\nrepository-id = 1296269\nrepository = \"octocat/hello\"\n"+
		"ref = \"refs/heads/main\"\ntenants = [\"data\"]\n", i.URL)
}

// claims returns claims that the mapping accepts.
func (i *issuer) claims() map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": i.URL, "aud": "https://secrets.example.com", "sub": "repo:octocat/hello:ref:refs/heads/main",
		"iat": now.Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"repository": "octocat/hello", "repository_id": "1296269", "ref": "refs/heads/main", "ref_type": "branch", "event_name": "push",
		"head_ref": "", "base_ref": "", "actor": "octocat", "run_id": "77",
		"workflow_ref": "octocat/hello/.github/workflows/sync.yml@refs/heads/main",
	}
}

func otherClaims(r *run) {
	i := newIssuer(r)
	_, s := startServer(r.T, i.mapping())
	good := signedToken(i.key, rs256, i.claims())
	if a := s.Ask(r.T, good, "{ secret_names }"); !a.Has(`"A"`) {
		r.Fatal(a)
	}
	unknown := s.Ask(r.T, "unknown", "{ secret_names }")
	past := time.Now().Add(-time.Hour).Unix()
	for _, change := range []map[string]any{
		{"aud": "https://other.example.com"}, {"aud": "https://secrets.example.com/"}, {"aud": "https://github.com/octocat"},
		{"aud": []string{"https://secrets.example.com", "https://x"}}, {"aud": nil}, {"aud": []string{}}, {"aud": 7},
		{"iss": i.URL + "/"}, {"iss": nil}, {"iss": "https://token.actions.githubusercontent.com"},
		{"exp": past}, {"exp": nil}, {"exp": "soon"}, {"nbf": time.Now().Add(time.Hour).Unix()},
		{"repository_id": "999"}, {"repository_id": nil}, {"repository_id": 1296269},
		{"repository": "attacker/hello"}, {"repository": nil},
		{"ref": "refs/tags/main"}, {"ref": "refs/heads/main2"}, {"ref": "refs/heads/Main"},
		{"ref": "main"}, {"ref": nil}, {"ref": "refs/pull/7/merge"},
		{"event_name": "pull_request"}, {"event_name": "pull_request_target"}, {"event_name": "workflow_run"},
		{"event_name": "issue_comment"}, {"event_name": "merge_group"}, {"event_name": "release"}, {"event_name": nil},
		{"head_ref": "patch"}, {"base_ref": "main"}, {"workflow_ref": "attacker/x/.github/workflows/sync.yml@refs/heads/main"},
		{"repository": "attacker/hello", "repository_id": "31337"},
	} {
		claims := i.claims()
		maps.Copy(claims, change)
		a := s.Ask(r.T, signedToken(i.key, rs256, claims), "{ secret_names }")
		r.check(a.Body == unknown.Body && a.Status == unknown.Status, fmt.Sprint(change), a)
	}
	a := s.Ask(r.T, good, "{ secret_names }")
	r.check(a.Has(`"A"`), "the right claims", a)
}

func forgedTokens(r *run) {
	i := newIssuer(r)
	_, s := startServer(r.T, i.mapping())
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		r.Fatal(err)
	}
	unknown := s.Ask(r.T, "unknown", "{ secret_names }")
	good, claims := signedToken(i.key, rs256, i.claims()), i.claims()
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	unsigned := func(alg string) string {
		return unsignedToken(map[string]any{"alg": alg, "typ": "JWT", "kid": "one"}, claims) + "."
	}
	for _, token := range []string{
		unsigned("none"), unsigned("None"), unsigned(""), unsigned("RS256"),
		unsigned("HS256") + signature, unsigned("RS512") + signature, unsigned("PS256") + signature,
		signedToken(other, rs256, claims),
		signedToken(other, map[string]any{"alg": "RS256", "kid": "two"}, claims),
		signedToken(other, map[string]any{"alg": "RS256"}, claims),
		signedToken(other, map[string]any{"alg": "RS256", "kid": "one", "jku": i.URL + "/evil", "x5u": i.URL + "/evil"}, claims),
		signedToken(i.key, map[string]any{"alg": "RS384", "kid": "one"}, claims),
		head + "." + body, head + "." + body + ".", head + ".." + signature, "." + body + "." + signature,
		head + "." + segment([]byte(`{}`)) + "." + signature, head + "." + segment([]byte(`null`)) + "." + signature,
		good + ".x", good[:len(good)-20] + "AAAAAAAAAAAAAAAAAAAA",
		segment([]byte(`{"alg":"RS256","kid":"../../etc/passwd"}`)) + "." + body + "." + signature,
	} {
		a := s.Ask(r.T, token, "{ secret_names }")
		r.check(a.Body == unknown.Body && a.Status == unknown.Status, token[:min(len(token), 60)], a)
	}
}
