package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAssumedVariables(t *testing.T) {
	const text = "[context.secrets]\na = '$AWS_KEY'\nb = '${AWS_TOKEN}'\nc = '$OTHER'\nd = '${AWS_REGION:-eu}'\ne = '{\"k\": \"$JSON_KEY\"}'\nf = 'x://u:$AWS_PW@h'\n"
	for _, tt := range []struct {
		assume []string
		want   []int
	}{
		{nil, []int{2, 3, 4, 5, 6, 7}},
		{[]string{"AWS_*"}, []int{4, 5, 6}},
		{[]string{"AWS_*", "OTHER", "JSON_?EY"}, []int{5}},
		{[]string{"*"}, []int{5}},
		{[]string{"aws_*", "["}, []int{2, 3, 4, 5, 6, 7}},
	} {
		var got []int
		for _, d := range File("a.toml", []byte(text), Options{Rules: []string{"unset-env"}, Env: []string{}, AssumeEnv: tt.assume}) {
			got = append(got, d.Line)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.assume, diff)
		}
	}
}

// TestAllUnsetVariablesAreNamed has values with several references: one finding each,
// with every name once, and none that may be a part of a secret.
func TestAllUnsetVariablesAreNamed(t *testing.T) {
	const bare = ": the references stay in the string as they are"
	for value, want := range map[string]string{
		"$A_B":               "the environment variable A_B, which is not set: the reference stays in the string as it is",
		"${A_B}":             "the environment variable A_B, which is not set: the reference becomes the empty string",
		"${A_B}${A_B}":       "the environment variable A_B, which is not set: the reference becomes the empty string",
		"x://$U:$P@h":        "the environment variables U and P, which are not set" + bare,
		"${U}:${P}@${H}":     "the environment variables U, P and H, which are not set: each reference becomes the empty string",
		"x://$U:${P}@h":      "the environment variables U and P, which are not set: a bare $NAME stays in the string as it is, and ${NAME} becomes the empty string",
		"x://$U:$P@${SET}":   "the environment variables U and P, which are not set" + bare,
		"x://$U:$pa55W@h":    "the environment variables U and 1 more, which are not set" + bare,
		"x://$uU1x:$pa55W@h": "2 environment variables, which are not set" + bare,
		"$pa55W":             "an environment variable, which is not set: the reference stays in the string as it is",
	} {
		text := "[context.secrets]\na = '" + value + "'\n"
		found := File("a.toml", []byte(text), Options{Rules: []string{"unset-env"}, Env: []string{"SET=x"}})
		if diff := cmp.Diff([]string{"2 unset-env: secret a names " + want}, outline(found)); diff != "" {
			t.Errorf("%s: %s", value, diff)
		}
		checkNotShown(t, found, text, "pa55W")
	}
}

// TestUnsetNamesAreBounded has more variables in a value than a message lists.
func TestUnsetNamesAreBounded(t *testing.T) {
	var value strings.Builder
	for n := range 1000 {
		fmt.Fprintf(&value, "${V%d}", n)
	}
	found := File("a.toml", []byte("a = '"+value.String()+"'\n"), Options{Rules: []string{"unset-env"}, Env: []string{}})
	if len(found) != 1 || !strings.Contains(found[0].Message, "V0, V1, ") || !strings.Contains(found[0].Message, " and 980 more, which are not set") {
		t.Errorf("found %v", found)
	}
}
