package check

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// join makes a credential of parts. In one piece it would alarm a scanner that looks
// for secrets in this repository.
func join(parts ...string) string { return strings.Join(parts, "") }

func TestFindTokens(t *testing.T) {
	many := strings.Repeat("aB3", 14)
	web := join("ey", "J", "hbGciOiJub25l", ".ey", "J", "zdWIiOiJ4In0", ".c2lnbmF0dXJl")
	for text, want := range map[string]string{
		join("ghp", "_", many):                                         "a GitHub token",
		join("ghs", "_", many):                                         "a GitHub token",
		join("github", "_pat_", many):                                  "a GitHub token",
		join("AK", "IA", "INVENTED00000000"):                           "an AWS access key",
		join("xox", "b-", "1234567890-abc"):                            "a Slack token",
		join("https://hooks.slack.com/", "services/T0AAAAAA/B0AAAAAA"): "a Slack webhook",
		join("pcu", "_", many):                                         "a Prefect API key",
		join("pcs", "_", many):                                         "a Prefect API key",
		join("-----BEGIN ", "RSA PRIVATE KEY-----"):                    "a private key",
		join("-----BEGIN ", "PRIVATE KEY-----"):                        "a private key",
		web:                                                            "a JSON web token",
		join("ghp", "_short"):                                          "",
		join("AK", "IA", "lower"):                                      "",
		"xoxo-1234567890":                                              "",
		"https://hooks.slack.com/services/":                            "",
		"https://hooks.slack.com/services/$SLACK_PATH":                 "",
		"-----BEGIN CERTIFICATE-----":                                  "",
		"-----BEGIN PUBLIC KEY-----":                                   "",
		join("ey", "J", "hbGciOiJub25l", ".x.y"):                       "",
		join("ey", "J", "hbGciOiJub25l", ".ey", "Jabc", ".xy"):         "",
	} {
		for _, delimiter := range []string{"", "\"", "'x=", " "} {
			got := findTokens(delimiter + text + delimiter)
			switch {
			case want == "" && len(got) == 0:
			case want == "" || len(got) != 1 || got[0].kind != want || got[0].start > len(delimiter)+len("https://"):
				t.Errorf("%q: got %v, want %q", delimiter+text, got, want)
			}
		}
		mayFollowLetter := strings.HasPrefix(text, "http") || strings.HasPrefix(text, "-")
		if got := findTokens("x" + text); len(got) > 0 && !mayFollowLetter {
			t.Errorf("%q: found within a word", "x"+text)
		}
	}
}

func TestFindTokensInOrder(t *testing.T) {
	text := join("pcu", "_", strings.Repeat("a", 20), " ") +
		join("ghp", "_", strings.Repeat("b", 20), "/ghp", "_", strings.Repeat("c", 20))
	got := findTokens(text)
	if len(got) != 3 || got[0].start != 0 || got[1].end != 49 || got[2].end != len(text) {
		t.Errorf("got %v", got)
	}
	if masked := MaskTokens(text); masked != "*** ***/***" {
		t.Errorf("masked as %q", masked)
	}
}

// findEach is findTokens with a search for each format.
func findEach(text string) []token {
	var found []token
	for _, f := range tokenFormats {
		for at := 0; ; {
			i := strings.Index(text[at:], f.prefix)
			if i < 0 {
				break
			}
			start := at + i
			n, ok := f.rest(text[start+len(f.prefix):])
			at = start + len(f.prefix) + n
			if ok && (start == 0 || strings.IndexByte(alphanumeric+"_", text[start-1]) < 0) {
				found = append(found, token{span{start, at}, f.kind})
			}
		}
	}
	slices.SortFunc(found, func(a, b token) int { return a.start - b.start })
	return dropOverlaps(found)
}

// TestFindTokensInOnePass compares one pass for all formats with a search for each, in
// texts made of prefixes and of what may follow them.
func TestFindTokensInOnePass(t *testing.T) {
	parts := []string{" ", "/", "_", "-", ".", "x", "b-", "p_", "u_", "PRIVATE KEY-----", "T0AAAAAAA", "é"}
	for _, f := range tokenFormats {
		parts = append(parts, f.prefix, f.prefix[1:])
	}
	for _, n := range []int{3, 10, 16, 20, 30, 32} {
		parts = append(parts, strings.Repeat("a", n), strings.Repeat("B", n), strings.Repeat("7", n))
	}
	random, found := rand.New(rand.NewPCG(1, 2)), 0
	for range 20_000 {
		var text strings.Builder
		for range 1 + random.IntN(12) {
			text.WriteString(parts[random.IntN(len(parts))])
		}
		got, want := findTokens(text.String()), findEach(text.String())
		if found += len(got); len(text.String()) >= minToken && !slices.Equal(got, want) {
			t.Fatalf("%q: got %v, want %v", text.String(), got, want)
		}
	}
	if found < 1000 {
		t.Errorf("only %d credentials in all texts", found)
	}
}
