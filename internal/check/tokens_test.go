package check

import (
	"strings"
	"testing"
)

// joinParts joins what would alarm a scanner of this repository if it stood here in
// one piece.
func joinParts(p ...string) string { return strings.Join(p, "") }

func TestFindTokens(t *testing.T) {
	many := strings.Repeat("aB3", 14)
	web := joinParts("ey", "J", "hbGciOiJub25l", ".ey", "J", "zdWIiOiJ4In0", ".c2lnbmF0dXJl")
	for text, want := range map[string]string{
		joinParts("ghp", "_", many):                                         "a GitHub token",
		joinParts("ghs", "_", many):                                         "a GitHub token",
		joinParts("github", "_pat_", many):                                  "a GitHub token",
		joinParts("AK", "IA", "INVENTED00000000"):                           "an AWS access key",
		joinParts("xox", "b-", "1234567890-abc"):                            "a Slack token",
		joinParts("https://hooks.slack.com/", "services/T0AAAAAA/B0AAAAAA"): "a Slack webhook",
		joinParts("pcu", "_", many):                                         "a Prefect API key",
		joinParts("pcs", "_", many):                                         "a Prefect API key",
		joinParts("-----BEGIN ", "RSA PRIVATE KEY-----"):                    "a private key",
		joinParts("-----BEGIN ", "PRIVATE KEY-----"):                        "a private key",
		web:                                 "a JSON web token",
		joinParts("ghp", "_short"):          "",
		joinParts("AK", "IA", "lower"):      "",
		"xoxo-1234567890":                   "",
		"https://hooks.slack.com/services/": "",
		"https://hooks.slack.com/services/$SLACK_PATH":              "",
		"-----BEGIN CERTIFICATE-----":                               "",
		"-----BEGIN PUBLIC KEY-----":                                "",
		joinParts("ey", "J", "hbGciOiJub25l", ".x.y"):               "",
		joinParts("ey", "J", "hbGciOiJub25l", ".ey", "Jabc", ".xy"): "",
	} {
		for _, around := range []string{"", "\"", "'x=", " "} {
			got := findTokens(around + text + around)
			switch {
			case want == "" && len(got) == 0:
			case want == "" || len(got) != 1 || got[0].kind != want || got[0].start > len(around)+len("https://"):
				t.Errorf("%q: got %v, want %q", around+text, got, want)
			}
		}
		if got := findTokens("x" + text); len(got) > 0 && !strings.HasPrefix(text, "http") && !strings.HasPrefix(text, "-") {
			t.Errorf("%q: found within a word", "x"+text)
		}
	}
}

func TestFindTokensInOrder(t *testing.T) {
	text := joinParts("pcu", "_", strings.Repeat("a", 20), " ", "ghp", "_", strings.Repeat("b", 20), "/ghp", "_", strings.Repeat("c", 20))
	got := findTokens(text)
	if len(got) != 3 || got[0].start != 0 || got[1].end != 49 || got[2].end != len(text) {
		t.Errorf("got %v", got)
	}
	if masked := MaskTokens(text); masked != "*** ***/***" {
		t.Errorf("masked as %q", masked)
	}
}
