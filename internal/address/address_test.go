package address_test

import (
	"net/url"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

func TestAbsolute(t *testing.T) {
	for text, want := range map[string]bool{
		"https://secrets.example.com": true, "http://127.0.0.1:4200/api": true, "HTTPS://HOST": true,
		"https://user@host": true,
		"":                  false, "embedded": false, "secrets.example.com": false, "https://": false, "https:/host": false,
		"ftp://host": false, "//host": false, "https://host:port": false, "https://a b": false, "http://%zz": false,
	} {
		u, got := address.Absolute(text)
		if got != want || got != (u != nil) {
			t.Errorf("%q: got %v, %v, want %v", text, u, got, want)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "LocalHost": true, "127.0.0.1": true, "127.9.8.7": true,
		"::1": true, "::ffff:127.0.0.1": true,
		"": false, "localhost.example.com": false, "127.0.0.1.example.com": false, "0.0.0.0": false, "::": false,
		"10.0.0.1": false, "[::1]": false,
	} {
		if got := address.Loopback(host); got != want {
			t.Errorf("%q: got %v", host, got)
		}
	}
}

func TestUnencrypted(t *testing.T) {
	for text, want := range map[string]bool{
		"http://secrets.example.com": true, "http://10.0.0.1:4200": true, "https://secrets.example.com": false,
		"http://LOCALHOST:4200": false, "http://[::1]:4200": false, "http://127.0.0.1": false,
	} {
		if got := address.Unencrypted(mustParse(t, text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"https://user:password@host:1/a%2Fb?token=1#part": "https://host:1/a%2Fb",
		"http://host": "http://host",
	} {
		if got := address.Redacted(mustParse(t, text)); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestDisplay(t *testing.T) {
	for text, want := range map[string]string{
		"https://user:password@secrets.example.com/api?key=k#f": "https://secrets.example.com/api",
		"embedded": "embedded", "embedded:secrets.db": "embedded:secrets.db", "": "", "http://%zz": "http://%zz",
	} {
		if got := address.Display(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
