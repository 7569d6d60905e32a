package prefect

import (
	"strings"
	"testing"
)

func TestKnownMessagesShowNoPartThatDiffers(t *testing.T) {
	const value = "4111111111111111"
	for _, message := range knownMessages {
		sent := strings.ReplaceAll(message, "*", value)
		if shown := knownMessage(sent); shown == "" || strings.Contains(shown, value) {
			t.Errorf("%s is shown as %q", message, shown)
		}
	}
	for _, message := range []string{"", value, "Unauthorized " + value, value + " Unauthorized", "unauthorized", "Unauthorized\n" + value} {
		if shown := knownMessage(message); shown != "" {
			t.Errorf("%q is shown as %q", message, shown)
		}
	}
	if shown := knownMessage(value + ": No value found for the requested key " + value); shown != notFoundText {
		t.Errorf("a missing secret is shown as %q", shown)
	}
}
