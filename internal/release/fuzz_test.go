package release_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

const canary = "CANARY3f9a"

// FuzzLoad looks for panics, for a value in an error and for a config whose
// entries cannot be shown.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		"[context.secrets]\nK = \"$A\"\n",
		"a = \"{'x': (1, ${b})}\"\nb = \"${a}\"\n",
		"a.b = \"x${a.b}\"\n[a.c]\n",
		"[[a]]\nb = [1, \"a\"]\n",
		"[tasks.defaults]\nretry_delay = 99999999999999\ntimeout = \"5\"\n",
		"[logging]\nlevel = 5\nformat = \"%(x\"\n",
		"a = 1979-05-27\nb = \"<${a}>\"\n",
	} {
		f.Add(text, "A=${b}", "PREFECT__A__B=\\x41~")
	}
	f.Fuzz(func(t *testing.T, text, variable, setting string) {
		if len(text) > 4096 || len(variable) > 512 || len(setting) > 512 {
			return
		}
		env := []string{variable, setting, "PREFECT__CONTEXT__SECRETS__X=" + canary + "\\", "HOME=/home/user"}
		for _, v := range []release.Version{release.Documented, release.Number{0, 9, 3}.Version(), release.Number{1, 4, 1}.Version()} {
			loaded, err := release.Load(release.Options{Version: v, Text: text + "\n", Env: env})
			var e *release.Error
			if err != nil && (!errors.As(err, &e) || strings.Contains(err.Error(), canary)) {
				t.Fatalf("%s: %v", v, err)
			}
			if err == nil {
				for _, entry := range loaded.Entries() {
					_, _ = entry.Type(), entry.Repr()
				}
				loaded.Secrets()
			}
		}
	})
}

// BenchmarkLoad should take as long for each key of a long config as of a short one.
func BenchmarkLoad(b *testing.B) {
	for _, keys := range []int{100, 10_000, 100_000} {
		var text strings.Builder
		for i := range keys {
			fmt.Fprintf(&text, "[s%d]\nk = \"${s.k}-$A\"\n", i)
		}
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			for b.Loop() {
				_, err := release.Load(release.Options{Version: release.Number{1, 4, 1}.Version(), Text: text.String(), Env: []string{"A=x"}})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(keys), "ns/key")
		})
	}
}
