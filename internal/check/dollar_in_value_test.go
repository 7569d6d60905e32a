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
			"2 dollar-in-value: secret a takes its value from the variable SA, which has a $ in it: " + windows,
			"4 dollar-in-value: mine.password takes its value from the variable SA, which has a $ in it: " + windows,
		}},
		{`SA={"a": "canary$SET"}`, []string{
			"2 dollar-in-value: secret a takes its value from the variable SA, which has a $ in it: " + replaces,
			"4 dollar-in-value: mine.password takes its value from the variable SA, which has a $ in it: " + replaces,
		}},
		{`PREFECT__CONTEXT__SECRETS__J={"a": "canary$$7f3a"}`, []string{
			"1 dollar-in-value: secret J takes its value from the variable PREFECT__CONTEXT__SECRETS__J, which has a $ in it: " + windows,
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

// TestLiteralDollarIsToldOnce has secrets with a $: one finding each, of the rule that
// applies and is not ignored.
func TestLiteralDollarIsToldOnce(t *testing.T) {
	const replaces = "has a $ in it: Prefect replaces what follows it wherever the environment has a variable of that name"
	const plain = "2 plaintext-secret: secret db is in the file in plain text, and " + replaces
	const dollar = "2 dollar-in-value: secret db " + replaces
	for _, tt := range []struct {
		comment string
		rules   []string
		want    []string
	}{
		{"", nil, []string{plain}},
		{"", []string{"dollar-in-value"}, []string{dollar}},
		{"", []string{"plaintext-secret"}, []string{plain}},
		{" # prefect-secrets: ignore[plaintext-secret] a test", nil, []string{dollar}},
		{" # prefect-secrets: ignore[dollar-in-value] a test", nil, []string{plain}},
		{" # prefect-secrets: ignore[plaintext-secret, dollar-in-value] a test", nil, nil},
	} {
		found := File("a.toml", []byte("[context.secrets]\ndb = 'not$areal'"+tt.comment+"\n"), Options{Rules: tt.rules})
		if diff := cmp.Diff(tt.want, outline(found)); diff != "" {
			t.Errorf("%q with %q: %s", tt.rules, tt.comment, diff)
		}
	}
}

// TestDollarsOfSeveralVariables names each variable once, by what Prefect does.
func TestDollarsOfSeveralVariables(t *testing.T) {
	const text = "[context.secrets]\na = 'x://$U:$P@h/${Q}/$P'\n"
	found := File("a.toml", []byte(text), Options{Rules: []string{"dollar-in-value"}, Env: []string{"U=a$SET", "P=canary$SET", "Q=canary$$", "SET=x"}})
	want := []string{
		"2 dollar-in-value: secret a takes its value from the variables U and P, which have a $ in it: Prefect replaces what follows it by the variable of that name",
		"2 dollar-in-value: secret a takes its value from the variable Q, which has a $ in it: on Windows Prefect makes one $ of two",
	}
	if diff := cmp.Diff(want, outline(found)); diff != "" {
		t.Error(diff)
	}
	checkNotShown(t, found, text, "canary")
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
