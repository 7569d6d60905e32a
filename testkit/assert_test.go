package testkit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func TestAssertSecrets(t *testing.T) {
	stored := map[string]any{"x": 1, "y": canary}
	object := func(x string) json.RawMessage { return json.RawMessage(`{"y": "` + canary + `", "x": ` + x + `}`) }
	tests := []struct {
		name  string
		want  map[string]any
		parts []string // of the message; none if the assertion holds
	}{
		{"equal as JSON", map[string]any{"A": object("1"), "B": canary}, nil},
		{"another value", map[string]any{"A": stored, "B": canary + "2"}, []string{`"B"`, `"string [redacted]"`, `"different string [redacted]"`}},
		{"equal numbers", map[string]any{"A": object("1.0e0"), "B": canary}, nil},
		{"a number a little off", map[string]any{"A": object("1.00000000000000000000001"), "B": canary}, []string{`"A"`, `"different object [redacted]"`}},
		{"missing", map[string]any{"A": stored, "B": canary, "C": canary}, []string{`"C"`}},
		{"surplus", map[string]any{"B": canary}, []string{`"A"`}},
		{"another type inside", map[string]any{"A": object(`"1"`), "B": canary}, []string{`"A"`, `"different object [redacted]"`}},
		{"another type", map[string]any{"A": stored, "B": 1}, []string{`"B"`, `"number [redacted]"`, `"string [redacted]"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud, tb := testkit.New(t), &fakeTB{}
			cloud.Set("A", stored)
			cloud.Set("B", canary)
			cloud.AssertSecrets(tb, tt.want)
			checkMessage(t, tb.finish(), tt.parts)
		})
	}
}

// checkMessage checks that a failure has all parts and no value; without parts there
// must be no failure.
func checkMessage(t *testing.T, got string, parts []string) {
	t.Helper()
	if (got == "") != (parts == nil) {
		t.Errorf("got: %s", strings.ReplaceAll(got, canary, "<canary>"))
	}
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("the message does not contain %s: %s", part, strings.ReplaceAll(got, canary, "<canary>"))
		}
	}
	if strings.Contains(got, canary) {
		t.Error("the message holds a value")
	}
}

func TestAssertNames(t *testing.T) {
	tests := []struct {
		name  string
		want  []string
		parts []string // of the message; none if the assertion holds
	}{
		{"equal in any order", []string{"B", "A"}, nil},
		{"missing", []string{"A", "B", "C"}, []string{`-`, `"C"`}},
		{"surplus", []string{"A"}, []string{`+`, `"B"`}},
		{"none", nil, []string{`"A"`, `"B"`}},
		{"twice", []string{"A", "A", "B"}, []string{`"A"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runTest(func(tb *fakeTB, cloud *testkit.Cloud) {
				cloud.Set("A", canary)
				cloud.Set("B", canary)
				cloud.AssertNames(tb, tt.want...)
			})
			checkMessage(t, got, tt.parts)
		})
	}
}

func TestAnEmptyFakeHasNoNames(t *testing.T) {
	cloud := testkit.New(t)
	cloud.AssertNames(t)
	cloud.AssertSecrets(t, nil)
}

func TestAssertSecretsComparesNumbersByValue(t *testing.T) {
	for _, tt := range []struct {
		stored, want string
		equal        bool
	}{
		{"100", "1e2", true}, {"100", "100.00", true}, {"0.001", "1E-3", true},
		{"-0", "0.0", true}, {"0e9", "0", true},
		{"12345678901234567890123", "12345678901234567890123.0", true},
		{"12345678901234567890123", "12345678901234567890124", false},
		{"1", "-1", false}, {"1", "10", false}, {"1e400", "1e401", false},
		{"1e99999999999999999999", "1e99999999999999999999", true},
	} {
		got := runTest(func(tb *fakeTB, cloud *testkit.Cloud) {
			cloud.Set("N", json.RawMessage(tt.stored))
			cloud.AssertSecrets(tb, map[string]any{"N": json.RawMessage(tt.want)})
		})
		if (got == "") != tt.equal {
			t.Errorf("%s and %s: %s", tt.stored, tt.want, got)
		}
	}
}
