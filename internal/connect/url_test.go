package connect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// TestURLs gives each kind of store what people paste as its URL.
func TestURLs(t *testing.T) {
	const id = "11111111-2222-3333-4444-555555555555"
	const workspace = "https://api.prefect.cloud/api/accounts/" + id + "/workspaces/" + id
	const other = "is Prefect Cloud 2 or 3, which keeps secrets as blocks: use the URL of a GraphQL API of Prefect 1"
	for _, tt := range []struct{ url, inDefault, inBlocks string }{
		{"http://127.0.0.1:4200", "", ""},
		{"http://127.0.0.1:4200/api/", "", ""},
		{"http://127.0.0.1:4200/graphql", "", "http://127.0.0.1:4200/graphql is a GraphQL API of Prefect 1: use the URL of the API of Prefect 2 or 3, which ends in /api"},
		{"http://127.0.0.1:4200/graphql/alpha/", "", "is a GraphQL API of Prefect 1"},
		{"https://api.prefect.io", "", "is a GraphQL API of Prefect 1"},
		{"https://cloud.prefect.io/team", "", "is a GraphQL API of Prefect 1"},
		{workspace, other, ""},
		{workspace + "/", other, ""},
		{workspace + "/flows", other, "use " + workspace},
		{"https://API.prefect.cloud:443/api/accounts/" + id + "/workspaces/" + id, "API.prefect.cloud " + other, ""},
		{"https://api.prefect.cloud/accounts/" + id + "/workspaces/" + id, other, "use " + workspace},
		{"https://api.prefect.cloud/api", other, "must name a workspace: use https://api.prefect.cloud/api/accounts/ACCOUNT/workspaces/WORKSPACE"},
		{"https://app.prefect.cloud/account/" + id + "/workspace/" + id + "/flows?x=1", "app.prefect.cloud " + other, "use " + workspace},
		{"https://app.prefect.cloud/api/accounts/" + id + "/workspaces/" + id, other, "use " + workspace},
		{"https://app.prefect.cloud", other, "app.prefect.cloud is the web page of Prefect Cloud: use https://api.prefect.cloud/api/accounts/ACCOUNT"},
		{"http://user:pw-secret@127.0.0.1:4200/api", "must not contain a user or a password", "must not contain a user or a password"},
		{workspace + "?token=pw-secret", other, "must not have a query"},
		{"127.0.0.1:4200", "use http://127.0.0.1:4200", "use http://127.0.0.1:4200"},
		{`"http://127.0.0.1:4200/api"`, "no spaces or quotation marks", "no spaces or quotation marks"},
	} {
		check := func(kind *storekind.Kind, want string) {
			_, err := connect.Open(connect.Options{
				APIURL: tt.url, APIKey: prefect.TextValue(map[*storekind.Kind]string{storekind.Default: "k", storekind.Blocks: "pnu_x"}[kind]),
				Timeout: time.Minute, Getenv: func(string) string { return "" },
			}, connect.Place{Kind: kind.Name, Reader: "3"})
			switch {
			case want == "":
				if err != nil {
					t.Errorf("%s, %s: %v", kind.Name, tt.url, err)
				}
			case err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "--api-url: ") || strings.Contains(err.Error(), "pw-secret"):
				t.Errorf("%s, %s: %v, want %s", kind.Name, tt.url, err, want)
			}
		}
		check(storekind.Default, tt.inDefault)
		check(storekind.Blocks, tt.inBlocks)
	}
}
