package prefect

import (
	"strings"
	"testing"
)

func TestKnownMessagesShowNoPartThatDiffers(t *testing.T) {
	const value = "4111111111111111"
	for _, message := range knownMessages {
		sent := strings.ReplaceAll(message, "*", value)
		if got := knownMessage(sent); got == "" || strings.Contains(got, value) {
			t.Errorf("%s is displayed as %q", message, got)
		}
	}
	for _, message := range []string{
		"", value, "Unauthorized " + value, value + " Unauthorized", "unauthorized", "Unauthorized\n" + value,
	} {
		if got := knownMessage(message); got != "" {
			t.Errorf("%q is displayed as %q", message, got)
		}
	}
	if got := knownMessage(value + ": No value found for the requested key " + value); got != notFoundText {
		t.Errorf("a missing secret is displayed as %q", got)
	}
}
