package connect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
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
			}, connect.Place{Kind: kind.Name, Settings: map[string]string{"reader": "3"}})
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

// TestWhichURLWins gives each kind of store a URL by every way that there is. A variable
// that a job exports for the store of Prefect 1 never redirects an environment of blocks.
func TestWhichURLWins(t *testing.T) {
	const given, variable, manifest, prefectOwn = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3", "http://127.0.0.1:4"
	const manifestWins = "the manifest; PREFECT_SECRETS_API_URL"
	for _, tt := range []struct {
		kind                                   *storekind.Kind
		option, variable, manifest, prefectOwn string
		want, from                             string
	}{
		{storekind.Default, given, variable, manifest, prefectOwn, given, ""},
		{storekind.Default, "", variable, manifest, "", variable, "PREFECT_SECRETS_API_URL; the manifest differs and is ignored"},
		{storekind.Default, variable, variable, manifest, "", variable, "PREFECT_SECRETS_API_URL; the manifest differs and is ignored"},
		{storekind.Default, "", "", manifest, prefectOwn, manifest, "the manifest; PREFECT__CLOUD__API differs and is ignored"},
		{storekind.Blocks, given, variable, manifest, prefectOwn, given, ""},
		{storekind.Blocks, variable, variable, manifest, prefectOwn, variable, ""},
		{storekind.Blocks, "", variable, manifest, "", manifest, manifestWins + " differs and is ignored"},
		{storekind.Blocks, "", variable, manifest, prefectOwn, manifest, manifestWins + " and PREFECT_API_URL differ and are ignored"},
		{storekind.Blocks, "", manifest, manifest, "", manifest, ""},
		{storekind.Blocks, "", variable, "", prefectOwn, variable, "PREFECT_SECRETS_API_URL; PREFECT_API_URL differs and is ignored"},
		{storekind.Blocks, "", "", "", prefectOwn, prefectOwn, ""},
	} {
		env := map[string]string{"PREFECT_SECRETS_API_URL": tt.variable, tt.kind.URLVariable: tt.prefectOwn}
		for _, form := range []option.Form{option.Flag, option.Input} {
			conn, err := connect.Open(connect.Options{
				Given: form, APIURL: tt.option, APIKey: prefect.TextValue("k"), Timeout: time.Minute,
				Getenv: func(name string) string { return env[name] },
			}, connect.Place{URL: tt.manifest, Kind: tt.kind.Name, Settings: map[string]string{"reader": "3"}})
			if err != nil || conn.URL != tt.want || conn.URLFrom != tt.from || conn.Ambiguous != (tt.from != "") {
				t.Errorf("%+v: got %+v, %v", tt, conn, err)
			}
		}
	}
}

// TestBlocksAreNotEmbedded says where such a URL was found.
func TestBlocksAreNotEmbedded(t *testing.T) {
	for _, url := range []string{"embedded", "embedded:secrets.db"} {
		for from, o := range map[string]connect.Options{
			"--api-url":               {APIURL: url},
			"PREFECT_SECRETS_API_URL": {},
		} {
			o.Timeout, o.Getenv = time.Minute, func(name string) string {
				return map[string]string{"PREFECT_SECRETS_API_URL": url}[name]
			}
			_, err := connect.Open(o, connect.Place{Kind: storekind.Blocks.Name, Settings: map[string]string{"reader": "3"}})
			if want := from + ": Secret blocks cannot be embedded: use the URL of a server, such as"; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: got %v", url, err)
			}
		}
	}
}
