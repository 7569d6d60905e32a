package testkit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const canary = "CANARY51c0"

// fakeTB records what a fake says of a test, and runs its clean-up on demand.
type fakeTB struct {
	errors   []string
	cleanups []func()
}

func (f *fakeTB) Helper() {}

func (f *fakeTB) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func (f *fakeTB) Fatalf(format string, args ...any) { f.Errorf(format, args...) }

func (f *fakeTB) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }

func (f *fakeTB) end() string {
	for _, fn := range f.cleanups {
		fn()
	}
	return strings.Join(f.errors, "\n")
}

func TestSetAndGetAreCopies(t *testing.T) {
	cloud := testkit.New(t)
	list := []any{"a"}
	cloud.Set("S", list)
	list[0] = "changed"
	raw, ok := cloud.Get("S")
	if !ok || string(raw) != `["a"]` {
		t.Fatalf("S is %s, %v", raw, ok)
	}
	raw[2] = 'z'
	if again, _ := cloud.Get("S"); string(again) != `["a"]` {
		t.Error("changing what Get gave changed the store")
	}
	if _, ok := cloud.Get("NOPE"); ok {
		t.Error("a name that was never set is there")
	}
	if calls := cloud.Calls(testkit.Match{}); len(calls) != 0 {
		t.Errorf("direct access was recorded: %v", calls)
	}
}

func TestCallsNameWhatWasAsked(t *testing.T) {
	cloud := testkit.New(t)
	if err := cloud.Client().SetSecret(t.Context(), "SLACK_URL", canary); err != nil {
		t.Fatal(err)
	}
	_, err := cloud.Runner().SecretValue(t.Context(), "NOPE")
	if !errors.Is(err, prefect.ErrNotFound) {
		t.Fatal(err)
	}
	got := cloud.Calls(testkit.Match{})
	want := []testkit.Call{
		{Seq: 1, Alias: "a0", Field: "setSecret", Tenant: testkit.TenantID, Secret: "SLACK_URL", Key: "admin"},
		{Seq: 2, Alias: "secretValue", Field: "secretValue", Tenant: testkit.TenantID, Secret: "NOPE", Key: "runner", Err: "INTERNAL_SERVER_ERROR"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if calls := cloud.Calls(testkit.Match{Field: "set_secret", Secret: "SLACK_URL"}); len(calls) != 1 {
		t.Errorf("the other spelling matches %d calls", len(calls))
	}
}

func TestAnInjectedFaultThatNeverFiresFails(t *testing.T) {
	tb := &fakeTB{}
	cloud := testkit.New(tb)
	cloud.Inject(testkit.Match{Field: "setSecret", Secret: "FIRES"}, testkit.Fault{Status: 503})
	cloud.Inject(testkit.Match{Field: "setSecret", Secret: "NEVER"}, testkit.Fault{Status: 503})
	if err := cloud.Client().SetSecret(t.Context(), "FIRES", 1); err == nil {
		t.Error("the fault did not fire")
	}
	if said := tb.end(); !strings.Contains(said, "never fired") || !strings.Contains(said, "NEVER") || strings.Contains(said, "FIRES") {
		t.Errorf("the test was told: %s", said)
	}
}

func TestAFaultFiresAsOftenAsItSays(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(testkit.Match{Field: "setSecret", Nth: 2, Times: 1}, testkit.Fault{Code: "API_ERROR"})
	client := cloud.Client()
	for i, want := range []bool{true, false, true} {
		if err := client.SetSecret(t.Context(), "S", i); (err == nil) != want {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
}

func TestADocumentThatTheAPIRefusesFailsTheTest(t *testing.T) {
	tb := &fakeTB{}
	cloud := testkit.New(tb)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, cloud.URL(), strings.NewReader(`{"query": "{secret_valu}"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testkit.AdminKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := cloud.HTTPClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if said := tb.end(); resp.StatusCode != http.StatusBadRequest || !strings.Contains(said, "secret_valu") || !strings.Contains(said, "secret_value") {
		t.Errorf("status %d, and the test was told: %s", resp.StatusCode, said)
	}
}

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
		{"another value", map[string]any{"A": map[string]any{"x": 1, "y": canary}, "B": canary + "2"}, []string{`"B"`, "[redacted]"}},
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

func TestBadUseFailsTheTest(t *testing.T) {
	for name, use := range map[string]func(*testkit.Cloud){
		"empty name": func(c *testkit.Cloud) { c.Set("", 1) },
		"no JSON":    func(c *testkit.Cloud) { c.Set("S", func() {}) },
	} {
		tb := &fakeTB{}
		use(testkit.New(tb))
		if tb.end() == "" {
			t.Errorf("%s: the test was told nothing", name)
		}
	}
}

func TestLocalSecrets(t *testing.T) {
	secrets := map[string]any{"KEY": "VALUE"}
	ctx := testkit.LocalSecrets(t.Context(), secrets)
	secrets["KEY"] = "changed"
	if got, err := prefect.Secret("KEY").Get(ctx); got != "VALUE" || err != nil {
		t.Errorf("KEY is %v, %v", got, err)
	}
}

func TestFakesRunInParallel(t *testing.T) {
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			cloud := testkit.New(t)
			if err := cloud.Client().SetSecret(t.Context(), "S", i); err != nil {
				t.Fatal(err)
			}
			cloud.AssertSecrets(t, map[string]any{"S": i})
		})
	}
}

func BenchmarkNewSetGet(b *testing.B) {
	for b.Loop() {
		cloud := testkit.New(&fakeTB{})
		if err := cloud.Client().SetSecret(b.Context(), "S", "v"); err != nil {
			b.Fatal(err)
		}
		if _, err := cloud.Runner().SecretValue(b.Context(), "S"); err != nil {
			b.Fatal(err)
		}
	}
}
