package leaks_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// A random string in a random encoding at a random position is found, and no other is.
func TestRandomSecrets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	forms := slices.Sorted(maps.Keys(encodings))
	alphabet := []rune("abcXYZ019 _-+/=%\\\"'<>&$ä日🔑\n\t")
	randomString := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	for range 200 {
		value, other := "k"+randomString(12+random.IntN(30))+"k", "q"+randomString(14+random.IntN(30))+"q"
		form := forms[random.IntN(len(forms))]
		log := randomString(random.IntN(40)) + " " + encodings[form](value) + " " + randomString(random.IntN(40))
		if got := names(log, text("S", value), text("OTHER", other)); !slices.Equal(got, []string{"S"}) {
			t.Fatalf("%q as %s in %q: found %v", value, form, log, got)
		}
	}
}

// A string of at least 6 bytes is found in base64 and hexadecimal whatever surrounds
// it, before or after encoding.
func FuzzNames(f *testing.F) {
	for _, value := range values {
		for _, encode := range encodings {
			f.Add(encode(value), marshalled(value))
		}
	}
	f.Add(`\u\x\`, `{"a":[1,"b"]}`)
	f.Add("\xc3", `"\u00a4 6byte"`)
	f.Add("00000000: 61", `[12345678]`)
	f.Fuzz(func(t *testing.T, around, value string) {
		if len(around) > 4096 || len(value) > 256 {
			return
		}
		secret := leaks.Secret{Name: "S", Value: json.RawMessage(value)}
		names(around, secret)
		var s string
		if json.Unmarshal([]byte(value), &s) != nil || len(strings.TrimSpace(s)) < 6 {
			return
		}
		surrounded := []byte(around + s + around)
		for form, log := range map[string]string{
			"as it is":       string(surrounded),
			"base64":         "/v1/" + base64.StdEncoding.EncodeToString(surrounded) + "/x",
			"base64url":      "key" + base64.RawURLEncoding.EncodeToString(surrounded) + "key",
			"hexadecimal":    "f" + hex.EncodeToString(surrounded) + "0",
			"wrapped base64": wrap(base64.StdEncoding.EncodeToString(surrounded), 76, "\r\n\t"),
		} {
			if len(names(log, secret)) != 1 {
				t.Errorf("%q is not found %s", s, form)
			}
		}
	})
}
