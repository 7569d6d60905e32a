package release

import (
	"regexp"
	"slices"
	"testing"
)

// TestKeys compares Keys with Prefect's own expression, in every text of a few characters.
func TestKeys(t *testing.T) {
	prefects := regexp.MustCompile(`\$\{(.[^${}]*)\}`)
	texts := []string{""}
	for range 7 {
		for _, text := range texts {
			var want []string
			for _, m := range prefects.FindAllStringSubmatch(text, -1) {
				want = append(want, m[1])
			}
			if got := Keys(text); !slices.Equal(got, want) {
				t.Fatalf("%q: %q, want %q", text, got, want)
			}
		}
		texts = longer(texts)
	}
}

// longer returns the texts with each of some parts behind them.
func longer(texts []string) (all []string) {
	for _, text := range texts {
		for _, part := range []string{"${", "$", "}", "a", "\n", "\xff"} {
			all = append(all, text+part)
		}
	}
	return all
}
