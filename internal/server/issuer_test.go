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

// hang makes the issuer take questions and give no answer until it is released.
func (i *testIssuer) hang(t *testing.T) (release func()) {
	t.Helper()
	held := make(chan struct{})
	release = sync.OnceFunc(func() { close(held) })
	t.Cleanup(release)
	i.change(func() { i.held = held })
	return release
}

// While an issuer hangs, few wait for it, the others are told at once to come again,
// and keys of our own are answered as ever, with any number of clients that have none.
func TestIssuerHangs(t *testing.T) {
	i := newIssuerServer(t)
	release := i.hang(t)
	r := newRig(t, mappings(i.URL), func(c *Config) { c.MaxRequests = 2 })
	address, _ := r.serve()
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	var waiting []*client
	for range maxWaiting {
		c := dial(t, address)
		c.post(token, `{ secret_names }`)
		waiting = append(waiting, c)
	}
	issuer := r.github.issuers[i.URL]
	eventually(t, "all places taken", func() bool { return len(issuer.waiting) == maxWaiting })
	for range 20 {
		r.unjudged(t, token)
		r.do(r.admin, `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
	}
	release()
	for _, c := range waiting {
		if _, body := c.answer(); !strings.Contains(body, `"secret_names":[]`) {
			t.Error(body)
		}
	}
	if i.asked != 1 {
		t.Errorf("the issuer was asked %d times", i.asked)
	}
	r.get("/metrics").wants(t, 200, `prefect_secrets_github_tokens_total{outcome="unjudged"} 20`)
	r.clean(t)
}

// Keys that are known count while their issuer hangs, within their hour at once and
// after it when it has had its moment. Another issuer's tokens do not wait for it.
func TestKnownKeysWhileTheIssuerHangs(t *testing.T) {
	i, other := newIssuerServer(t), newIssuerServer(t)
	r := newRig(t, mappings(i.URL)+mappings(other.URL))
	good := func(of *testIssuer) string { return sign(testKeys()[0], "one", r.claims(of.URL)) }
	names := `{ secret_names }`
	r.do(good(i), names).wants(t, 200, `"secret_names":[]`)
	r.clock.move(30 * time.Minute)
	if r.do(good(i), names).wants(t, 200, `"secret_names":[]`); i.asked != 1 {
		t.Errorf("the issuer was asked %d times within the hour", i.asked)
	}
	i.hang(t)
	r.clock.move(time.Minute)
	issuer := r.github.issuers[i.URL]
	for n := range maxWaiting { // take every place there is
		go r.do(sign(testKeys()[1], fmt.Sprint("made up ", n), r.claims(i.URL)), names)
	}
	eventually(t, "all places taken", func() bool { return len(issuer.waiting) == maxWaiting })
	r.do(good(i), names).wants(t, 200, `"secret_names":[]`)
	r.do(good(other), names).wants(t, 200, `"secret_names":[]`)
	r.clock.move(2 * time.Hour)
	r.do(good(i), names).wants(t, 200, `"secret_names":[]`)
	eventually(t, "the places are free", func() bool { return len(issuer.waiting) == 0 })
	r.do(good(i), names).wants(t, 200, `"secret_names":[]`) // waits, and not for long
}

// Whoever is asked for keys is the issuer's own choice by https, and nobody else's.
func TestIssuerRedirects(t *testing.T) {
	elsewhere := newIssuerServer(t)
	for name, redirect := range map[string]string{"configuration": "/.well-known/openid-configuration", "keys": "/keys"} {
		t.Run(name, func(t *testing.T) {
			i := newIssuerServer(t)
			i.change(func() { i.redirects = map[string]string{redirect: elsewhere.URL + redirect} })
			r := newRig(t, mappings(i.URL))
			r.unjudged(t, sign(testKeys()[0], "one", r.claims(i.URL)))
			if elsewhere.asked+elsewhere.discovery != 0 {
				t.Error("another host was asked")
			}
			i.change(func() { i.redirects = map[string]string{redirect: i.URL + "/moved" + redirect} })
			r.clock.move(time.Minute)
			r.do(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
		})
	}
}

// An https issuer's keys come by https, wherever its configuration says they are.
func TestIssuerKeysByHTTPS(t *testing.T) {
	plain := newIssuerServer(t)
	i := &testIssuer{keys: plain.keys}
	i.Server = httptest.NewTLSServer(http.HandlerFunc(i.answer))
	t.Cleanup(i.Close)
	r := newRig(t, mappings(i.URL), func(c *Config) { c.Transport = i.Client().Transport })
	token := sign(testKeys()[0], "one", r.claims(i.URL))
	for name, change := range map[string]func(){
		"jwks_uri":            func() { i.keysURL = plain.URL + "/keys" },
		"redirect, same host": func() { i.redirects = map[string]string{"/keys": strings.Replace(i.URL, "https", "http", 1) + "/keys"} },
		"redirect, host in caps": func() {
			i.redirects = map[string]string{"/keys": "HTTP" + strings.TrimPrefix(i.URL, "https") + "/keys"}
		},
	} {
		i.change(func() { i.keysURL, i.redirects = "", nil; change() })
		r.clock.move(time.Minute)
		r.unjudged(t, token)
		if plain.asked != 0 {
			t.Errorf("%s: keys were asked for by plain http", name)
		}
	}
	i.change(func() { i.keysURL, i.redirects = "", nil })
	r.clock.move(time.Minute)
	r.do(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
}

// A token of GitHub's has no backup, and the audit log says whose it was.
func TestGitHubTokenHasNoBackup(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL), func(c *Config) {
		c.Routes = func(s *Server) map[string]http.Handler {
			return map[string]http.Handler{"/backup": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprint(w, s.AllowsBackup(r))
			})}
		}
	})
	r.send(sign(testKeys()[0], "one", r.claims(i.URL)), "/backup", nil).wants(t, 200, "false")
	if got := shown(r.entries()); len(got) != 1 || got[0] != "github:octocat/hello-world backup  FORBIDDEN 0 []" {
		t.Errorf("%q", got)
	}
}

// A claim counts only in its own case, and only if the token has it once.
func TestClaimsMatchByCase(t *testing.T) {
	i := newIssuerServer(t)
	r := newRig(t, mappings(i.URL))
	r.do(sign(testKeys()[0], "one", r.claims(i.URL)), `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
	for _, claim := range claimNames {
		other := strings.ToUpper(claim[:1]) + claim[1:]
		claims := r.claims(i.URL)
		claims[other] = claims[claim]
		r.refused(t, sign(testKeys()[0], "one", claims))
		delete(claims, claim)
		r.refused(t, sign(testKeys()[0], "one", claims))
	}
	for name, change := range map[string]string{
		"twice":                 `"repository_id":"31337","repository_id":"1296269"`,
		"twice, escaped":        `"repository_id":"31337","repository\u005fid":"1296269"`,
		"in Kelvin and long s":  "\"i\u017fs\":\"x\",\"repository_id\":\"1296269\"",
		"Repository_ID besides": `"repository_id":"31337","Repository_ID":"1296269"`,
	} {
		t.Run(name, func(t *testing.T) {
			r.refused(t, signText(testKeys()[0], strings.Replace(r.claimsText(i.URL), `"repository_id":"1296269"`, change, 1)))
		})
	}
	r.do(signText(testKeys()[0], strings.Replace(r.claimsText(i.URL), `{`, `{"another":1,"Another":2,`, 1)), `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
}

// Nobody waits for what an issuer that refuses connections might say.
func TestIssuerIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	_ = listener.Close()
	r := newRig(t, mappings(url))
	r.unjudged(t, sign(testKeys()[0], "one", r.claims(url)))
	r.unjudged(t, sign(testKeys()[0], "one", r.claims(url)))
	if audit := r.audit.String(); strings.Count(audit, `"key":"","operation":"none","tenant":"","tenant_id":"","name":"","outcome":"API_ERROR"`) != 2 {
		t.Errorf("audit: %s", audit)
	}
}
