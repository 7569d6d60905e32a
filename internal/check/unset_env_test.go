package check

import (
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
