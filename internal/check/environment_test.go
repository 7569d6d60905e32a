package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForMany compares files that share the options with files that do not.
func TestForMany(t *testing.T) {
	const text = "[context.secrets]\nA = '$A'\nB = '${B}'\nC = '$MISSING'\nD = 'x$A'\n[mine]\na = '${A}${mine.b}'\n"
	for _, env := range [][]string{nil, {}, {"A=1", "B=$$", "A=2$B", "PREFECT__CONTEXT__SECRETS__E=$$"}} {
		o := Options{Env: env}
		shared := o.ForMany()
		for range 2 {
			if diff := cmp.Diff(File("a.toml", []byte(text), o), File("a.toml", []byte(text), shared)); diff != "" {
				t.Errorf("environment %q: %s", env, diff)
			}
		}
		if (shared.parsedEnv == nil) != (env == nil) {
			t.Errorf("environment %q: parsed %t", env, shared.parsedEnv != nil)
		}
	}
}
