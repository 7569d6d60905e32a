package surrogate_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
)

func TestLone(t *testing.T) {
	for text, want := range map[string]bool{
		``: false, `plain`: false, `\u0041`: false, `\ud83d\ude00`: false, `\uD83D\uDE00`: false, `\\ud83d`: false,
		`\u{d83d}`: false, `\u{1F600} \ud83d\ude00`: false, `\`: false, `\u`: false, `\u12`: false, `\u+123`: false,
		`\ud83d`: true, `\ude00`: true, `\ude00\ud83d`: true, `\ud83d\u0041`: true, `\ud83d \ude00`: true,
		`\\\ud83d`: true, `\n\ud83d\n`: true, `\ud83d\ud83d\ude00`: true, `\ud83d\ude00\ude00`: true, `\u{1F600}\ude00`: true,
	} {
		if got := surrogate.Lone([]byte(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
