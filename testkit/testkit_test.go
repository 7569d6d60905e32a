package testkit_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

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
	if stored, _ := cloud.Get("S"); string(stored) != `["a"]` {
		t.Error("changing what Get returned changed the store")
	}
	if _, ok := cloud.Get("NOPE"); ok {
		t.Error("a name that was never set exists")
	}
	if calls := cloud.Calls(faults.Match{}); len(calls) != 0 {
		t.Errorf("direct access was recorded: %v", calls)
	}
}

func TestCallsNameWhatWasAsked(t *testing.T) {
	cloud := testkit.New(t)
	if err := cloud.AdminClient().SetSecret(t.Context(), "SLACK_URL", canary); err != nil {
		t.Fatal(err)
	}
	_, err := cloud.RunnerClient().GetSecret(t.Context(), "NOPE")
	if !errors.Is(err, prefect.ErrNotFound) {
		t.Fatal(err)
	}
	got := cloud.Calls(faults.Match{})
	want := []faults.Call{
		{Seq: 1, Alias: "a0", Field: "setSecret", Tenant: cloud.TenantID(), Secret: "SLACK_URL", Key: "admin"},
		{
			Seq: 2, Alias: "secretValue", Field: "secretValue", Tenant: cloud.TenantID(), Secret: "NOPE", Key: "runner",
			Err: "INTERNAL_SERVER_ERROR",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if calls := cloud.Calls(faults.Match{Field: "set_secret", Secret: "SLACK_URL"}); len(calls) != 1 {
		t.Errorf("the other spelling matches %d calls", len(calls))
	}
}

func TestADocumentThatTheAPIRefusesFailsTheTest(t *testing.T) {
	got := runTest(func(_ *fakeTB, cloud *testkit.Cloud) {
		resp, _ := send(t, cloud.HTTPClient(), cloud.URL(), testkit.AdminKey, `{"query": "{secret_valu}"}`)
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("status %d", resp.StatusCode)
		}
	})
	if !strings.Contains(got, "secret_valu") || !strings.Contains(got, "secret_value") {
		t.Errorf("got: %s", got)
	}
}

func TestEveryRequestThatIsRefusedFailsTheTest(t *testing.T) {
	const set = `"query": "mutation($i: set_secret_input!){set_secret(input: $i){success}}"`
	for name, body := range map[string]string{
		"no JSON":             `{"query": `,
		"no query":            `{"query": ""}`,
		"unknown operation":   `{"query": "query a{secret_names}", "operationName": "b"}`,
		"missing variable":    `{` + set + `}`,
		"unknown input field": `{` + set + `, "variables": {"i": {"nam": "S", "value": 1}}}`,
		"variables no JSON":   `{` + set + `, "variables": "{"}`,
	} {
		got := runTest(func(_ *fakeTB, cloud *testkit.Cloud) {
			resp, answer := send(t, cloud.HTTPClient(), cloud.URL(), testkit.AdminKey, body)
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %d %s", name, resp.StatusCode, answer)
			}
		})
		if !strings.Contains(got, "refuses") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// The value of a refused request is searched for too.
func TestLeaksOfRefusedValues(t *testing.T) {
	const set = `"query": "mutation($i: set_secret_input!){set_secret(input: $i){success}}"`
	tb := &fakeTB{}
	cloud := testkit.New(tb)
	cloud.Inject(faults.Match{Secret: "FAULT"}, faults.Unavailable())
	_ = cloud.AdminClient().SetSecret(t.Context(), "FAULT", canary+"1")
	_ = cloud.RunnerClient().SetSecret(t.Context(), "ROLE", canary+"2")
	_ = cloud.ClientWithKey("expired").SetSecret(t.Context(), "KEY", canary+"3")
	for _, body := range []string{
		`{` + set + `, "variables": {"i": {"name": "INPUT", "value": "` + canary + `4", "x": 1}}}`,
		`{"query": "mutation($i: no_such!){set(input: $i){success}}", ` +
			`"variables": {"i": {"name": "DOCUMENT", "value": "` + canary + `5"}}}`,
	} {
		send(t, cloud.HTTPClient(), cloud.URL(), testkit.AdminKey, body)
	}
	log := strings.Join([]string{canary + "1", canary + "2", canary + "3", canary + "4", canary + "5"}, "\n")
	if diff := cmp.Diff([]string{"DOCUMENT", "FAULT", "INPUT", "KEY", "ROLE"}, cloud.Leaks([]byte(log))); diff != "" {
		t.Error(diff)
	}
}

// send posts a body with a key and reads the answer.
func send(t *testing.T, client *http.Client, url, key, body string) (resp *http.Response, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	resp, err = client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(read)
}

func TestBadUseFailsTheTest(t *testing.T) {
	for name, use := range map[string]func(*testkit.Cloud){
		"empty name":     func(c *testkit.Cloud) { c.Set("", 1) },
		"long name":      func(c *testkit.Cloud) { c.Set(strings.Repeat("n", 256), 1) },
		"no JSON":        func(c *testkit.Cloud) { c.Set("S", func() {}) },
		"null":           func(c *testkit.Cloud) { c.Set("S", nil) },
		"large value":    func(c *testkit.Cloud) { c.Set("S", strings.Repeat(canary, 7000)) },
		"key without":    func(c *testkit.Cloud) { c.ClientWithKey("") },
		"tenant without": func(c *testkit.Cloud) { c.Tenant("") },
		"key's role":     func(c *testkit.Cloud) { c.AddKey(testkit.Key{Name: "ci"}) },
		"key's name":     func(c *testkit.Cloud) { c.AddKey(testkit.Key{Name: "admin", Role: prefect.RoleAdmin}) },
	} {
		got := runTest(func(_ *fakeTB, cloud *testkit.Cloud) { use(cloud) })
		if got == "" || strings.Contains(got, canary) {
			t.Errorf("%s: got: %s", name, strings.ReplaceAll(got, canary, "<canary>"))
		}
	}
	if runTest(func(*fakeTB, *testkit.Cloud) {}, testkit.WithDialect("pascal")) == "" {
		t.Error("a dialect that does not exist is accepted")
	}
}

func TestSnapshot(t *testing.T) {
	cloud := testkit.New(t)
	team := cloud.Tenant("data")
	cloud.Set("S", []any{"a"})
	team.Set("T", canary)
	restore := cloud.Snapshot()
	for range 2 {
		cloud.Set("S", "changed")
		cloud.Set("NEW", 1)
		if err := team.AdminClient().DeleteSecret(t.Context(), "T"); err != nil {
			t.Fatal(err)
		}
		restore()
		cloud.AssertSecrets(t, map[string]any{"S": []any{"a"}})
		team.AssertSecrets(t, map[string]any{"T": canary})
	}
	if len(cloud.Calls(faults.Match{})) != 2 {
		t.Error("restoring deleted the calls")
	}
}

func TestFakesInParallel(t *testing.T) {
	for i := range 100 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			cloud := testkit.New(t)
			cloud.Inject(faults.Match{Field: "setSecret", Times: 1}, faults.Unavailable())
			client := cloud.AdminClient()
			if err := client.SetSecret(t.Context(), "S", i); err == nil {
				t.Error("the fault did not fire")
			}
			if err := client.SetSecret(t.Context(), "S", i); err != nil {
				t.Error(err)
			}
			cloud.AssertSecrets(t, map[string]any{"S": i})
			if v, err := cloud.RunnerClient().GetSecret(t.Context(), "S"); err != nil || string(v.Reveal()) != fmt.Sprint(i) {
				t.Errorf("the runner got another value, or %v", err)
			}
		})
	}
}

func TestOneFakeForManyGoroutines(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := client.SetSecret(t.Context(), fmt.Sprintf("S%02d", i), i); err != nil {
				t.Error(err)
			}
			cloud.Set("direct", i)
			cloud.Tenant("data").Set("S", i)
			cloud.Calls(faults.Match{Secret: "S00"})
			cloud.Snapshot()
			cloud.Leaks([]byte("nothing"))
		})
	}
	wg.Wait()
	if n := len(cloud.Names()); n != 21 {
		t.Errorf("%d names", n)
	}
}

func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		cloud := testkit.New(t)
		if err := cloud.AdminClient().SetSecret(t.Context(), "S", 1); err != nil {
			t.Fatal(err)
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestPrintingAFakeShowsNoValue(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", canary)
	if err := cloud.AdminClient().SetSecret(t.Context(), "T", canary); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, v := range []any{cloud, *cloud, cloud.AdminClient(), []any{cloud}} {
			if got := fmt.Sprintf(verb, v); len(cloud.Leaks([]byte(got))) > 0 || strings.Contains(got, canary) {
				t.Errorf("%s of a %T shows a value", verb, v)
			}
		}
	}
}

func TestOverASocket(t *testing.T) {
	cloud := testkit.New(t)
	server := httptest.NewServer(cloud.Tenant("data").Handler())
	defer server.Close()
	client, err := prefect.NewClient(prefect.ClientConfig{URL: server.URL, APIKey: testkit.AdminKey})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SetSecret(t.Context(), "S", 1); err != nil {
		t.Fatal(err)
	}
	cloud.AssertNames(t)
	cloud.Tenant("data").AssertNames(t, "S")
}
