package server

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// hang makes the issuer accept requests and not answer until it is released.
func (i *testIssuer) hang(t *testing.T) (release func()) {
	t.Helper()
	released := make(chan struct{})
	release = sync.OnceFunc(func() { close(released) })
	t.Cleanup(release)
	i.change(func() { i.release = released })
	return release
}

// While an issuer hangs, few requests wait for it and the others are asked at once to
// retry. Requests with keys of the keys file are answered as before.
func TestIssuerHangs(t *testing.T) {
	i := newIssuerServer(t)
	release := i.hang(t)
	r := newRig(t, mappings(i.URL), func(c *Config) { c.MaxRequests = 2 })
	address, _ := r.start()
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	var waiting []*client
	for range maxWaiting {
		c := dialServer(t, address)
		c.post(token, `{ secret_names }`)
		waiting = append(waiting, c)
	}
	issuer := r.github.issuers[i.URL]
	eventually(t, "as many waiting as may", func() bool { return len(issuer.waiting) == maxWaiting })
	for range 20 {
		r.checkUnjudged(t, token)
		r.query(r.admin, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	}
	release()
	for _, c := range waiting {
		if _, body := c.readAnswer(); !strings.Contains(body, `"secret_names":[]`) {
			t.Error(body)
		}
	}
	if i.asked != 1 {
		t.Errorf("the issuer was asked %d times", i.asked)
	}
	r.get("/metrics").check(t, 200, `prefect_secrets_github_tokens_total{outcome="unjudged"} 20`)
	r.checkNoLeak(t)
}

// Known keys stay in use while their issuer hangs: for an hour at once, and after that
// once the issuer has had a moment to answer. Another issuer's tokens do not wait.
func TestKnownKeysWhileTheIssuerHangs(t *testing.T) {
	i, other := newIssuerServer(t), newIssuerServer(t)
	r := newRig(t, mappings(i.URL)+mappings(other.URL))
	good := func(of *testIssuer) string { return sign(testKeys()[0], "one", r.claims(of.URL)) }
	names := `{ secret_names }`
	r.query(good(i), names).check(t, 200, `"secret_names":[]`)
	r.clock.move(30 * time.Minute)
	if r.query(good(i), names).check(t, 200, `"secret_names":[]`); i.asked != 1 {
		t.Errorf("the issuer was asked %d times within the hour", i.asked)
	}
	i.hang(t)
	r.clock.move(time.Minute)
	issuer := r.github.issuers[i.URL]
	for n := range maxWaiting { // as many as may wait
		go r.query(sign(testKeys()[1], fmt.Sprint("made up ", n), r.claims(i.URL)), names)
	}
	eventually(t, "as many waiting as may", func() bool { return len(issuer.waiting) == maxWaiting })
	r.query(good(i), names).check(t, 200, `"secret_names":[]`)
	r.query(good(other), names).check(t, 200, `"secret_names":[]`)
	r.clock.move(2 * time.Hour)
	r.query(good(i), names).check(t, 200, `"secret_names":[]`)
	eventually(t, "nobody waiting", func() bool { return len(issuer.waiting) == 0 })
	r.query(good(i), names).check(t, 200, `"secret_names":[]`) // waits, but not long
}

// Redirects are followed on the issuer's own host only.
func TestIssuerRedirects(t *testing.T) {
	elsewhere := newIssuerServer(t)
	for name, redirect := range map[string]string{"configuration": "/.well-known/openid-configuration", "keys": "/keys"} {
		t.Run(name, func(t *testing.T) {
			i := newIssuerServer(t)
			i.change(func() { i.redirects = map[string]string{redirect: elsewhere.URL + redirect} })
			r := newRig(t, mappings(i.URL))
			r.checkUnjudged(t, sign(testKeys()[0], "one", r.claims(i.URL)))
			if elsewhere.asked+elsewhere.discovery != 0 {
				t.Error("another host was asked")
			}
			i.change(func() { i.redirects = map[string]string{redirect: i.URL + "/moved" + redirect} })
			r.clock.move(time.Minute)
			r.query(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
		})
	}
}

// The keys of an https issuer come over https, whatever its configuration says.
func TestIssuerKeysByHTTPS(t *testing.T) {
	insecure := newIssuerServer(t)
	i := &testIssuer{keys: insecure.keys}
	i.Server = httptest.NewTLSServer(http.HandlerFunc(i.answer))
	t.Cleanup(i.Close)
	r := newRig(t, mappings(i.URL), func(c *Config) { c.Transport = i.Client().Transport })
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	for name, change := range map[string]func(){
		"jwks_uri":            func() { i.keysURL = insecure.URL + "/keys" },
		"redirect, same host": func() { i.redirects = map[string]string{"/keys": strings.Replace(i.URL, "https", "http", 1) + "/keys"} },
		"redirect, host in caps": func() {
			i.redirects = map[string]string{"/keys": "HTTP" + strings.TrimPrefix(i.URL, "https") + "/keys"}
		},
	} {
		i.change(func() { i.keysURL, i.redirects = "", nil; change() })
		r.clock.move(time.Minute)
		r.checkUnjudged(t, token)
		if insecure.asked != 0 {
			t.Errorf("%s: keys were requested over plain http", name)
		}
	}
	i.change(func() { i.keysURL, i.redirects = "", nil })
	r.clock.move(time.Minute)
	r.query(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
}

// A GitHub token may not back up, and the audit log says whose it was.
func TestGitHubTokenHasNoBackup(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL), func(c *Config) {
		c.Routes = func(s *Server) map[string]http.Handler {
			return map[string]http.Handler{"/backup": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprint(w, s.AllowsBackup(r))
			})}
		}
	})
	r.postBody(sign(testKeys()[0], "one", r.claims(i.URL)), "/backup", nil).check(t, 200, "false")
	if got := summaries(r.entries()); len(got) != 1 || got[0] != "github:octocat/hello-world backup  FORBIDDEN 0 []" {
		t.Errorf("%q", got)
	}
}

// A token is refused if it has a claim in another letter case, or twice.
func TestClaimsMatchByCase(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	r.query(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	for _, claim := range claimNames {
		other := strings.ToUpper(claim[:1]) + claim[1:]
		claims := r.claims(i.URL)
		claims[other] = claims[claim]
		r.checkRefused(t, sign(testKeys()[0], "one", claims))
		delete(claims, claim)
		r.checkRefused(t, sign(testKeys()[0], "one", claims))
	}
	for name, change := range map[string]string{
		"twice":                 `"repository_id":"31337","repository_id":"1296269"`,
		"twice, escaped":        `"repository_id":"31337","repository\u005fid":"1296269"`,
		"in Kelvin and long s":  "\"i\u017fs\":\"x\",\"repository_id\":\"1296269\"",
		"Repository_ID besides": `"repository_id":"31337","Repository_ID":"1296269"`,
	} {
		t.Run(name, func(t *testing.T) {
			claims := strings.Replace(r.claimsText(i.URL), `"repository_id":"1296269"`, change, 1)
			r.checkRefused(t, signText(testKeys()[0], claims))
		})
	}
	claims := strings.Replace(r.claimsText(i.URL), `{`, `{"another":1,"Another":2,`, 1)
	r.query(signText(testKeys()[0], claims), `{ secret_names }`).check(t, 200, `"secret_names":[]`)
}

// Requests do not wait for an issuer that refuses connections.
func TestIssuerIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	_ = listener.Close()
	r := newRig(t, mappings(url))
	r.checkUnjudged(t, sign(testKeys()[0], "one", r.claims(url)))
	r.checkUnjudged(t, sign(testKeys()[0], "one", r.claims(url)))
	const line = `"key":"","operation":"none","tenant":"","tenant_id":"","name":"","outcome":"API_ERROR"`
	if audit := r.audit.String(); strings.Count(audit, line) != 2 {
		t.Errorf("audit: %s", audit)
	}
}
