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

func accessAttacks() []attack {
	return []attack{
		{
			"keys that are missing, wrong, cut, changed in one character, or sent in another place",
			"`UNAUTHENTICATED`, or the header is malformed; without data", wrongKeys,
		},
		{
			"a key for what its role or its patterns do not allow",
			"`FORBIDDEN`, without data; nothing is written", otherRoles,
		},
		{
			"a key for another tenant: its id, its slug, `switchTenant`, names with the tenant's path in them",
			"refused, or its own tenant alone", otherTenants,
		},
		{
			"tokens of `switchTenant` changed in one character, cut, made by another server, or renewed when altered",
			"`UNAUTHENTICATED`", alteredTokens,
		},
	}
}

// startServer starts a server of the file store with one secret, A, in each tenant. It
// appends extraKeys to the keys file.
func startServer(t *testing.T, extraKeys string, args ...string) (*binary.Site, *binary.Server) {
	t.Helper()
	site := binary.NewSite(t, extraKeys)
	s := site.Serve(t, binary.Options{}, append(site.FileStore(), args...)...)
	for _, key := range []string{site.Admin, site.Other} {
		if a := s.Ask(t, key, binary.Set("A", "treasure")); !a.Has(`"success":true`) {
			t.Fatal(a)
		}
	}
	return site, s
}

// bearer returns the headers of a request with a key.
func bearer(key string) http.Header {
	return http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
}

func wrongKeys(r *run) {
	site, s := startServer(r.T, "")
	query := binary.Body(binary.Value("A"))
	try := func(what string, h http.Header) {
		h.Set("Content-Type", "application/json")
		a := s.Send(r.T, "POST", "/", h, query)
		refused := a.Has("UNAUTHENTICATED") || a.Body == `{"errors":"Malformed Authorization header"}`+"\n"
		r.check(refused && !a.Has("treasure"), what, a)
	}
	key := site.Runner
	for i := range key {
		other := byte('A')
		if key[i] == other {
			other = 'B'
		}
		try("one character", bearer(key[:i]+string(other)+key[i+1:]))
	}
	for _, other := range []string{
		"", " ", key[:len(key)-1], key + "A", strings.ToLower(key), keysfile.FormatHash(sha256.Sum256([]byte(key))),
		"null", "undefined", "admin", "*", "' OR 1=1 --", strings.Repeat("A", 4000), keysfile.NewKey(),
	} {
		try("another key", bearer(other))
	}
	for _, value := range []string{
		key, "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":")), "Token " + key,
		"Bearer\t" + key + " x", "Bearer " + key + ", Bearer x",
	} {
		try("another scheme", http.Header{"Authorization": {value}})
	}
	try("a cookie", http.Header{"Cookie": {"Authorization=Bearer " + key}})
	try("another header", http.Header{"X-Api-Key": {key}, "Proxy-Authorization": {"Bearer " + key}})
	a := s.Send(r.T, "POST", "/?key="+key+"&access_token="+key, http.Header{"Content-Type": {"application/json"}}, query)
	r.checkRefused("UNAUTHENTICATED", "the URL", a)
}

func otherRoles(r *run) {
	site, s := startServer(r.T, "")
	set, get := binary.Set("A", "other"), binary.Value("A")
	remove := `mutation { delete_secret(input: {name: "A"}) { success } }`
	for _, tt := range []struct{ key, query string }{
		{site.Runner, set}, {site.Runner, remove}, {site.Admin, get},
		{site.Part, get}, {site.Part, set}, {site.Part, remove},
		{site.Runner, strings.Replace(set, "set_secret", "x: set_secret", 1)},
		{site.Runner, "mutation { ...f } fragment f on Mutation { " + strings.TrimPrefix(set, "mutation {")},
		{site.Runner, strings.NewReplacer("set_secret", "setSecret").Replace(set)},
		{site.Admin, "{ a: secret_value(name: \"A\") }"},
		{site.Part, binary.Set("Team_a", "v")}, {site.Part, binary.Set("xteam_a", "v")},
	} {
		r.checkRefused("FORBIDDEN", tt.query, s.Ask(r.T, tt.key, tt.query))
	}
	a := s.Ask(r.T, site.Runner, get)
	r.check(a.Has("treasure"), "the value is unchanged", a)
}

func otherTenants(r *run) {
	site, s := startServer(r.T, "")
	own := site.Other // ml's
	for _, tenant := range []string{
		binary.DataID, strings.ToUpper(binary.DataID), "data", "DATA", "../data", "*", binary.DataID + "," + binary.MLID,
	} {
		h := bearer(own)
		h.Set("X-PREFECT-TENANT-ID", tenant)
		a := s.Send(r.T, "POST", "/", h, binary.Body(`mutation { set_secret(input: {name: "STOLEN", value: "v"}) { success } }`))
		names := s.Ask(r.T, site.Admin, `{ secret_names }`)
		r.check(!names.Has("STOLEN"), "the header "+tenant, a)
		id, _ := json.Marshal(tenant)
		a = s.Ask(r.T, own, `mutation { switch_tenant(input: {tenant_id: `+string(id)+`}) { access_token } }`)
		r.check(!a.Has(`"access_token":"`), "switch_tenant to "+tenant, a)
	}
	for _, name := range []string{
		"../" + binary.DataID + "/A", binary.DataID + "/A", "..%2f" + binary.DataID + "%2fA",
		binary.DataID + "\x00A", "data.A", "/A",
	} {
		a := s.Ask(r.T, own, binary.Set(name, "v"))
		read := s.Ask(r.T, site.Runner, binary.Value("A"))
		r.check(read.Has("treasure"), "the name "+name, a)
	}
	for _, query := range []string{
		`{ secret(where: {tenant_id: {_eq: "` + binary.DataID + `"}}) { name } }`,
		`{ tenant(where: {id: {_eq: "` + binary.DataID + `"}}) { id } }`,
		`{ tenant { id slug } }`, `{ auth_info { tenant_id } }`,
	} {
		a := s.Ask(r.T, own, query)
		r.check(!strings.Contains(a.Body, `"`+binary.DataID+`"`) || a.Status == 400, query, a)
	}
}

// login switches to a tenant and returns the token.
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
	site, s := startServer(r.T, "")
	token := login(r.T, s, site.Admin, binary.DataID)
	if a := s.Ask(r.T, token, `{ secret_names }`); !a.Has(`"A"`) {
		r.Fatal(a)
	}
	altered := 0
	for i := 0; i < len(token)-1 && altered < 60; i++ { // the last base64 character may hold unused bits
		if token[i] == '.' {
			continue
		}
		altered++
		other := byte('x')
		if token[i] == other {
			other = 'y'
		}
		r.checkRefused("UNAUTHENTICATED", "one character", s.Ask(r.T, token[:i]+string(other)+token[i+1:], `{ secret_names }`))
	}
	refresh := fmt.Sprintf(`mutation { refresh_token(input: {access_token: %q}) { access_token } }`, token+"x")
	a := s.Ask(r.T, token, refresh)
	r.check(!a.Has(`"access_token":"`), "refresh of an altered token", a)
	for _, other := range []string{token[:len(token)/2], token + "x", url.QueryEscape(token) + "=", strings.ToUpper(token)} {
		r.checkRefused("UNAUTHENTICATED", "cut or longer", s.Ask(r.T, other, `{ secret_names }`))
	}
	other := site.Serve(r.T, binary.Options{}, "--store", "memory")
	r.checkRefused("UNAUTHENTICATED", "another server's", other.Ask(r.T, token, `{ secret_names }`))
}

// As docs/security.md says of an admin key: changed reveals whether a guess is right, a
// wrong guess overwrites, and each guess is a line of the audit log.
func TestGuessing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	site, s := startServer(t, "", "--audit-log", log)
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
