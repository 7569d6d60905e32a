package check

import (
	"slices"
	"strings"
)

// token is a part of a text that looks like a credential.
type token struct {
	span
	kind string // as in "looks like a GitHub token"
}

// shape is how credentials of one kind begin, and how to measure what follows:
// how many bytes of it were read, none of which begins another, and whether it
// is one.
type tokenFormat struct {
	kind   string
	prefix string
	rest   func(string) (int, bool)
}

// The shapes are those their issuers document: GitHub ("GitHub's token
// formats"), AWS (unique identifiers of IAM), Slack (token types; incoming
// webhooks), Prefect Cloud (API keys), each of the others, RFC 7468 and RFC 7519.
// Shorter ones than are issued count too.
var tokenFormats = []tokenFormat{
	{"a GitHub token", "ghp_", atLeast(alphanumeric, 20)},
	{"a GitHub token", "gho_", atLeast(alphanumeric, 20)},
	{"a GitHub token", "ghu_", atLeast(alphanumeric, 20)},
	{"a GitHub token", "ghs_", atLeast(alphanumeric, 20)},
	{"a GitHub token", "ghr_", atLeast(alphanumeric, 20)},
	{"a GitHub token", "github_pat_", atLeast(alphanumeric+"_", 20)},
	{"an AWS access key", "AKIA", atLeast(upper+digits, 16)},
	{"an AWS access key", "ASIA", atLeast(upper+digits, 16)},
	{"a Slack token", "xox", slackToken},
	{"a Slack webhook", "hooks.slack.com/services/", atLeast(alphanumeric+"/", 8)},
	{"a Prefect API key", "pcu_", atLeast(alphanumeric, 16)},
	{"a Prefect API key", "pcs_", atLeast(alphanumeric, 16)},
	{"a Prefect API key", "pnu_", atLeast(alphanumeric, 16)},
	{"a Prefect API key", "pnb_", atLeast(alphanumeric, 16)},
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

const (
	upper        = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits       = "0123456789"
	alphanumeric = upper + "abcdefghijklmnopqrstuvwxyz" + digits
)

// findTokens returns what looks like credentials, in the order of the text. They
// do not overlap.
func findTokens(text string) []token {
	var found []token
	for _, sh := range tokenFormats {
		found = sh.find(text, found)
	}
	slices.SortFunc(found, func(a, b token) int { return a.start - b.start })
	return dropOverlaps(found)
}

// find appends what has this shape and is not the end of a longer word.
func (sh tokenFormat) find(text string, found []token) []token {
	for at := 0; ; {
		i := strings.Index(text[at:], sh.prefix)
		if i < 0 {
			return found
		}
		start := at + i
		n, ok := sh.rest(text[start+len(sh.prefix):])
		at = start + len(sh.prefix) + n
		if ok && (start == 0 || strings.IndexByte(alphanumeric+"_", text[start-1]) < 0) {
			found = append(found, token{span{start, at}, sh.kind})
		}
	}
}

// apart drops what begins within the one before it.
func dropOverlaps(sorted []token) []token {
	kept := sorted[:0]
	for _, t := range sorted {
		if len(kept) == 0 || t.start >= kept[len(kept)-1].end {
			kept = append(kept, t)
		}
	}
	return kept
}

// MaskTokens masks what looks like a credential in a text, such as a name.
func MaskTokens(name string) string {
	tokens := findTokens(name)
	for i := len(tokens) - 1; i >= 0; i-- {
		name = name[:tokens[i].start] + mask + name[tokens[i].end:]
	}
	return name
}

// letters measures a run of at least so many of an alphabet.
func atLeast(alphabet string, least int) func(string) (int, bool) {
	return func(text string) (int, bool) {
		n := prefixLength(text, alphabet)
		return n, n >= least
	}
}

func prefixLength(text, alphabet string) int {
	for i := range len(text) {
		if strings.IndexByte(alphabet, text[i]) < 0 {
			return i
		}
	}
	return len(text)
}

// slackToken measures b-123 after xox.
func slackToken(text string) (int, bool) {
	if len(text) < 2 || !strings.Contains("abeprs", text[:1]) || text[1] != '-' {
		return 0, false
	}
	n := prefixLength(text[2:], alphanumeric+"-")
	return 2 + n, n >= 10
}

// privateKey measures RSA PRIVATE KEY----- after the opening dashes.
func privateKey(text string) (int, bool) {
	const end = "PRIVATE KEY-----"
	label := prefixLength(text[:min(len(text), 64)], upper+digits+" ")
	i := strings.Index(text[:min(len(text), label+5)], end)
	if i < 0 {
		return 0, false
	}
	return i + len(end), true
}

// webToken measures the rest of three parts in base64url, of which the second
// begins as the first does, with an opening brace and a quote.
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
