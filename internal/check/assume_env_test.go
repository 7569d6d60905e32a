package check_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
)

func TestValidateAssumed(t *testing.T) {
	for _, glob := range []string{"HOME", "AWS_*", "PREFECT__?", "[A-Z]*", "_x1", "*", "[^a]"} {
		if err := check.ValidateAssumed([]string{"A", glob}); err != nil {
			t.Errorf("%s: %v", glob, err)
		}
	}
	for glob, want := range map[string]string{
		"":               "it is empty",
		"TOKEN=hunter2":  "without = and a value",
		"$HOME":          "without the $",
		"${HOME}":        "without the $",
		"[A-Z":           "close its bracket",
		"AWS ACCESS":     "no variable has such a name",
		"AWS-*.hunter2 ": "no variable has such a name",
		"cloud.api":      "no variable has such a name",
		"GEHEIMNIS_Ä":    "no variable has such a name",
	} {
		err := check.ValidateAssumed([]string{"A", glob})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "number 2") {
			t.Errorf("%q: %v", glob, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error quotes what may be a value: %v", err)
		}
	}
}
