package check

import (
	"testing"
)

// TestEvaluationError has what 0.10.7 made of these values of logging.extra_loggers,
// as fixtures/prefect/logging.jsonl has it.
func TestEvaluationError(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{"snowflake", "ValueError"}, {"a1,b1", "ValueError"}, {"aa, bb", "ValueError"}, {"aa.bb", "ValueError"},
		{"", "SyntaxError"}, {"aa bb", "SyntaxError"}, {"$EX", "SyntaxError"}, {"None", "TypeError"}, {"1", "TypeError"},
		{[]any{"aa", "bb"}, "ValueError"}, {int64(1), "ValueError"}, {true, "ValueError"},
		{"['aa','bb']", ""}, {`["aa","bb"]`, ""}, {"('aa',)", ""}, {"[]", ""}, {"{'aa':1}", ""}, {"'aa'", ""},
	} {
		if got := evaluationError(tt.value); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.value, got, tt.want)
		}
	}
}
