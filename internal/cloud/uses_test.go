package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// gone is a store that does not answer, and counts how often it is asked.
type gone struct {
	cloud.Store
	asked int
}

var errGone = errors.New("gone")

func (g *gone) Names(context.Context, string) ([]string, error) { g.asked++; return nil, errGone }

func (g *gone) Get(context.Context, string, string) (json.RawMessage, error) {
	g.asked++
	return nil, errGone
}

func (g *gone) Set(context.Context, string, string, json.RawMessage, string, bool) (bool, error) {
	g.asked++
	return false, errGone
}

func (g *gone) Delete(context.Context, string, string) error { g.asked++; return errGone }

func (g *gone) Info(context.Context, string, ...string) (map[string]cloud.Info, error) {
	g.asked++
	return nil, errGone
}

// asking is how fields are asked for that need more than their name.
var asking = map[string]string{
	"secret": `{secret{name}}`, "tenant": `{tenant{id}}`, "user": `{user{__typename}}`, "auth_info": `{auth_info{tenant_id}}`,
	"secrets_api":  `{secrets_api{version unreachable(names: ["A"])}}`,
	"secret_value": `{secret_value(name: "A")}`, "secretValue": `{secretValue(name: "A")}`,
	"set_secret": `mutation{set_secret(input: {name: "A", value: 1}){success}}`, "setSecret": `mutation{setSecret(input: {name: "A", value: 1}){success}}`,
	"delete_secret": `mutation{delete_secret(input: {name: "A"}){success}}`, "deleteSecret": `mutation{deleteSecret(input: {name: "A"}){success}}`,
	"switch_tenant": `mutation{switch_tenant(input: {tenant_id: "` + tenantA + `"}){access_token}}`,
	"switchTenant":  `mutation{switchTenant(input: {tenantId: "` + tenantA + `"}){accessToken}}`,
	"refresh_token": `mutation{refresh_token(input: {access_token: "a"}){access_token}}`,
	"refreshToken":  `mutation{refreshToken(input: {accessToken: "a"}){accessToken}}`,
}

// TestFieldsUseWhatTheySay holds @uses in schema.graphql to what each field does.
func TestFieldsUseWhatTheySay(t *testing.T) {
	store, w := &gone{}, &witness{}
	a := newAPI(t, func(c *cloud.Config) { c.Store, c.Hook = store, w })
	for _, field := range a.Fields() {
		document := asking[field]
		if document == "" {
			document = fmt.Sprintf("{%s}", field)
		}
		store.asked = 0
		body, _ := json.Marshal(map[string]string{"query": document})
		for _, key := range []string{adminKey, runKey} {
			if got := post(t, a, key, string(body)).body; strings.Contains(got, "GRAPHQL") {
				t.Errorf("say in asking how to ask for %s: %s", field, got)
			}
		}
		said := cloud.FieldOf(field)
		if asked := store.asked > 0; asked != said.Store {
			t.Errorf("%s asks the store: %v, and says %v", field, asked, said.Store)
		}
		if w.seen.NumFields() == 1 && (w.seen.Call(0).Secret != "") != said.Named {
			t.Errorf("%s is about %q, and says %v", field, w.seen.Call(0).Secret, said.Named)
		}
	}
}
