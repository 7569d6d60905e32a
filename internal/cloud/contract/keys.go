package contract

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const (
	unauthenticated = `{"errors":[{"message":"Unauthenticated",` +
		`"extensions":{"code":"UNAUTHENTICATED"}}],"data":null}`
	malformed     = `{"errors":"Malformed Authorization header"}`
	tenantRefused = `{"errors":[{"message":"Unauthenticated",` +
		`"extensions":{"code":"UNAUTHENTICATED","refused":"tenant"}}],"data":null}`
)

// keys checks that the key is authenticated before the document, which is wrong, is
// read.
func (s *suite) keys(t *testing.T) {
	for header, body := range map[string]string{
		"":                         unauthenticated,
		"Bearer " + canary:         unauthenticated,
		"Bearer pst_" + canary:     unauthenticated,
		"Bearer":                   malformed,
		"Bearer a b":               malformed,
		"Basic " + canary:          malformed,
		canary:                     malformed,
		"Token " + s.AdminKey:      malformed,
		"Bearer " + s.AdminKey[1:]: unauthenticated,
	} {
		in := request{body: `{"query":"{"`}
		if header != "" {
			in.header = map[string]string{"Authorization": header}
		}
		got := s.send(t, in)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != typeJSON {
			t.Errorf("%d %v", got.status, got.header)
		}
		checkEqual(t, "a header of another form or key", body, got.body)
	}
}

// roles checks that the admin never reads a value and the runner never writes.
func (s *suite) roles(t *testing.T) {
	s.set(t, "role", `"`+canary+`"`)
	name := map[string]string{"n": s.name("role")}
	refused := func(field, column string) string {
		return `{"errors":[{"message":"Unauthorized","locations":[{"line":1,"column":` + column +
			`}],"path":["` + field +
			`"],"extensions":{"code":"FORBIDDEN"}}],"data":{"` + field + `":null}}`
	}
	for _, field := range []string{"secret_value", "secretValue"} {
		checkEqual(t, field, refused(field, "20"),
			s.ask(t, s.AdminKey, `query($n: String!){`+field+`(name: $n)}`, name))
	}
	for _, field := range []string{"set_secret", "setSecret"} {
		checkEqual(t, field, refused(field, "23"),
			s.ask(t, s.RunnerKey,
				`mutation($n: String!){`+field+`(input: {name: $n, value: 1}){success}}`, name))
	}
	for _, field := range []string{"delete_secret", "deleteSecret"} {
		checkEqual(t, field, refused(field, "23"),
			s.ask(t, s.RunnerKey, `mutation($n: String!){`+field+`(input: {name: $n}){success}}`, name))
	}
	checkEqual(t, "the value", `{"data":{"secret_value":"`+canary+`"}}`,
		s.ask(t, s.RunnerKey, `query($n: String!){secret_value(name: $n)}`, name))
}

// tenant returns the id of the key's tenant.
func (s *suite) tenant(t *testing.T, key string) string {
	t.Helper()
	var got struct {
		Data struct {
			Info struct {
				ID string `json:"tenant_id"`
			} `json:"auth_info"`
		}
	}
	text := s.ask(t, key, "query {\n    auth_info {\n        tenant_id\n    }\n}", nil)
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Data.Info.ID == "" {
		t.Fatalf("auth_info: %s", text)
	}
	return got.Data.Info.ID
}

// tenants sends the queries for tenants of all eras of clients.
func (s *suite) tenants(t *testing.T) {
	id := s.tenant(t, s.AdminKey)
	if other := s.tenant(t, s.RunnerKey); other != id {
		t.Fatalf("the keys are of two tenants, %s and %s", id, other)
	}
	own := `{"data":{"tenant":[{"id":"` + id + `"}]}}`
	checkEqual(t, "by id, as 0.9.3 does", own, s.ask(t, s.AdminKey,
		"query($slug: String, $id: uuid) {\n    tenant(where: {slug: { _eq: $slug }, id: { _eq: $id } "+
			"}) {\n        id\n    }\n}", map[string]any{"slug": nil, "id": id}))
	all := s.ask(t, s.AdminKey,
		"query {\n    tenant(order_by: {slug: asc}) {\n        slug\n        name\n        id\n    }\n}", nil)
	if !strings.Contains(all, `"id":"`+id+`"`) {
		t.Errorf("all tenants: %s", all)
	}
	const foreign = "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"
	got := s.send(t, request{key: s.AdminKey, body: `{"query":"{secret_names}"}`,
		header: map[string]string{"X-PREFECT-TENANT-ID": foreign}})
	checkEqual(t, "a tenant that the key may not use", tenantRefused, got.body)
}

// scopes asks what an agent before 0.15 starts only with, as it does.
func (s *suite) scopes(t *testing.T) {
	for key, scope := range map[string]string{s.RunnerKey: "RUNNER", s.AdminKey: "USER"} {
		checkEqual(t, "before 0.10", `{"data":{"authInfo":{"apiTokenScope":"`+scope+`"}}}`,
			s.ask(t, key, "query { authInfo { apiTokenScope } }", nil))
		checkEqual(t, "0.10 to 0.14", `{"data":{"auth_info":{"api_token_scope":"`+scope+`"}}}`,
			s.ask(t, key, "query { auth_info { api_token_scope } }", nil))
	}
}

// tokens switches to the tenant as clients before 0.15 do, and uses the tokens.
func (s *suite) tokens(t *testing.T) {
	id := s.tenant(t, s.AdminKey)
	for _, c := range []struct{ field, input, argument, selection string }{
		{"switchTenant", "switchTenantInput", "tenantId", "a: accessToken r: refreshToken expiresAt"},
		{"switch_tenant", "switch_tenant_input", "tenant_id", "a: access_token r: refresh_token expires_at"},
	} {
		var got struct {
			Data map[string]struct{ A, R string }
		}
		text := s.ask(t, s.AdminKey, "mutation($input: "+c.input+"!){"+c.field+"(input: "+
			"$input){"+c.selection+"}}", map[string]any{"input": map[string]string{c.argument: id}})
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Data[c.field].A == "" {
			t.Fatalf("%s: %s", c.field, text)
		}
		token := got.Data[c.field]
		checkEqual(t, "names", `{"data":{"auth_info":{"tenant_id":"`+id+`"}}}`,
			s.ask(t, token.A, `{auth_info{tenant_id}}`, nil))
		checkEqual(t, "a write", `{"data":{"set_secret":{"success":true}}}`, s.ask(t, token.A,
			`mutation($n: String!){set_secret(input: {name: $n, value: 1}){success}}`,
			map[string]string{"n": s.name("by token")}))
		renewed := s.ask(t, token.R,
			`mutation($a: String!){refresh_token(input: {access_token: $a}){access_token}}`,
			map[string]string{"a": token.A})
		if !strings.HasPrefix(renewed, `{"data":{"refresh_token":{"access_token":"`) {
			t.Errorf("renewing: %s", renewed)
		}
		checkEqual(t, "an altered token", unauthenticated,
			s.ask(t, token.A[:len(token.A)-8]+"AAAAAAAA", `{secret_names}`, nil))
	}
}
