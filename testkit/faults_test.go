package testkit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// faultTests are faults of a write that would otherwise succeed.
var faultTests = []struct {
	name    string
	fault   faults.Fault
	is      error  // of the client's error, by errors.Is; nil if none of the package
	message string // part of the client's error
	applied bool   // whether the value is stored
	err     string // what is recorded of the call
}{
	{"status", faults.Fault{Status: 500}, nil, "HTTP 500", false, "HTTP_500"},
	{"code", faults.Fault{Code: "API_ERROR"}, nil, "API_ERROR", false, "API_ERROR"},
	{"message", faults.Fault{Message: "out of order"}, nil, "out of order", false, "INTERNAL_SERVER_ERROR"},
	{
		"forbidden", faults.Fault{Code: "FORBIDDEN", Message: "Unauthorized"}, prefect.ErrForbidden,
		"may not", false, "FORBIDDEN",
	},
	{"drop", faults.Fault{Drop: true}, nil, "did not answer", false, "DROPPED"},
	{"drop after applying", faults.Fault{Drop: true, Applied: true}, nil, "did not answer", true, "DROPPED"},
	{"status after applying", faults.Fault{Status: 502, Applied: true}, nil, "HTTP 502", true, "HTTP_502"},
	{"code after applying", faults.Fault{Code: "API_ERROR", Applied: true}, nil, "API_ERROR", true, "API_ERROR"},
	{"truncated", faults.Fault{Truncate: true}, nil, "was cut off", true, "TRUNCATED"},
	{"truncated refusal", faults.Fault{Truncate: true, Status: 503}, nil, "HTTP 503", false, "TRUNCATED"},
	{"malformed", faults.Fault{Malformed: true}, nil, "instead of GraphQL's JSON", true, "MALFORMED"},
	{"proxy's page", faults.Fault{Malformed: true, Status: 502}, nil, "HTTP 502", false, "MALFORMED"},
	{"RateLimited", faults.RateLimited(7 * time.Second), prefect.ErrRateLimited, "too many requests", false, "HTTP_429"},
	{"Unavailable", faults.Unavailable(), nil, "not available", false, "HTTP_503"},
	{"ReplyLost", faults.ReplyLost(), nil, "did not answer", true, "DROPPED"},
	{"KeyExpired", faults.KeyExpired(), prefect.ErrUnauthenticated, "not accepted", false, "UNAUTHENTICATED"},
	{"PartialFailure", faults.PartialFailure(), nil, "API_ERROR", false, "API_ERROR"},
	{"StoreSealed", faults.StoreSealed(), nil, "API_ERROR", false, "API_ERROR"},
}

func TestFaults(t *testing.T) {
	for _, tt := range faultTests {
		t.Run(tt.name, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Inject(faults.Match{Field: "setSecret", Secret: "S", Times: 1}, tt.fault)
			client := cloud.AdminClient()
			err := client.SetSecret(t.Context(), "S", canary)
			if err == nil || !strings.Contains(err.Error(), tt.message) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("the client got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Error("the error holds the value")
			}
			if _, stored := cloud.Get("S"); stored != tt.applied {
				t.Errorf("stored: %v", stored)
			}
			if calls := cloud.Calls(faults.Match{}); len(calls) != 1 || calls[0].Err != tt.err {
				t.Errorf("recorded: %v", calls)
			}
			if err := client.SetSecret(t.Context(), "S", 1); err != nil {
				t.Errorf("the second write: %v", err)
			}
		})
	}
}

// A test that expects a write to succeed fails under each fault, and one that
// expects the fault fails without it.
func TestFaultsFailTestsThatShouldFail(t *testing.T) {
	for _, tt := range faultTests {
		t.Run(tt.name, func(t *testing.T) {
			userTest := func(inject bool) string {
				return runTest(func(tb *fakeTB, cloud *testkit.Cloud) {
					if inject {
						cloud.Inject(faults.Match{Secret: "S"}, tt.fault)
					}
					if err := cloud.AdminClient().SetSecret(t.Context(), "S", 1); err != nil {
						tb.Errorf("%v", err)
					}
				})
			}
			if userTest(true) == "" {
				t.Error("the test passes under the fault")
			}
			if got := userTest(false); got != "" {
				t.Errorf("the test fails without the fault: %s", got)
			}
			unused := runTest(func(_ *fakeTB, cloud *testkit.Cloud) {
				cloud.Inject(faults.Match{Secret: "OTHER"}, tt.fault)
				_ = cloud.AdminClient().SetSecret(t.Context(), "S", 1)
			})
			if !strings.Contains(unused, `never fired: no call matched secret "OTHER"; there were setSecret "S"`) {
				t.Errorf("an unused fault: got: %s", unused)
			}
		})
	}
}

func TestOneAliasOfAHundredFails(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Nth: 37}, faults.PartialFailure())
	secrets := make([]prefect.NamedValue, 100)
	for i := range secrets {
		secrets[i] = prefect.NamedValue{Name: fmt.Sprintf("S%03d", i+1), Value: prefect.TextValue(canary)}
	}
	results := cloud.AdminClient().SetSecrets(t.Context(), secrets, nil)
	for _, r := range results {
		if failed := r.Err != nil; failed != (r.Name == "S037") {
			t.Errorf("%s: %v", r.Name, r.Err)
		}
	}
	if names := cloud.Names(); len(names) != 99 {
		t.Errorf("%d are stored", len(names))
	}
	if _, stored := cloud.Get("S037"); stored {
		t.Error("S037 is stored")
	}
	failed := cloud.Calls(faults.Match{Secret: "S037"})
	if len(failed) != 1 || failed[0].Alias != "a36" || failed[0].Err != "API_ERROR" {
		t.Errorf("recorded: %v", failed)
	}
}

func TestRetryAfterReachesTheClient(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{}, faults.RateLimited(1500*time.Millisecond))
	var e *prefect.APIError
	err := cloud.AdminClient().SetSecret(t.Context(), "S", 1)
	if !errors.As(err, &e) || e.RetryAfter != 2*time.Second {
		t.Errorf("got %v", err)
	}
}

func TestASealedStoreStillKnowsWhoAsks(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{}, faults.StoreSealed())
	const document = `{"query": "{auth_info{tenant_id} tenant{slug} secrets_api{version} secret_names}"}`
	want := `"data":{"auth_info":{"tenant_id":"` + cloud.TenantID() + `"},` +
		`"tenant":[{"slug":"testkit"}],"secrets_api":{"version":2},"secret_names":null}}`
	if got := post(t, cloud, document); !strings.Contains(got, want) || !strings.Contains(got, "API_ERROR") {
		t.Error(got)
	}
}

func TestAFaultFiresAsOftenAsItSays(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Nth: 2, Times: 1}, faults.Fault{Code: "API_ERROR"})
	client := cloud.AdminClient()
	for i, want := range []bool{true, false, true} {
		if err := client.SetSecret(t.Context(), "S", i); (err == nil) != want {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
}

// Every rule counts every call that it matches, also one that another rule wins.
func TestSeveralRulesCountTheSameCalls(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Nth: 1}, faults.Unavailable())
	cloud.Inject(faults.Match{Field: "setSecret", Nth: 2}, faults.RateLimited(0))
	cloud.Inject(faults.Match{Field: "setSecret", Nth: 3}, faults.PartialFailure())
	client := cloud.AdminClient()
	for range 4 {
		_ = client.SetSecret(t.Context(), "S", 1)
	}
	var codes []string
	for _, call := range cloud.Calls(faults.Match{}) {
		codes = append(codes, call.Err)
	}
	if diff := cmp.Diff([]string{"HTTP_503", "HTTP_429", "API_ERROR", ""}, codes); diff != "" {
		t.Error(diff)
	}
}

// A rule counts all calls of a request that another rule ends, as Calls does.
func TestNthIsTheSameInFaultsAndCalls(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Times: 1}, faults.Unavailable())
	cloud.Inject(faults.Match{Field: "setSecret", Nth: 15}, faults.PartialFailure())
	secrets := make([]prefect.NamedValue, 10)
	for i := range secrets {
		secrets[i] = prefect.NamedValue{Name: fmt.Sprintf("S%d", i), Value: prefect.TextValue("v")}
	}
	client := cloud.AdminClient()
	for range 2 {
		client.SetSecrets(t.Context(), secrets, nil)
	}
	calls := cloud.Calls(faults.Match{Field: "setSecret", Nth: 15})
	if len(calls) != 1 || calls[0].Err != "API_ERROR" || calls[0].Seq != 15 {
		t.Errorf("the 15th call is %v", calls)
	}
}

// One call runs into one rule.
func TestTheFirstRuleWins(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Secret: "S", Times: 1}, faults.ReplyLost())
	cloud.Inject(faults.Match{Secret: "S", Times: 1}, faults.PartialFailure())
	client := cloud.AdminClient()
	if err := client.SetSecret(t.Context(), "S", 1); err == nil || len(cloud.Names()) != 1 {
		t.Errorf("the lost reply: %v, stored %v", err, cloud.Names())
	}
	if err := client.SetSecret(t.Context(), "S", 2); err == nil || !strings.Contains(err.Error(), "API_ERROR") {
		t.Errorf("the other rule: %v", err)
	}
	if err := client.SetSecret(t.Context(), "S", 3); err != nil {
		t.Error(err)
	}
}

func TestAnOutageThatEnds(t *testing.T) {
	cloud := testkit.New(t)
	up := cloud.Inject(faults.Match{}, faults.Unavailable())
	client := cloud.AdminClient()
	for range 3 {
		if err := client.SetSecret(t.Context(), "S", 1); err == nil {
			t.Error("the outage ended too soon")
		}
	}
	up()
	if err := client.SetSecret(t.Context(), "S", 1); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

func TestAStatusOf200IsNotASuccess(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{}, faults.Fault{Status: 200})
	err := cloud.AdminClient().SetSecret(t.Context(), "S", 1)
	if calls := cloud.Calls(faults.Match{}); err == nil || calls[0].Err != "HTTP_200" {
		t.Errorf("got %v, %v", err, calls)
	}
}

// A delay passes once in a request, not once for each of its fields.
func TestDelayOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Delay: 10 * time.Second})
		secrets := make([]prefect.NamedValue, 100)
		for i := range secrets {
			secrets[i] = prefect.NamedValue{Name: fmt.Sprintf("S%d", i), Value: prefect.TextValue("v")}
		}
		start := time.Now()
		for _, r := range cloud.AdminClient().SetSecrets(t.Context(), secrets, nil) {
			if r.Err != nil {
				t.Error(r.Err)
			}
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestAFaultOfOneKey(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", 1)
	cloud.Inject(faults.Match{Key: "admin"}, faults.KeyExpired())
	if err := cloud.AdminClient().SetSecret(t.Context(), "S", 2); !errors.Is(err, prefect.ErrUnauthenticated) {
		t.Errorf("admin: %v", err)
	}
	if _, err := cloud.RunnerClient().GetSecret(t.Context(), "S"); err != nil {
		t.Errorf("runner: %v", err)
	}
}

func TestRulesThatCanNeverApplyFailAtOnce(t *testing.T) {
	tests := map[string]struct {
		match faults.Match
		fault faults.Fault
		want  string
	}{
		"field": {
			faults.Match{Field: "setSecrets"}, faults.Fault{},
			`no field "setSecrets": did you mean "setSecret"?`,
		},
		"tenant":            {faults.Match{Tenant: "nobody"}, faults.Fault{}, `no tenant "nobody": its tenants are ["testkit"]`},
		"negative count":    {faults.Match{Nth: -1}, faults.Fault{}, "below 0"},
		"no status":         {faults.Match{}, faults.Fault{Status: 42}, "status 42"},
		"informational":     {faults.Match{}, faults.Fault{Status: 101}, "status 101"},
		"negative delay":    {faults.Match{}, faults.Fault{Delay: -1}, "negative"},
		"lone retry-after":  {faults.Match{}, faults.Fault{RetryAfter: 1}, "without Status"},
		"drop and answer":   {faults.Match{}, faults.Fault{Drop: true, Status: 503}, "Drop"},
		"half a page":       {faults.Match{}, faults.Fault{Truncate: true, Malformed: true}, "truncates"},
		"sealed and more":   {faults.Match{}, faults.Fault{Sealed: true, Code: "X"}, "Sealed"},
		"no body":           {faults.Match{}, faults.Fault{Status: 204}, "has a body"},
		"key":               {faults.Match{Key: "admn"}, faults.Fault{}, `no key "admn": its keys are ["admin" "runner"]`},
		"secret of names":   {faults.Match{Field: "secretNames", Secret: "S"}, faults.Fault{}, "has no secret"},
		"sealed elsewhere":  {faults.Match{Field: "auth_info"}, faults.StoreSealed(), "does not ask"},
		"code without body": {faults.Match{}, faults.Fault{Drop: true, Code: "X"}, "Status"},
	}
	for name, tt := range tests {
		got := runTest(func(_ *fakeTB, cloud *testkit.Cloud) { cloud.Inject(tt.match, tt.fault) })
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got: %s", name, got)
		}
	}
	for _, match := range []faults.Match{{Field: "sekret"}, {Tenant: "nobody"}, {Times: -1}} {
		if runTest(func(_ *fakeTB, cloud *testkit.Cloud) { cloud.Calls(match) }) == "" {
			t.Errorf("Calls accepts %v", match)
		}
	}
}

// In a bubble a delay of ten seconds, of which the client waits for one, costs no
// real time. With Applied the interrupted write is stored, without it is not.
func TestDelayInABubble(t *testing.T) {
	for name, tt := range map[string]struct {
		fault   faults.Fault
		applied bool
	}{
		"before": {faults.Fault{Delay: 10 * time.Second}, false},
		"after":  {faults.Fault{Delay: 10 * time.Second, Applied: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := testkit.New(t)
				cloud.Inject(faults.Match{Secret: "S", Times: 1}, tt.fault)
				client, start := cloud.AdminClient(), time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if err := client.SetSecret(ctx, "S", 1); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the client got %v", err)
				}
				if took := time.Since(start); took != time.Second {
					t.Errorf("took %s", took)
				}
				if _, stored := cloud.Get("S"); stored != tt.applied {
					t.Errorf("stored: %v", stored)
				}
				if err := client.SetSecret(t.Context(), "S", 2); err != nil || time.Since(start) != time.Second {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

// post sends a body with the admin key, and returns the answer, whose status must be
// 200.
func post(t *testing.T, cloud *testkit.Cloud, body string) string {
	t.Helper()
	resp, answer := send(t, cloud.HTTPClient(), cloud.URL(), testkit.AdminKey, body)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	return answer
}
