package server

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

func (r *testServer) claimsText(issuer string) string {
	text, _ := json.Marshal(r.claims(issuer))
	return string(text)
}

func (r *testServer) claims(issuer string) map[string]any {
	now := r.clock.now()
	return map[string]any{
		"iss": issuer, "aud": "https://secrets.example.com", "sub": "repo:octocat/hello-world:ref:refs/heads/main",
		"iat": now.Unix(), "nbf": now.Add(-10 * time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"repository": "octocat/hello-world", "repository_id": "1296269", "repository_owner_id": "583231",
		"ref": "refs/heads/main", "ref_type": "branch", "event_name": "push", "head_ref": "", "base_ref": "",
		"workflow_ref": "octocat/hello-world/.github/workflows/sync.yml@refs/heads/main",
		"actor":        "octocat", "run_id": "77", "jti": "CANARY-jti",
	}
}

// mappings returns the text of two mappings: the main branch of one repository, and
// the environment production of another.
func mappings(issuer string) string {
	return fmt.Sprintf(`
[[github]]
issuer = %[1]q
repository-id = 1296269
repository = "octocat/hello-world"
ref = "refs/heads/main"
tenants = ["ml"]
patterns = ["team_*"]

[[github]]
issuer = %[1]q
repository-id = 42
environment = "production"
events = ["push", "release"]
tenants = ["data"]
`, issuer)
}

func TestGitHubTokenWrites(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	if i.discovery != 0 {
		t.Error("the issuer was asked before a token came")
	}
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	r.query(token, setQuery("team_a", "v")).check(t, 200, `"success":true`)
	r.query(token, `{ auth_info { tenant_id } secret { name updated_by } }`).
		check(t, 200, mlID, `"updated_by":"github:octocat/hello-world"`)
	r.query(token, setQuery("other", "v")).check(t, 200, "FORBIDDEN")
	r.query(token, valueQuery("team_a")).check(t, 200, "FORBIDDEN")
	audit := r.audit.String()
	if !strings.Contains(audit, `"key":"github:octocat/hello-world"`) || !strings.Contains(audit, `"run_id":"77"`) {
		t.Errorf("audit: %s", audit)
	}
	if i.asked != 1 || i.discovery != 1 {
		t.Errorf("the issuer was asked %d and %d times", i.discovery, i.asked)
	}
	r.clock.move(5*time.Minute + time.Second)
	r.query(token, `{ secret_names }`).check(t, 200, "UNAUTHENTICATED")
}

// A token is refused if any single claim is wrong.
func TestGitHubTokenAttacks(t *testing.T) {
	i := newIssuerServer(t)
	other := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	const attackersWorkflow = "attacker/hello-world/.github/workflows/x.yml@refs/heads/main"
	for name, change := range map[string]map[string]any{
		"audience":                             {"aud": "https://other.example.com"},
		"audience with slash":                  {"aud": "https://secrets.example.com/"},
		"audience of GitHub":                   {"aud": "https://github.com/octocat"},
		"audience list":                        {"aud": []string{"https://secrets.example.com", "https://other.example.com"}},
		"audience list, other":                 {"aud": []string{"https://other.example.com", "https://secrets.example.com"}},
		"audience none":                        {"aud": nil},
		"audience empty list":                  {"aud": []string{}},
		"audience number":                      {"aud": 7},
		"issuer with slash":                    {"iss": i.URL + "/"},
		"issuer other":                         {"iss": other.URL},
		"issuer none":                          {"iss": nil},
		"issuer GitHub":                        {"iss": "https://token.actions.githubusercontent.com"},
		"expired":                              {"exp": r.clock.now().Add(-time.Second).Unix()},
		"no expiry":                            {"exp": nil},
		"not yet valid":                        {"nbf": r.clock.now().Add(2 * time.Minute).Unix()},
		"not yet valid by much":                {"nbf": r.clock.now().Add(time.Hour).Unix()},
		"other repository, same name":          {"repository_id": "999"},
		"repository id none":                   {"repository_id": nil},
		"repository id number":                 {"repository_id": 1296269},
		"repository renamed":                   {"repository": "attacker/hello-world"},
		"repository renamed, its workflow too": {"repository": "attacker/hello-world", "workflow_ref": attackersWorkflow},
		"tag of that name":                     {"ref": "refs/tags/main", "ref_type": "tag"},
		"other branch":                         {"ref": "refs/heads/main2"},
		"branch in other case":                 {"ref": "refs/heads/Main"},
		"ref none":                             {"ref": nil},
		"environment for ref":                  {"ref": "refs/heads/x", "environment": "main"},
		"pull_request":                         {"event_name": "pull_request"},
		"pull_request_target":                  {"event_name": "pull_request_target"},
		"pull_request_review":                  {"event_name": "pull_request_review"},
		"workflow_run":                         {"event_name": "workflow_run"},
		"issue_comment":                        {"event_name": "issue_comment"},
		"merge_group":                          {"event_name": "merge_group"},
		"event not listed":                     {"event_name": "release"},
		"event none":                           {"event_name": nil},
		"fork's pull request":                  {"event_name": "pull_request", "ref": "refs/pull/7/merge", "head_ref": "patch", "base_ref": "main"},
		"head of a pull request":               {"head_ref": "patch"},
		"base of a pull request":               {"base_ref": "main"},
		"fork":                                 {"repository": "attacker/hello-world", "repository_id": "31337", "workflow_ref": attackersWorkflow},
		"other's workflow":                     {"workflow_ref": "attacker/x/.github/workflows/sync.yml@refs/heads/main"},
	} {
		t.Run(name, func(t *testing.T) {
			r.clock.move(time.Minute) // the issuer may be asked again
			claims := r.claims(i.URL)
			maps.Copy(claims, change)
			for _, claim := range []string{"exp", "nbf"} {
				if at, moved := change[claim].(int64); moved {
					claims[claim] = at + r.clock.now().Unix() - clockStart.Unix()
				}
			}
			r.checkRefused(t, sign(testKeys()[0], "one", claims))
			r.query(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
		})
	}
	r.checkNoLeak(t)
}

// checkRefused fails the test unless a token gets the same answer as an unknown key.
func (r *testServer) checkRefused(t *testing.T, token string) {
	t.Helper()
	want := r.query("unknown", `{ secret_names }`)
	if got := r.query(token, `{ secret_names }`); got.body != want.body || got.status != want.status {
		t.Errorf("accepted, or answered in another way: %s", got.body)
	}
}

// checkUnjudged fails the test unless a token gets the answer that clients retry after.
func (r *testServer) checkUnjudged(t *testing.T, token string) {
	t.Helper()
	got := r.query(token, `{ secret_names }`)
	got.check(t, 503, "API_ERROR", "its issuer does not answer")
	if got.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", got.header)
	}
}

// checkNoLeak fails the test if the server wrote a value, a key, or a part of a token
// or of an issuer's answer.
func (r *testServer) checkNoLeak(t *testing.T) {
	t.Helper()
	for _, text := range []string{r.log.String(), r.audit.String(), r.get("/metrics").body} {
		for _, secret := range []string{"CANARY", "eyJ", r.admin, r.runner} {
			if strings.Contains(text, secret) {
				t.Errorf("a value is shown: %s", text)
			}
		}
	}
}

func TestGitHubTokenForgery(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	good := r.claims(i.URL)
	public := pem.EncodeToMemory(&pem.Block{
		Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&testKeys()[0].PublicKey),
	})
	mac := func(secret []byte) string {
		text := unsignedToken(map[string]any{"alg": "HS256", "typ": "JWT", "kid": "one"}, good)
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(text))
		return text + "." + encodeSegment(h.Sum(nil))
	}
	valid := sign(testKeys()[0], "one", good)
	parts := strings.Split(valid, ".")
	evil := r.claims(i.URL)
	evil["repository_id"] = "42"
	none := unsignedToken(map[string]any{"alg": "none", "typ": "JWT"}, good)
	for name, token := range map[string]string{
		"alg none":            none + ".",
		"alg none, signature": none + "." + parts[2],
		"alg None":            unsignedToken(map[string]any{"alg": "None", "kid": "one"}, good) + ".",
		"HS256, public key":   mac(public),
		"HS256, modulus":      mac(testKeys()[0].N.Bytes()),
		"other key":           sign(testKeys()[1], "one", good),
		"unknown key id":      sign(testKeys()[1], "two", good),
		"other claims":        parts[0] + "." + strings.Split(unsignedToken(nil, evil), ".")[1] + "." + parts[2],
		"no signature":        parts[0] + "." + parts[1] + ".",
		"cut":                 valid[:len(valid)-4],
		"two dots":            "..",
		"not base64":          "a.b.c",
		"too long":            valid + strings.Repeat("A", maxToken),
		"key in the header":   headerKey(good),
	} {
		t.Run(name, func(t *testing.T) {
			r.clock.move(20 * time.Second)
			good["exp"] = r.clock.now().Add(time.Minute).Unix()
			r.checkRefused(t, token)
		})
	}
	r.query(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	r.checkNoLeak(t)
}

// headerKey returns a token that has its own key in the header (RFC 7515, jwk).
func headerKey(claims map[string]any) string {
	key := testKeys()[1]
	jwk := map[string]any{"kty": "RSA", "n": encodeSegment(key.N.Bytes()), "e": "AQAB"}
	return appendSignature(key, unsignedToken(map[string]any{"alg": "RS256", "jwk": jwk}, claims))
}

func TestGitHubEnvironment(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	claims := r.claims(i.URL)
	maps.Copy(claims, map[string]any{
		"repository_id": "42", "environment": "production", "ref": "refs/heads/any", "event_name": "release",
	})
	r.query(sign(testKeys()[0], "one", claims), `{ auth_info { tenant_id } secrets_api { key } }`).
		check(t, 200, dataID, `"github:42"`)
	for _, environment := range []any{"staging", "Production", "", nil} {
		claims["environment"] = environment
		r.checkRefused(t, sign(testKeys()[0], "one", claims))
	}
}

// A token can use a tenant of its mapping by id, as a key can, and no other.
func TestGitHubTokenTenants(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	for tenant, want := range map[string]string{mlID: `"secret_names":[]`, dataID: `"refused":"tenant"`} {
		req := r.newQuery(token, `{ secret_names }`)
		req.Header.Set("X-Prefect-Tenant-Id", tenant)
		r.record(r.Handler(), req).check(t, 200, want)
	}
}

func TestIssuerOutageAndRotation(t *testing.T) {
	i := newIssuerServer(t)
	i.change(func() { i.down = true })
	r := newRig(t, mappings(i.URL)) // starts without the issuer
	token := func(key int, id string) string { return sign(testKeys()[key], id, r.claims(i.URL)) }
	names := `{ secret_names }`
	r.checkUnjudged(t, token(0, "one"))

	i.change(func() { i.down = false })
	r.clock.move(10 * time.Second)
	r.query(token(0, "one"), names).check(t, 200, `"secret_names":[]`)

	i.change(func() { i.down = true }) // known keys stay in use, even after an hour
	r.query(token(0, "one"), names).check(t, 200, `"secret_names":[]`)
	r.clock.move(2 * time.Hour)
	r.query(token(0, "one"), names).check(t, 200, `"secret_names":[]`)
	r.checkUnjudged(t, token(1, "two"))

	i.change(func() {
		i.down = false
		i.keys = map[string]*rsa.PrivateKey{"one": testKeys()[0], "two": testKeys()[1]}
	})
	r.clock.move(time.Minute)
	r.query(token(1, "two"), names).check(t, 200, `"secret_names":[]`)

	i.change(func() { delete(i.keys, "one") }) // withdrawn: refused within the hour
	r.clock.move(time.Hour)
	r.checkRefused(t, token(0, "one"))
	r.query(token(1, "two"), names).check(t, 200, `"secret_names":[]`)
	r.checkNoLeak(t)
}

// Tokens with invented key ids do not make the server ask the issuer each time.
func TestQuestionsToTheIssuerAreBounded(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	for n := range 100 {
		r.checkRefused(t, sign(testKeys()[1], fmt.Sprint("made up ", n), r.claims(i.URL)))
	}
	if i.asked > 4 {
		t.Errorf("the issuer was asked %d times", i.asked)
	}
	r.query(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
}

// A removed mapping accepts no token any more.
func TestMappingIsTakenOut(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	r.query(token, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	if err := r.replaceKeys([]byte(r.keys())); err != nil {
		t.Fatal(err)
	}
	r.checkRefused(t, token)
}

func TestMappingNeedsURL(t *testing.T) {
	r := newRig(t, "")
	err := r.replaceKeys([]byte(tenantsText + mappings("https://ghe.example.com")))
	if err == nil || !strings.Contains(err.Error(), "[[github]] needs the URL of this server") {
		t.Error(err)
	}
}

// A mapping cannot accept an event that may run untrusted code, even a mapping that no
// keys file can have.
func TestOutsideWhateverTheMappingSays(t *testing.T) {
	events := []string{"pull_request_target", "pull_request", "workflow_run", "issue_comment", "merge_group", ""}
	for _, event := range events {
		c := &claims{
			Audience: audience{"https://s"}, RepositoryID: "1",
			workflow: workflow{Ref: "refs/heads/main", Event: event},
		}
		m := keysfile.Mapping{Issuer: "i", RepositoryID: "1", Ref: "refs/heads/main", Events: []string{event}}
		if _, reason := c.match("i", "https://s", []keysfile.Mapping{m}); reason == "" {
			t.Errorf("%q was accepted", event)
		}
	}
}
