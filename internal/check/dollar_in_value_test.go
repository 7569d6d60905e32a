package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDollarsOfTheEnvironment has secrets whose variables have a $ in their values.
func TestDollarsOfTheEnvironment(t *testing.T) {
	const text = "[context.secrets]\na = '$SA'\n[mine]\npassword = '${SA}'\nother = '$SA'\n"
	const windows, replaces = "on Windows Prefect makes one $ of two", "Prefect replaces what follows it by the variable of that name"
	for _, tt := range []struct {
		env  string
		want []string
	}{
		{`SA={"db": {"password": "canary$$7f3a"}}`, []string{
			"2 dollar-in-value: secret a takes its value from SA, which has a $ in it: " + windows,
			"4 dollar-in-value: mine.password takes its value from SA, which has a $ in it: " + windows,
		}},
		{`SA={"a": "canary$SET"}`, []string{
			"2 dollar-in-value: secret a takes its value from SA, which has a $ in it: " + replaces,
			"4 dollar-in-value: mine.password takes its value from SA, which has a $ in it: " + replaces,
		}},
		{`PREFECT__CONTEXT__SECRETS__J={"a": "canary$$7f3a"}`, []string{
			"1 dollar-in-value: secret J takes its value from PREFECT__CONTEXT__SECRETS__J, which has a $ in it: " + windows,
		}},
		{"SA=canary$word", nil}, {"SA=canary", nil}, {"SA=$SET", nil}, {"OTHER=canary$$", nil},
	} {
		found := File("a.toml", []byte(text), Options{Rules: []string{"dollar-in-value"}, Env: []string{tt.env, "SET=x"}})
		if diff := cmp.Diff(tt.want, outline(found)); diff != "" {
			t.Errorf("%s: %s", tt.env, diff)
		}
		checkNotShown(t, found, text, "canary")
	}
}

// TestStartShowsNoValue has a variable whose value must not be shown.
func TestStartShowsNoValue(t *testing.T) {
	const text = "[logging]\nlevel = '$LEVEL'\nformat = '$LEVEL'\nextra_loggers = '$LEVEL'\n"
	found := File("a.toml", []byte(text), Options{Env: []string{"LEVEL=" + canary}})
	if len(found) != 3 {
		t.Errorf("got %v", found)
	}
	checkNotShown(t, found, text, canary)
}
