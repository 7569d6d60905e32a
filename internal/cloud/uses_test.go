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

// unreachableStore is a store that does not answer, and counts its calls.
type unreachableStore struct {
	cloud.Store
	calls int
}

var errUnreachable = errors.New("gone")

func (g *unreachableStore) Names(context.Context, string) ([]string, error) {
	g.calls++
	return nil, errUnreachable
}

func (g *unreachableStore) Get(context.Context, string, string) (json.RawMessage, error) {
	g.calls++
	return nil, errUnreachable
}

func (g *unreachableStore) Set(context.Context, string, string, json.RawMessage, string, bool) (bool, error) {
	g.calls++
	return false, errUnreachable
}

func (g *unreachableStore) Delete(context.Context, string, string) error {
	g.calls++
	return errUnreachable
}

func (g *unreachableStore) Info(context.Context, string, ...string) (map[string]cloud.Info, error) {
	g.calls++
	return nil, errUnreachable
}

// documents are the documents of fields that need more than their name.
var documents = map[string]string{
	"secret": `{secret{name}}`, "tenant": `{tenant{id}}`, "user": `{user{__typename}}`,
	"auth_info": `{auth_info{tenant_id}}`, "authInfo": `{authInfo{apiTokenScope}}`,
	"secrets_api":  `{secrets_api{version unreachable(names: ["A"])}}`,
	"secret_value": `{secret_value(name: "A")}`, "secretValue": `{secretValue(name: "A")}`,
	"set_secret":    `mutation{set_secret(input: {name: "A", value: 1}){success}}`,
	"setSecret":     `mutation{setSecret(input: {name: "A", value: 1}){success}}`,
	"delete_secret": `mutation{delete_secret(input: {name: "A"}){success}}`,
	"deleteSecret":  `mutation{deleteSecret(input: {name: "A"}){success}}`,
	"switch_tenant": `mutation{switch_tenant(input: {tenant_id: "` + tenantA + `"}){access_token}}`,
	"switchTenant":  `mutation{switchTenant(input: {tenantId: "` + tenantA + `"}){accessToken}}`,
	"refresh_token": `mutation{refresh_token(input: {access_token: "a"}){access_token}}`,
	"refreshToken":  `mutation{refreshToken(input: {accessToken: "a"}){accessToken}}`,
}

// TestFieldsUseWhatTheySay compares @uses in schema.graphql with what each field
// does.
func TestFieldsUseWhatTheySay(t *testing.T) {
	store, w := &unreachableStore{}, &witness{}
	a := newAPI(t, func(c *cloud.Config) { c.Store, c.Hook = store, w })
	for _, field := range a.Fields() {
		document := documents[field]
		if document == "" {
			document = fmt.Sprintf("{%s}", field)
		}
		store.calls = 0
		body, _ := json.Marshal(map[string]string{"query": document})
		for _, key := range []string{adminKey, runKey} {
			if got := post(t, a, key, string(body)).body; strings.Contains(got, "GRAPHQL") {
				t.Errorf("documents lacks a valid one for %s: %s", field, got)
			}
		}
		want := cloud.FieldOf(field)
		if got := store.calls > 0; got != want.Store {
			t.Errorf("%s calls the store: %v, want %v", field, got, want.Store)
		}
		if w.seen.NumFields() == 1 && (w.seen.Call(0).Secret != "") != want.Named {
			t.Errorf("%s is about %q, and Named is %v", field, w.seen.Call(0).Secret, want.Named)
		}
	}
}
