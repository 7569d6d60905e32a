package attack

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

func access() []attack {
	return []attack{
		{"keys that are missing, wrong, cut, changed in one character, or sent in another place", "`UNAUTHENTICATED`, or the header is malformed; without data", wrongKeys},
		{"a key for what its role or its patterns do not allow", "`FORBIDDEN`, without data; nothing is written", otherRoles},
		{"a key for another tenant: its id, its slug, `switchTenant`, names with the tenant's path in them", "refused, or its own tenant alone", otherTenants},
		{"tokens of `switchTenant` changed in one character, cut, made by another server, or renewed when altered", "`UNAUTHENTICATED`", alteredTokens},
	}
}

// treasure is a server of the file store with one secret in each tenant.
func treasure(t *testing.T, more string, args ...string) (*binary.Site, *binary.Server) {
	t.Helper()
	site := binary.NewSite(t, more)
	s := site.Serve(t, binary.Options{}, append(site.FileStore(), args...)...)
	for _, key := range []string{site.Admin, site.Other} {
		if a := s.Ask(t, key, binary.Set("A", "treasure")); !a.Has(`"success":true`) {
			t.Fatal(a)
		}
	}
	return site, s
}

func bearer(key string) http.Header {
	return http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
}

func wrongKeys(r *run) {
	site, s := treasure(r.T, "")
	query := binary.Body(binary.Value("A"))
	try := func(what string, h http.Header) {
		h.Set("Content-Type", "application/json")
		a := s.Send(r.T, "POST", "/", h, query)
		r.want((a.Has("UNAUTHENTICATED") || a.Body == `{"errors":"Malformed Authorization header"}`+"\n") && !a.Has("treasure"), what, a)
	}
	key := site.Runner
	for i := range key {
		other := byte('A')
		if key[i] == other {
			other = 'B'
		}
		try("one character", bearer(key[:i]+string(other)+key[i+1:]))
	}
	for _, other := range []string{"", " ", key[:len(key)-1], key + "A", strings.ToLower(key), keysfile.FormatHash(sha256.Sum256([]byte(key))), "null", "undefined", "admin", "*", "' OR 1=1 --", strings.Repeat("A", 4000), keysfile.NewKey()} {
		try("another key", bearer(other))
	}
	for _, value := range []string{key, "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":")), "Token " + key, "Bearer\t" + key + " x", "Bearer " + key + ", Bearer x"} {
		try("another scheme", http.Header{"Authorization": {value}})
	}
	try("a cookie", http.Header{"Cookie": {"Authorization=Bearer " + key}})
	try("another header", http.Header{"X-Api-Key": {key}, "Proxy-Authorization": {"Bearer " + key}})
	r.refused("UNAUTHENTICATED", "the URL", s.Send(r.T, "POST", "/?key="+key+"&access_token="+key, http.Header{"Content-Type": {"application/json"}}, query))
}

func otherRoles(r *run) {
	site, s := treasure(r.T, "")
	set, get, remove := binary.Set("A", "other"), binary.Value("A"), `mutation { delete_secret(input: {name: "A"}) { success } }`
	for _, c := range []struct{ key, query string }{
		{site.Runner, set}, {site.Runner, remove}, {site.Admin, get}, {site.Part, get}, {site.Part, set}, {site.Part, remove},
		{site.Runner, strings.Replace(set, "set_secret", "x: set_secret", 1)}, {site.Runner, "mutation { ...f } fragment f on Mutation { " + strings.TrimPrefix(set, "mutation {")},
		{site.Runner, strings.NewReplacer("set_secret", "setSecret").Replace(set)}, {site.Admin, "{ a: secret_value(name: \"A\") }"}, {site.Part, binary.Set("Team_a", "v")}, {site.Part, binary.Set("xteam_a", "v")},
	} {
		r.refused("FORBIDDEN", c.query, s.Ask(r.T, c.key, c.query))
	}
	a := s.Ask(r.T, site.Runner, get)
	r.want(a.Has("treasure"), "what was there is there", a)
}

func otherTenants(r *run) {
	site, s := treasure(r.T, "")
	own := site.Other // ml's
	for _, tenant := range []string{binary.DataID, strings.ToUpper(binary.DataID), "data", "DATA", "../data", "*", binary.DataID + "," + binary.MLID} {
		h := bearer(own)
		h.Set("X-PREFECT-TENANT-ID", tenant)
		a := s.Send(r.T, "POST", "/", h, binary.Body(`mutation { set_secret(input: {name: "STOLEN", value: "v"}) { success } }`))
		names := s.Ask(r.T, site.Admin, `{ secret_names }`)
		r.want(!names.Has("STOLEN"), "the header "+tenant, a)
		id, _ := json.Marshal(tenant)
		a = s.Ask(r.T, own, `mutation { switch_tenant(input: {tenant_id: `+string(id)+`}) { access_token } }`)
		r.want(!a.Has(`"access_token":"`), "switch_tenant to "+tenant, a)
	}
	for _, name := range []string{"../" + binary.DataID + "/A", binary.DataID + "/A", "..%2f" + binary.DataID + "%2fA", binary.DataID + "\x00A", "data.A", "/A"} {
		a := s.Ask(r.T, own, binary.Set(name, "v"))
		read := s.Ask(r.T, site.Runner, binary.Value("A"))
		r.want(read.Has("treasure"), "the name "+name, a)
	}
	for _, query := range []string{
		`{ secret(where: {tenant_id: {_eq: "` + binary.DataID + `"}}) { name } }`, `{ tenant(where: {id: {_eq: "` + binary.DataID + `"}}) { id } }`, `{ tenant { id slug } }`, `{ auth_info { tenant_id } }`,
	} {
		a := s.Ask(r.T, own, query)
		r.want(!strings.Contains(a.Body, `"`+binary.DataID+`"`) || a.Status == 400, query, a)
	}
}

// login switches to a tenant and gives the token.
func login(t *testing.T, s *binary.Server, key, tenant string) string {
	t.Helper()
	a := s.Ask(t, key, `mutation { switch_tenant(input: {tenant_id: "`+tenant+`"}) { access_token } }`)
	var body struct {
		Data struct {
			Switch struct {
				Token string `json:"access_token"`
			} `json:"switch_tenant"`
		}
	}
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil || body.Data.Switch.Token == "" {
		t.Fatal(a)
	}
	return body.Data.Switch.Token
}

func alteredTokens(r *run) {
	site, s := treasure(r.T, "")
	token := login(r.T, s, site.Admin, binary.DataID)
	if a := s.Ask(r.T, token, `{ secret_names }`); !a.Has(`"A"`) {
		r.Fatal(a)
	}
	tried := 0
	for i := 0; i < len(token)-1 && tried < 60; i++ { // of base64 the last character may hold spare bits
		if token[i] == '.' {
			continue
		}
		tried++
		other := byte('x')
		if token[i] == other {
			other = 'y'
		}
		altered := token[:i] + string(other) + token[i+1:]
		r.refused("UNAUTHENTICATED", "one character", s.Ask(r.T, altered, `{ secret_names }`))
	}
	again := fmt.Sprintf(`mutation { refresh_token(input: {access_token: %q}) { access_token } }`, token+"x")
	a := s.Ask(r.T, token, again)
	r.want(!a.Has(`"access_token":"`), "refresh of an altered token", a)
	for _, other := range []string{token[:len(token)/2], token + "x", url.QueryEscape(token) + "=", strings.ToUpper(token)} {
		r.refused("UNAUTHENTICATED", "cut or longer", s.Ask(r.T, other, `{ secret_names }`))
	}
	second := site.Serve(r.T, binary.Options{}, "--store", "memory")
	r.refused("UNAUTHENTICATED", "another server's", second.Ask(r.T, token, `{ secret_names }`))
}

// What docs/security.md says of an admin key: changed tells a guess, a wrong guess
// overwrites, and each is a line of the audit log.
func TestGuessing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	site, s := treasure(t, "", "--audit-log", log)
	guess := func(value string) binary.Answer {
		return s.Ask(t, site.Admin, strings.Replace(binary.Set("A", value), "{ success }", "{ success changed }", 1))
	}
	if right := guess("treasure"); !right.Has(`"changed":false`) {
		t.Errorf("the right guess: %v", right)
	}
	if wrong := guess("guess"); !wrong.Has(`"changed":true`) {
		t.Errorf("the wrong guess: %v", wrong)
	}
	if a := s.Ask(t, site.Runner, binary.Value("A")); !a.Has("guess") {
		t.Errorf("a wrong guess leaves the value: %v", a)
	}
	text, err := os.ReadFile(log)
	if n := strings.Count(string(text), `"operation":"set_secret"`); err != nil || n != 4 {
		t.Errorf("%d lines of four writes: %s", n, text)
	}
}
