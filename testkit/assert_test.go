package testkit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func TestAssertSecrets(t *testing.T) {
	stored := func(cloud *testkit.Cloud) {
		cloud.Set("A", map[string]any{"x": 1, "y": canary})
		cloud.Set("B", canary)
	}
	tests := []struct {
		name string
		want map[string]any
		says []string
	}{
		{"equal as JSON", map[string]any{"A": json.RawMessage(`{"y": "` + canary + `", "x": 1}`), "B": canary}, nil},
		{"another value", map[string]any{"A": map[string]any{"x": 1, "y": canary}, "B": canary + "2"}, []string{`"B"`, "[redacted text]", "[redacted another text]"}},
		{"numbers worth the same", map[string]any{"A": json.RawMessage(`{"x": 1.0e0, "y": "` + canary + `"}`), "B": canary}, nil},
		{"a number a little off", map[string]any{"A": json.RawMessage(`{"x": 1.00000000000000000000001, "y": "` + canary + `"}`), "B": canary}, []string{`"A"`, "another object"}},
		{"missing", map[string]any{"A": map[string]any{"x": 1, "y": canary}, "B": canary, "C": canary}, []string{`"C"`}},
		{"surplus", map[string]any{"B": canary}, []string{`"A"`}},
		{"another type", map[string]any{"A": map[string]any{"x": "1", "y": canary}, "B": canary}, []string{`"A"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud, tb := testkit.New(t), &fakeTB{}
			stored(cloud)
			cloud.AssertSecrets(tb, tt.want)
			said := tb.end()
			if (said == "") != (tt.says == nil) {
				t.Errorf("it said: %s", strings.ReplaceAll(said, canary, "<canary>"))
			}
			for _, part := range tt.says {
				if !strings.Contains(said, part) {
					t.Errorf("it does not say %s", part)
				}
			}
			if strings.Contains(said, canary) {
				t.Error("the difference shows a value")
			}
		})
	}
}

func TestAssertNames(t *testing.T) {
	tests := []struct {
		name string
		want []string
		says []string
	}{
		{"equal in any order", []string{"B", "A"}, nil},
		{"missing", []string{"A", "B", "C"}, []string{`-`, `"C"`}},
		{"surplus", []string{"A"}, []string{`+`, `"B"`}},
		{"none", nil, []string{`"A"`, `"B"`}},
		{"twice", []string{"A", "A", "B"}, []string{`"A"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said := failure(func(tb *fakeTB, cloud *testkit.Cloud) {
				cloud.Set("A", canary)
				cloud.Set("B", canary)
				cloud.AssertNames(tb, tt.want...)
			})
			if (said == "") != (tt.says == nil) || strings.Contains(said, canary) {
				t.Errorf("it said: %s", strings.ReplaceAll(said, canary, "<canary>"))
			}
			for _, part := range tt.says {
				if !strings.Contains(said, part) {
					t.Errorf("it does not say %s: %s", part, said)
				}
			}
		})
	}
}

func TestAnEmptyFakeHasNoNames(t *testing.T) {
	cloud := testkit.New(t)
	cloud.AssertNames(t)
	cloud.AssertSecrets(t, nil)
}

func TestAssertSecretsComparesNumbersByWorth(t *testing.T) {
	for _, tt := range []struct {
		stored, want string
		equal        bool
	}{
		{"100", "1e2", true}, {"100", "100.00", true}, {"0.001", "1E-3", true}, {"-0", "0.0", true}, {"0e9", "0", true},
		{"12345678901234567890123", "12345678901234567890123.0", true}, {"12345678901234567890123", "12345678901234567890124", false},
		{"1", "-1", false}, {"1", "10", false}, {"1e400", "1e401", false}, {"1e99999999999999999999", "1e99999999999999999999", true},
	} {
		said := failure(func(tb *fakeTB, cloud *testkit.Cloud) {
			cloud.Set("N", json.RawMessage(tt.stored))
			cloud.AssertSecrets(tb, map[string]any{"N": json.RawMessage(tt.want)})
		})
		if (said == "") != tt.equal {
			t.Errorf("%s and %s: %s", tt.stored, tt.want, said)
		}
	}
}
