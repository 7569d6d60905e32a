package address_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

func TestProblem(t *testing.T) {
	const (
		noHost  = "the URL has no host"
		noURL   = "not a URL"
		slashes = "two slashes follow the scheme of a URL: write "
	)
	for text, want := range map[string]string{
		"https://secrets.example.com":    "",
		"http://localhost:4200/graphql":  "",
		"HTTPS://secrets.example.com/":   "",
		"http://[::1]:4200":              "",
		"localhost:4200":                 `"localhost:4200" has no scheme: use http://localhost:4200`,
		"localhost":                      `"localhost" has no scheme: use http://localhost`,
		"127.0.0.1:4200/":                `"127.0.0.1:4200/" has no scheme: use http://127.0.0.1:4200/`,
		"[::1]:4200":                     `"[::1]:4200" has no scheme: use http://[::1]:4200`,
		"store.example/graphql":          `"store.example/graphql" has no scheme: use https://store.example/graphql`,
		"secrets.example.com":            `"secrets.example.com" has no scheme: use https://secrets.example.com`,
		"//store.example":                `"//store.example" has no scheme: use https://store.example`,
		"store:4200":                     `"store:4200" has no scheme: use https://store:4200`,
		"embeded":                        "not a URL: did you mean embedded?",
		"http:/x":                        slashes + "http://",
		"https:store.example":            slashes + "https://",
		"http://":                        noHost,
		"https:":                         noHost,
		"https://:4200":                  noHost,
		"ftp://x":                        "the scheme ftp is not supported: use https://",
		"htps://x":                       "the scheme htps is not supported: use https://",
		`"https://x"`:                    "a URL has no spaces or quotation marks: remove them",
		"https://x y":                    "a URL has no spaces or quotation marks: remove them",
		"https://x:port":                 noURL,
		"user:CANARY@store.example":      noURL,
		"CANARY":                         noURL,
		"CANARY.example?key=CANARY":      noURL,
		"CANARY:x":                       noURL,
		"ghp_CANARYCANARYCANARY":         noURL,
		"aGVsbG8gd29ybGQ+CANARY/abc=":    noURL,
		"$PREFECT_URL_CANARY":            noURL,
		"${{ secrets.URL_CANARY }}":      "a URL has no spaces",
		"https://user:CANARY@x:bad/path": noURL,
	} {
		got := address.Problem(text, "embedded")
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "CANARY") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if _, ok := address.Absolute(text); ok != (got == "") {
			t.Errorf("%s: absolute: %v, and the problem is %q", text, ok, got)
		}
	}
}
