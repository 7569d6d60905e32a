package canary

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// canary is a value that must not show, and the parts of it that are secret.
type canary struct {
	name, value string
	secret      []string
}

// random makes text of letters and digits, so that no eight bytes of it stand
// anywhere by chance. Each seed has its own.
func randomString(seed uint64, n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	source, b := rand.New(rand.NewPCG(seed, 16)), make([]byte, n)
	for i := range b {
		b[i] = letters[source.IntN(len(letters))]
	}
	return string(b)
}

// between puts one of some odd texts behind every second byte of a random one.
func interleaved(seed uint64, odd ...string) string {
	var b strings.Builder
	for i, r := range randomString(seed, 24) {
		b.WriteRune(r)
		if i%2 == 1 {
			b.WriteString(odd[i/2%len(odd)])
		}
	}
	return b.String()
}

// pem is a private key in its usual form; its first and last line are no secret.
func newPEM(seed uint64) canary {
	lines := []string{randomString(seed, 64), randomString(seed+100, 64), randomString(seed+200, 40)}
	text := "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Join(lines, "\n") + "\n-----END RSA PRIVATE KEY-----\n"
	return canary{"PEM", text, lines}
}

// object holds a secret string and a secret number.
func newObject(seed uint64, digits string) canary {
	inner := randomString(seed, 32)
	text, _ := json.Marshal(map[string]any{"user": "svc", "inner": map[string]any{"pass": inner}, "pin": json.Number(digits)})
	return canary{"OBJECT", string(text), []string{inner, digits}}
}

// values are secrets as CI holds them, of every shape.
func values() []canary {
	password := randomString(7, 20)
	whole := func(name, value string) canary { return canary{name, value, []string{value}} }
	return []canary{
		whole("PLAIN", randomString(1, 40)),
		newPEM(2),
		whole("QUOTED", interleaved(3, `"`, `\`, "'", "`", "$")),
		whole("UNICODE", interleaved(4, "ä", "日", "\u00a0", "😀")),
		whole("ODD", interleaved(5, "%", "+", "&", "<", ">", "#", " ", "::")),
		whole("COMMAND", "::set-output name=x::"+randomString(6, 24)).only(randomString(6, 24)),
		whole("URL", "https://svc:"+password+"@db.example.com/app").only(password),
		newObject(8, "4929317046281537"),
		whole("DIGITS", "8304617295530418"),
		whole("LONG", strings.Repeat(randomString(9, 50), 200)).only(randomString(9, 50)),
		whole("LINES", randomString(10, 30)+"\r\n"+randomString(11, 30)+"\n\n"+randomString(12, 30)).only(randomString(10, 30), randomString(11, 30), randomString(12, 30)),
	}
}

func (c canary) only(secret ...string) canary {
	c.secret = secret
	return c
}

// credential is a key or token that lets its holder in.
func newCredential(name, value string) canary { return canary{name, value, []string{value}} }

// object of all values, as toJSON(secrets) gives it.
func asJSON(all []canary) string {
	object := map[string]string{}
	for _, c := range all {
		object[c.name] = c.value
	}
	text, _ := json.Marshal(object)
	return string(text)
}
