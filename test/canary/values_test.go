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
func random(seed uint64, n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	source, b := rand.New(rand.NewPCG(seed, 16)), make([]byte, n)
	for i := range b {
		b[i] = letters[source.IntN(len(letters))]
	}
	return string(b)
}

// between puts one of some odd texts behind every second byte of a random one.
func between(seed uint64, odd ...string) string {
	var b strings.Builder
	for i, r := range random(seed, 24) {
		b.WriteRune(r)
		if i%2 == 1 {
			b.WriteString(odd[i/2%len(odd)])
		}
	}
	return b.String()
}

// pem is a private key in its usual form; its first and last line are no secret.
func pem(seed uint64) canary {
	lines := []string{random(seed, 64), random(seed+100, 64), random(seed+200, 40)}
	text := "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Join(lines, "\n") + "\n-----END RSA PRIVATE KEY-----\n"
	return canary{"PEM", text, lines}
}

// object holds a secret string and a secret number.
func object(seed uint64, digits string) canary {
	inner := random(seed, 32)
	text, _ := json.Marshal(map[string]any{"user": "svc", "inner": map[string]any{"pass": inner}, "pin": json.Number(digits)})
	return canary{"OBJECT", string(text), []string{inner, digits}}
}

// values are secrets as CI holds them, of every shape.
func values() []canary {
	password := random(7, 20)
	whole := func(name, value string) canary { return canary{name, value, []string{value}} }
	return []canary{
		whole("PLAIN", random(1, 40)),
		pem(2),
		whole("QUOTED", between(3, `"`, `\`, "'", "`", "$")),
		whole("UNICODE", between(4, "ä", "日", "\u00a0", "😀")),
		whole("ODD", between(5, "%", "+", "&", "<", ">", "#", " ", "::")),
		whole("COMMAND", "::set-output name=x::"+random(6, 24)).only(random(6, 24)),
		whole("URL", "https://svc:"+password+"@db.example.com/app").only(password),
		object(8, "4929317046281537"),
		whole("DIGITS", "8304617295530418"),
		whole("LONG", strings.Repeat(random(9, 50), 200)).only(random(9, 50)),
		whole("LINES", random(10, 30)+"\r\n"+random(11, 30)+"\n\n"+random(12, 30)).only(random(10, 30), random(11, 30), random(12, 30)),
	}
}

func (c canary) only(secret ...string) canary {
	c.secret = secret
	return c
}

// credential is a key or token that lets its holder in.
func credential(name, value string) canary { return canary{name, value, []string{value}} }

// object of all values, as toJSON(secrets) gives it.
func asJSON(all []canary) string {
	object := map[string]string{}
	for _, c := range all {
		object[c.name] = c.value
	}
	text, _ := json.Marshal(object)
	return string(text)
}
