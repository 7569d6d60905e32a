package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// window is how many consecutive bytes of a secret are a leak.
const window = 8

// form is a piece of a secret in one encoding.
type form struct{ text, canary, encoding string }

// searcher finds pieces of secrets by the first eight bytes of their forms.
type searcher map[[window]byte][]form

func newSearcher(all []canary) searcher {
	s := searcher{}
	for _, c := range all {
		for _, secret := range c.secret {
			s.addSecret(c.name, secret)
		}
	}
	return s
}

func (s searcher) addSecret(name, secret string) {
	for encoding, texts := range encodings(secret) {
		for _, text := range texts.texts {
			s.addWindows(name, encoding, text, texts.window)
		}
	}
}

func (s searcher) addWindows(name, encoding, text string, width int) {
	width = min(width, len(text))
	for i := 0; i+width <= len(text); i++ {
		piece := text[i : i+width]
		key := [window]byte([]byte(piece))
		f := form{piece, name, encoding}
		if !slices.Contains(s[key], f) {
			s[key] = append(s[key], f)
		}
	}
}

// encodedSecret holds the forms of a secret in one encoding, and how many of their
// bytes hold eight bytes of the secret.
type encodedSecret struct {
	window int
	texts  []string
}

func encodings(secret string) map[string]encodedSecret {
	bytes := []byte(secret)
	escaped, _ := json.Marshal(secret)
	ascii := strconv.QuoteToASCII(secret)
	return map[string]encodedSecret{
		"raw":          {window, []string{secret, strings.ToLower(secret), strings.ToUpper(secret)}},
		"JSON":         {window, []string{unquoted(string(escaped)), unescapedJSON(secret), pythonJSON(secret)}},
		"quoted":       {window, []string{unquoted(strconv.Quote(secret)), unquoted(ascii)}},
		"URL":          {window, []string{url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret))}},
		"base64":       {11, base64Alignments(bytes, base64.StdEncoding, base64.URLEncoding)},
		"hex":          {16, []string{hex.EncodeToString(bytes), strings.ToUpper(hex.EncodeToString(bytes))}},
		"spaced hex":   {23, []string{fmt.Sprintf("% x", bytes), fmt.Sprintf("% X", bytes)}},
		"list of hex":  {38, []string{fmt.Sprintf("%#v", bytes)[len("[]byte{"):]}},
		"list of byte": {24, []string{fmt.Sprint(bytes), strings.ReplaceAll(fmt.Sprint(bytes), " ", ",")}},
	}
}

func unquoted(quoted string) string { return quoted[1 : len(quoted)-1] }

func unescapedJSON(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return unquoted(strings.TrimSpace(b.String()))
}

// pythonJSON returns a JSON string, without its quotes, as Python's json.dumps
// writes it: only in ASCII.
func pythonJSON(s string) string {
	var b strings.Builder
	for _, r := range unescapedJSON(s) {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		}
	}
	return b.String()
}

// base64Alignments returns the three forms in which base64 of a longer text may hold a
// secret.
func base64Alignments(secret []byte, alphabets ...*base64.Encoding) (texts []string) {
	for _, alphabet := range alphabets {
		for offset := range 3 {
			rest := secret[offset:]
			texts = append(texts, alphabet.EncodeToString(rest[:len(rest)/3*3]))
		}
	}
	return texts
}

// find returns the first piece of a secret in text, and its offset.
func (s searcher) find(text string) (form, int, bool) {
	for i := 0; i+window <= len(text); i++ {
		for _, f := range s[[window]byte([]byte(text[i:i+window]))] {
			if strings.HasPrefix(text[i:], f.text) {
				return f, i, true
			}
		}
	}
	return form{}, 0, false
}

// The search finds secrets in every form, and nothing else.
func TestSearch(t *testing.T) {
	all := values()
	s := newSearcher(all)
	for _, c := range all {
		for _, secret := range c.secret {
			for name, wrap := range formats {
				for i := 0; i+window <= len(secret); i += 5 {
					if _, _, found := s.find(wrap(secret)); !found {
						t.Errorf("%s: %s is not found", c.name, name)
					}
				}
			}
			if _, _, found := s.find("cut " + secret[len(secret)-window:] + "…"); !found {
				t.Errorf("%s: its last eight bytes are not found", c.name)
			}
			if _, _, found := s.find("cut " + secret[:window-1] + "…"); found {
				t.Errorf("%s: seven bytes are found", c.name)
			}
		}
	}
	innocent := `time=2026-11-25T16:13:26.992Z level=INFO msg=audit took=1.234567ms {"name":"PLAIN","user":"svc"} -----BEGIN RSA PRIVATE KEY-----`
	if f, _, found := s.find(innocent); found {
		t.Errorf("%+v is found in an innocent text", f)
	}
}

// formats are forms in which a program prints a string.
var formats = map[string]func(string) string{
	"as it is":          func(s string) string { return "a " + s + " z" },
	"JSON":              func(s string) string { b, _ := json.Marshal(map[string]string{"a": s}); return string(b) },
	"%q":                func(s string) string { return fmt.Sprintf("%q", s) },
	"%+q":               func(s string) string { return fmt.Sprintf("%+q", s) },
	"%v of bytes":       func(s string) string { return fmt.Sprint([]byte(s)) },
	"%#v of bytes":      func(s string) string { return fmt.Sprintf("%#v", []byte(s)) },
	"% x":               func(s string) string { return fmt.Sprintf("% x", s) },
	"%X":                func(s string) string { return fmt.Sprintf("%X", s) },
	"a query":           func(s string) string { return "?" + url.Values{"a": {s}}.Encode() },
	"base64":            func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 of more":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x" + s + "yz")) },
	"base64url of more": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("xy" + s + "z")) },
	"lower case":        strings.ToLower,
}
