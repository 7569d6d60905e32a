package prefect_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func TestADeepConfigIsAnError(t *testing.T) {
	const many = 1 << 20
	for name, text := range map[string]string{
		"arrays":        "a = 1\nb = " + strings.Repeat("[", many),
		"tables":        "a = 1\n" + strings.Repeat("[", many),
		"inline tables": "a = 1\nb = " + strings.Repeat("{a=", many),
		"a dotted key":  "a = 1\n" + strings.Repeat("a.", many) + "a = 1",
		"over lines":    "a = [\n" + strings.Repeat("[", many),
		"closed":        "a = 1\nb = " + strings.Repeat("[", many) + strings.Repeat("]", many),
		"after texts":   "a = \"]]]\\\"\" # ]]\nb = ['''\\''', " + strings.Repeat("[", many),
	} {
		_, err := prefect.LoadConfig(prefect.ConfigOptions{Text: text})
		var bad *prefect.ConfigError
		if !errors.As(err, &bad) || bad.Line != 2 || !strings.Contains(err.Error(), "deeper than 500 levels") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestBracketsThatNestNothing(t *testing.T) {
	open := strings.Repeat("[{.", 1000)
	for name, text := range map[string]string{
		"in texts":     fmt.Sprintf("a = \"%s\"\nb = '%[1]s'\nc = \"\"\"\n%[1]s\\\"\"\"\"\nd = '''\n%[1]s'''", open),
		"in comments":  strings.Repeat("# "+open+"\n", 3),
		"side by side": "a = [" + strings.Repeat("[1.5],", 1000) + "]\n" + strings.Repeat("[[t]]\nx.y = 1.5\n", 1000),
	} {
		if _, err := prefect.LoadConfig(prefect.ConfigOptions{Text: text}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
