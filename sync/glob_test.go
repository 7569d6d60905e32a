package sync

import "testing"

func TestClassesWithAnExclamationMark(t *testing.T) {
	for glob, want := range map[string]bool{
		"TEAM[!_]*": true, `\[![!a]*`: true, `\\[!a]`: true, "[a][!b]": true,
		"[[!]*": false, `\[!x`: false, "[a!]": false, `[\[!]`: false, "!x": false, "[^!]": false,
	} {
		if got := hasBang(glob); got != want {
			t.Errorf("%s: got %t", glob, got)
		}
	}
}
