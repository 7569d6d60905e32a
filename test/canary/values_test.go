package canary

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// canary is a secret value, and the parts of it that are secret.
type canary struct {
	name, value string
	secret      []string
}

// randomString returns n letters and digits, the same for each seed. No eight of them
// appear anywhere by chance.
func randomString(seed uint64, n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	source, b := rand.New(rand.NewPCG(seed, 16)), make([]byte, n)
	for i := range b {
		b[i] = letters[source.IntN(len(letters))]
	}
	return string(b)
}

// interleaved inserts one of some odd strings after every second byte of a random one.
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

// newPEM returns a private key, whose first and last line are not secret.
func newPEM(seed uint64) canary {
	lines := []string{randomString(seed, 64), randomString(seed+100, 64), randomString(seed+200, 40)}
	text := "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Join(lines, "\n") + "\n-----END RSA PRIVATE KEY-----\n"
	return canary{"PEM", text, lines}
}

// newObject returns an object that holds a secret string and a secret number.
func newObject(seed uint64, digits string) canary {
	inner := randomString(seed, 32)
	text, _ := json.Marshal(map[string]any{
		"user": "svc", "inner": map[string]any{"pass": inner}, "pin": json.Number(digits),
	})
	return canary{"OBJECT", string(text), []string{inner, digits}}
}

// values returns secrets of CI, of every shape.
func values() []canary {
	password := randomString(7, 20)
	long := randomString(9, 50)
	lines := []string{randomString(10, 30), randomString(11, 30), randomString(12, 30)}
	return []canary{
		newCanary("PLAIN", randomString(1, 40)),
		newPEM(2),
		newCanary("QUOTED", interleaved(3, `"`, `\`, "'", "`", "$")),
		newCanary("UNICODE", interleaved(4, "ä", "日", "\u00a0", "😀")),
		newCanary("ODD", interleaved(5, "%", "+", "&", "<", ">", "#", " ", "::")),
		newCanary("COMMAND", "::set-output name=x::"+randomString(6, 24)).only(randomString(6, 24)),
		newCanary("URL", "https://svc:"+password+"@db.example.com/app").only(password),
		newObject(8, "4929317046281537"),
		newCanary("DIGITS", "8304617295530418"),
		newCanary("LONG", strings.Repeat(long, 200)).only(long),
		newCanary("LINES", lines[0]+"\r\n"+lines[1]+"\n\n"+lines[2]).only(lines...),
	}
}

// only returns c with other secret parts.
func (c canary) only(secret ...string) canary {
	c.secret = secret
	return c
}

// newCanary returns a canary whose complete value is secret.
func newCanary(name, value string) canary { return canary{name, value, []string{value}} }

// asJSON returns the values as toJSON(secrets) does.
func asJSON(all []canary) string {
	object := map[string]string{}
	for _, c := range all {
		object[c.name] = c.value
	}
	text, _ := json.Marshal(object)
	return string(text)
}
