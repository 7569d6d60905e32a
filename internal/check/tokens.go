package check

import (
	"strings"
	"sync"
)

// token is a part of a text that looks like a credential.
type token struct {
	span
	kind string // as in "looks like a GitHub token"
}

// tokenFormat is the format of one kind of credential. rest reads what follows the
// prefix: how many bytes of it belong to the same word, so that no credential begins
// among them, and whether they make one.
type tokenFormat struct {
	kind   string
	prefix string
	rest   func(string) (int, bool)
}

// tokenFormats are those that the issuers document: GitHub ("GitHub's token
// formats"), AWS (unique identifiers of IAM), Slack (token types; incoming
// webhooks), Prefect Cloud (API keys), each of the others, RFC 7468 and RFC 7519.
// Tokens that are shorter than issued ones count too.
var tokenFormats = [...]tokenFormat{
	{"a GitHub token", "gh", afterLetter("pousr", 20)},
	{"a GitHub token", "github_pat_", atLeast(alphanumeric+"_", 20)},
	{"an AWS access key", "AKIA", atLeast(upper+digits, 16)},
	{"an AWS access key", "ASIA", atLeast(upper+digits, 16)},
	{"a Slack token", "xox", slackToken},
	{"a Slack webhook", "hooks.slack.com/services/", atLeast(alphanumeric+"/", 8)},
	{"a Prefect API key", "pc", afterLetter("us", 16)},
	{"a Prefect API key", "pn", afterLetter("ub", 16)},
	{"a GitLab token", "glpat-", atLeast(alphanumeric+"-_", 16)},
	{"an npm token", "npm_", atLeast(alphanumeric, 20)},
	{"a Docker token", "dckr_pat_", atLeast(alphanumeric+"-_", 16)},
	{"a Stripe key", "sk_live_", atLeast(alphanumeric, 16)},
	{"a Stripe key", "rk_live_", atLeast(alphanumeric, 16)},
	{"a Google API key", "AIza", atLeast(alphanumeric+"-_", 30)},
	{"a SendGrid key", "SG.", atLeast(alphanumeric+"-_.", 30)},
	{"a PyPI token", "pypi-", atLeast(alphanumeric+"-_", 30)},
	{"a Vault token", "hvs.", atLeast(alphanumeric+"-_", 20)},
	{"a Databricks token", "dapi", atLeast("0123456789abcdef", 32)},
	{"a private key", "-----BEGIN ", privateKey},
	{"a JSON web token", "eyJ", webToken},
}

// minToken is the length of the shortest credential that has a format: of Slack's.
const minToken = len("xoxb-") + minSlack

const (
	upper        = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits       = "0123456789"
	alphanumeric = upper + "abcdefghijklmnopqrstuvwxyz" + digits
)

// findTokens returns what looks like credentials, in the order of the text. They
// do not overlap. No credential is at the end of a longer word.
func findTokens(text string) []token {
	if len(text) < minToken {
		return nil
	}
	var found []token
	var next [len(tokenFormats)]int // the offset from which each format's next one may begin
	pairs := firstPairs()
	for i := range len(text) - 1 {
		if !pairs.has(text[i], text[i+1]) {
			continue
		}
		for j := range tokenFormats {
			f := &tokenFormats[j]
			if i < next[j] || !strings.HasPrefix(text[i:], f.prefix) {
				continue
			}
			n, ok := f.rest(text[i+len(f.prefix):])
			next[j] = i + len(f.prefix) + n
			if ok && (i == 0 || strings.IndexByte(alphanumeric+"_", text[i-1]) < 0) {
				found = append(found, token{span{i, next[j]}, f.kind})
			}
		}
	}
	return dropOverlaps(found)
}

// bytePairs is a set of pairs of bytes.
type bytePairs [1 << 16 / 64]uint64

func (p *bytePairs) has(first, second byte) bool {
	pair := uint16(first)<<8 | uint16(second)
	return p[pair/64]&(1<<(pair%64)) != 0
}

// firstPairs returns the pairs of bytes with which a prefix of tokenFormats begins. Texts
// have few of them, so that one pass is faster than a search for each prefix.
var firstPairs = sync.OnceValue(func() *bytePairs {
	var pairs bytePairs
	for _, f := range tokenFormats {
		pair := uint16(f.prefix[0])<<8 | uint16(f.prefix[1])
		pairs[pair/64] |= 1 << (pair % 64)
	}
	return &pairs
})

// dropOverlaps drops each token that begins inside the one before it. It reuses the
// slice.
func dropOverlaps(sorted []token) []token {
	separate := sorted[:0]
	for _, t := range sorted {
		if len(separate) == 0 || t.start >= separate[len(separate)-1].end {
			separate = append(separate, t)
		}
	}
	return separate
}

// MaskTokens masks the parts of a name that look like credentials.
func MaskTokens(name string) string {
	tokens := findTokens(name)
	for i := len(tokens) - 1; i >= 0; i-- {
		name = name[:tokens[i].start] + mask + name[tokens[i].end:]
	}
	return name
}

// atLeast returns a tokenFormat.rest for letters of an alphabet, minLength or more.
func atLeast(alphabet string, minLength int) func(string) (int, bool) {
	return func(text string) (int, bool) {
		n := prefixLength(text, alphabet)
		return n, n >= minLength
	}
}

// afterLetter returns a tokenFormat.rest for one of some letters, an underscore, and then
// minLength letters and digits or more.
func afterLetter(letters string, minLength int) func(string) (int, bool) {
	return func(text string) (int, bool) {
		if len(text) < 2 || !strings.Contains(letters, text[:1]) || text[1] != '_' {
			return 0, false
		}
		n := prefixLength(text[2:], alphanumeric)
		return 2 + n, n >= minLength
	}
}

// prefixLength returns how many bytes text has before the first that is not in the
// alphabet.
func prefixLength(text, alphabet string) int {
	for i := range len(text) {
		if strings.IndexByte(alphabet, text[i]) < 0 {
			return i
		}
	}
	return len(text)
}

// slackToken reads b-123 after xox.
func slackToken(text string) (int, bool) {
	if len(text) < 2 || !strings.Contains("abeprs", text[:1]) || text[1] != '-' {
		return 0, false
	}
	n := prefixLength(text[2:], alphanumeric+"-")
	return 2 + n, n >= minSlack
}

// minSlack is how many characters a Slack token has after its type.
const minSlack = 10

// privateKey reads RSA PRIVATE KEY----- after -----BEGIN.
func privateKey(text string) (int, bool) {
	const end = "PRIVATE KEY-----"
	label := prefixLength(text[:min(len(text), 64)], upper+digits+" ")
	i := strings.Index(text[:min(len(text), label+5)], end)
	if i < 0 {
		return 0, false
	}
	return i + len(end), true
}

// webToken reads what follows eyJ in three parts of base64url. The second part
// begins as the first does: eyJ encodes an opening brace and a quote.
func webToken(text string) (int, bool) {
	const alphabet = alphanumeric + "-_"
	first := prefixLength(text, alphabet)
	if first < 8 || !strings.HasPrefix(text[first:], ".eyJ") {
		return first, false
	}
	second := first + 1 + prefixLength(text[first+1:], alphabet)
	if !strings.HasPrefix(text[second:], ".") {
		return first, false
	}
	third := prefixLength(text[second+1:], alphabet)
	return second + 1 + third, third >= 8
}
