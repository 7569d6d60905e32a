package cloud_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// What clients of 0.9 and of 0.10 to 0.15 send to switch the tenant and to renew tokens
// (client/client.py: login_to_tenant, _refresh_access_token).
var switching = map[string]struct{ switching, input, renewing, token, access, refresh, ends string }{
	"0.9.3": {
		"mutation($input: switchTenantInput!) {\n    switchTenant(input: $input) " +
			"{\n        accessToken\n        expiresAt\n        refreshToken\n    }\n}", "tenantId",
		"mutation($input: refreshTokenInput!) {\n    refreshToken(input: $input) " +
			"{\n        accessToken\n        expiresAt\n        refreshToken\n    }\n}", "accessToken",
		"accessToken", "refreshToken", "expiresAt",
	},
	"0.14.22": {
		"mutation($input: switch_tenant_input!) {\n    switch_tenant(input: $input) " +
			"{\n        access_token\n        expires_at\n        refresh_token\n    }\n}", "tenant_id",
		"mutation($input: refresh_token_input!) {\n    refresh_token(input: $input) " +
			"{\n        access_token\n        expires_at\n        refresh_token\n    }\n}", "access_token",
		"access_token", "refresh_token", "expires_at",
	},
}

// postAsOldClient sends a document with one input field as those clients do, and
// returns the payload.
func postAsOldClient(t *testing.T, a *cloud.API, bearer, document, field, value string) map[string]string {
	t.Helper()
	variables, _ := json.Marshal(map[string]any{"input": map[string]string{field: value}})
	body, _ := json.Marshal(map[string]string{"query": document, "variables": string(variables)})
	var got struct{ Data map[string]map[string]string }
	if text := post(t, a, bearer, string(body)).body; json.Unmarshal([]byte(text), &got) != nil {
		t.Fatal(text)
	}
	for _, payload := range got.Data {
		return payload
	}
	return nil
}

// login returns the access and the refresh token of a tenant.
func login(t *testing.T, a *cloud.API, key, tenant string) (access, refresh string) {
	t.Helper()
	c := switching["0.14.22"]
	got := postAsOldClient(t, a, key, c.switching, c.input, tenant)
	return got["access_token"], got["refresh_token"]
}

const (
	unauthenticated = `{"errors":[{"message":"Unauthenticated",` +
		`"extensions":{"code":"UNAUTHENTICATED"}}],"data":null}` + "\n"
	tenantRefused = `{"errors":[{"message":"Unauthenticated",` +
		`"extensions":{"code":"UNAUTHENTICATED","refused":"tenant"}}],"data":null}` + "\n"
)

func TestSwitchTenant(t *testing.T) {
	for release, c := range switching {
		t.Run(release, func(t *testing.T) {
			a := newAPI(t)
			got := postAsOldClient(t, a, adminKey, c.switching, c.input, strings.ToUpper(tenantB))
			if got[c.ends] != "2026-01-02T04:04:05Z" {
				t.Errorf("it ends at %q", got[c.ends])
			}
			checkQuery(t, a, got[c.access], `mutation{setSecret(input: {name: "IN_B", `+
				`value: 1}){success}}`, `{"data":{"setSecret":{"success":true}}}`)
			checkQuery(t, a, got[c.access], `{auth_info{tenant_id} tenant{slug}}`,
				`{"data":{"auth_info":{"tenant_id":"`+tenantB+`"},"tenant":[{"slug":"data"}]}}`)
			checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
			renewed := postAsOldClient(t, a, got[c.refresh], c.renewing, c.token, got[c.access])
			checkQuery(t, a, renewed[c.access], `{secret_names}`, `{"data":{"secret_names":["IN_B"]}}`)
		})
	}
}

// Any API with the same keys accepts a token, and no other does.
func TestTokensNeedNoSharedState(t *testing.T) {
	access, _ := login(t, newAPI(t), adminKey, tenantA)
	if got := post(t, newAPI(t), access, namesBody).body; got != `{"data":{"secret_names":[]}}`+"\n" {
		t.Errorf("a replica says %s", got)
	}
	others := map[string]func(*cloud.Config){
		"another key of that name": func(c *cloud.Config) { c.Keys[0].Secret = "another" },
		"key is gone":              func(c *cloud.Config) { c.Keys = c.Keys[1:] },
		"tenant is taken away":     func(c *cloud.Config) { c.Keys[0].Tenants = []string{tenantB} },
		"another token secret":     func(c *cloud.Config) { c.TokenSecret = []byte("x") },
		"key has expired":          func(c *cloud.Config) { c.Keys[0].Expires = clock },
		"token has ended":          func(c *cloud.Config) { c.Now = func() time.Time { return clock.Add(time.Hour) } },
	}
	for name, change := range others {
		if got := post(t, newAPI(t, change), access, namesBody).body; got != unauthenticated {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestTokensAreNoLongerThanTheirKey(t *testing.T) {
	const half = 30 * time.Minute
	a := newAPI(t, func(c *cloud.Config) { c.Keys[0].Expires = clock.Add(half) })
	c := switching["0.14.22"]
	got := postAsOldClient(t, a, adminKey, c.switching, c.input, tenantA)
	if want := clock.Add(half).UTC().Format(time.RFC3339); got["expires_at"] != want {
		t.Errorf("it ends at %s, the key at %s", got["expires_at"], want)
	}
}

// What a token may do is what its key may, in one tenant, and never more tokens.
func TestTokensAreLimited(t *testing.T) {
	a := newAPI(t)
	access, refresh := login(t, a, adminKey, tenantA)
	ofRunner, _ := login(t, a, runKey, tenantA)
	ofTeam, _ := login(t, a, "team-key", tenantA)
	const refusesTenant = `,"extensions":{"code":"UNAUTHENTICATED","refused":"tenant"}`
	none := func(field, code, message string) string {
		return `{"errors":[{"message":"` + message + `","locations":[{"line":1,"column":` +
			map[bool]string{true: "2", false: "10"}[code == "Q"] + `}],"path":["` + field + `"]`
	}
	for name, tt := range map[string]struct{ bearer, document, want string }{
		"access token, role of admin": {access, `{secret_value(name: "A")}`,
			none("secret_value", "Q", "Unauthorized")},
		"access token, role of runner": {ofRunner,
			`mutation{delete_secret(input: {name: "A"}){success}}`,
			none("delete_secret", "M", "Unauthorized")},
		"access token, patterns": {ofTeam,
			`mutation{delete_secret(input: {name: "A"}){success}}`,
			none("delete_secret", "M", "Unauthorized")},
		"access token, another token": {access,
			`mutation{switch_tenant(input: {tenant_id: "` + tenantA + `"}){access_token}}`,
			none("switch_tenant", "M", "Unauthorized")},
		"access token, renewed": {access,
			`mutation{refresh_token(input: {access_token: "x"}){access_token}}`,
			none("refresh_token", "M", "Unauthenticated")},
		"key, renewed": {adminKey,
			`mutation{refresh_token(input: {access_token: "x"}){access_token}}`,
			none("refresh_token", "M", "Unauthenticated")},
		"refresh token, names": {refresh, `{secret_names}`,
			none("secret_names", "Q", "Unauthenticated")},
		"refresh token, write": {refresh,
			`mutation{set_secret(input: {name: "A", value: 1}){success}}`,
			none("set_secret", "M", "Unauthenticated")},
		"refresh token, switch": {refresh,
			`mutation{switch_tenant(input: {tenant_id: "` + tenantA + `"}){access_token}}`,
			none("switch_tenant", "M", "Unauthenticated")},
		"key, tenant that is not its": {runKey,
			`mutation{switch_tenant(input: {tenant_id: "` + tenantB + `"}){access_token}}`,
			none("switch_tenant", "M", "Unauthenticated") + refusesTenant},
		"access token, tenant that is not its": {access,
			`mutation{switch_tenant(input: {tenant_id: "` + tenantB + `"}){access_token}}`,
			none("switch_tenant", "M", "Unauthenticated") + refusesTenant},
		"key, tenant that is not at all": {adminKey,
			`mutation{switch_tenant(input: {tenant_id: ` +
				`"33333333-3333-4333-8333-333333333333"}){access_token}}`,
			none("switch_tenant", "M", "Unauthenticated") + refusesTenant},
	} {
		body, _ := json.Marshal(map[string]string{"query": tt.document})
		if got := post(t, a, tt.bearer, string(body)).body; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %s\nwant %s", name, got, tt.want)
		}
	}
	if got := post(t, a, access, namesBody, cloud.HeaderTenant+": "+tenantB).body; got != tenantRefused {
		t.Errorf("in another tenant: %s", got)
	}
}

// Every byte of a token counts.
func TestAlteredTokens(t *testing.T) {
	a := newAPI(t)
	access, _ := login(t, a, adminKey, tenantA)
	for i := range access {
		altered := []byte(access)
		if altered[i]++; altered[i] == '[' || altered[i] == '{' || altered[i] == ':' {
			altered[i] = 'a'
		}
		if got := post(t, a, string(altered), namesBody).body; got != unauthenticated {
			t.Fatalf("byte %d: %s", i, got)
		}
		if got := post(t, a, access[:i]+"x", namesBody).body; got != unauthenticated {
			t.Fatalf("cut at byte %d: %s", i, got)
		}
	}
	if strings.Contains(access, adminKey) {
		t.Error("the token holds the key")
	}
}

// An agent before Prefect 0.15 starts only with the scope RUNNER (agent/agent.py).
func TestTheScopeOfEachKey(t *testing.T) {
	a := newAPI(t, withPlanner)
	access, refresh := login(t, a, runKey, tenantA)
	for key, scope := range map[string]string{
		runKey: "RUNNER", access: "RUNNER", adminKey: "USER", "planner-key": "USER",
	} {
		checkQuery(t, a, key, "query { authInfo { apiTokenScope } }", `{"data":{"authInfo":{"apiTokenScope":"`+scope+`"}}}`)
		checkQuery(t, a, key, "query { auth_info { api_token_scope } }",
			`{"data":{"auth_info":{"api_token_scope":"`+scope+`"}}}`)
	}
	checkQuery(t, a, refresh, "{authInfo{apiTokenScope}}", errorBody("Unauthenticated", "authInfo", "UNAUTHENTICATED"))
}
