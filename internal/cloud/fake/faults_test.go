package fake_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

const (
	setAB = `{"query":"mutation{a: set_secret(input: {name: \"A\", value: 1}){success} ` +
		`b: setSecret(input: {name: \"B\", value: 2}){success}}"}`
	askList = `{"query":"{secret_names}"}`
)

func TestStatusFaultAppliesNothing(t *testing.T) {
	a := newEngine(t, true)
	fault := faults.Fault{Status: 503, RetryAfter: 1500 * time.Millisecond}
	inject(t, a, faults.Match{Field: "setSecret", Secret: "A", Times: 2}, fault)
	for range 2 {
		got := post(t, a, adminKey, setAB)
		const body = `{"errors":[{"message":"503 Service Unavailable (injected)"}]}` + "\n"
		if got.status != 503 || got.header.Get("Retry-After") != "2" || got.body != body {
			t.Errorf("%d %v %s", got.status, got.header, got.body)
		}
		checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
	}
	if got := post(t, a, adminKey, setAB); got.body != `{"data":{"a":{"success":true},"b":{"success":true}}}`+"\n" {
		t.Error(got)
	}
	want := []string{"HTTP_503", "HTTP_503", "HTTP_503", "HTTP_503", "", ""}
	if diff := cmp.Diff(want, codes(a.Calls(faults.Match{Field: "set_secret"}))); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func inject(t *testing.T, a *fake.Engine, m faults.Match, f faults.Fault) {
	t.Helper()
	if _, err := a.Inject(m, f); err != nil {
		t.Fatal(err)
	}
}

// unused returns the matches of the rules that never applied.
func unused(a *fake.Engine) []faults.Match {
	var out []faults.Match
	for _, r := range a.Faults() {
		if r.Fired == 0 {
			out = append(out, r.Match)
		}
	}
	return out
}

func codes(calls []faults.Call) []string {
	var out []string
	for _, c := range calls {
		out = append(out, c.Err)
	}
	return out
}

func TestFieldFaultFailsOneAlias(t *testing.T) {
	a := newEngine(t, true)
	inject(t, a, faults.Match{Alias: "a"}, faults.Fault{Code: "API_ERROR", Message: "An internal API error occurred."})
	want := `{"errors":[{"message":"An internal API error occurred.","locations":[{"line":1,"column":10}],"path":["a"],` +
		`"extensions":{"code":"API_ERROR"}}],"data":{"a":null,"b":{"success":true}}}`
	if diff := cmp.Diff(want+"\n", post(t, a, adminKey, setAB).body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":["B"]}}`)
}

func TestWhichCallsAFaultMatches(t *testing.T) {
	tests := map[string]struct {
		match faults.Match
		want  []string // codes of calls: A, B, names, then the same again
	}{
		"any":            {faults.Match{}, []string{"X", "X", "X", "X", "X", "X"}},
		"either form":    {faults.Match{Field: "set_secret"}, []string{"X", "X", "", "X", "X", ""}},
		"alias":          {faults.Match{Alias: "b"}, []string{"", "X", "", "", "X", ""}},
		"default alias":  {faults.Match{Alias: "secret_names"}, []string{"", "", "X", "", "", "X"}},
		"secret":         {faults.Match{Secret: "A"}, []string{"X", "", "", "X", "", ""}},
		"tenant's id":    {faults.Match{Tenant: strings.ToUpper(tenantA)}, []string{"X", "X", "X", "X", "X", "X"}},
		"tenant's slug":  {faults.Match{Tenant: "main", Secret: "B"}, []string{"", "X", "", "", "X", ""}},
		"another tenant": {faults.Match{Tenant: "data"}, []string{"", "", "", "", "", ""}},
		"third":          {faults.Match{Nth: 3}, []string{"", "", "X", "", "", ""}},
		"third set":      {faults.Match{Field: "setSecret", Nth: 3}, []string{"", "", "", "X", "", ""}},
		"twice":          {faults.Match{Times: 2}, []string{"X", "X", "", "", "", ""}},
		"never":          {faults.Match{Nth: 99}, []string{"", "", "", "", "", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newEngine(t, true)
			inject(t, a, tt.match, faults.Fault{Code: "X"})
			for range 2 {
				post(t, a, adminKey, setAB)
				post(t, a, adminKey, askList)
			}
			if diff := cmp.Diff(tt.want, codes(a.Calls(faults.Match{}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			idle := unused(a)
			if fired := strings.Contains(strings.Join(tt.want, ""), "X"); fired != (len(idle) == 0) {
				t.Errorf("unused: %v", idle)
			}
			if len(idle) == 1 && idle[0] != tt.match {
				t.Errorf("unused: %v, want %v", idle, tt.match)
			}
		})
	}
}

func TestFirstFaultWins(t *testing.T) {
	a := newEngine(t, true)
	inject(t, a, faults.Match{Secret: "A", Times: 1}, faults.Fault{Code: "FIRST"})
	inject(t, a, faults.Match{}, faults.Fault{Code: "SECOND"})
	post(t, a, adminKey, setAB)
	if diff := cmp.Diff([]string{"FIRST", "SECOND"}, codes(a.Calls(faults.Match{}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCalls(t *testing.T) {
	a := newEngine(t, true)
	post(t, a, adminKey, setAB, cloud.HeaderTenant+": "+tenantB)
	post(t, a, runKey, `{"query":"{__typename v: secretValue(name: \"A\") w: secret_value(name: \"\") secret_names}"}`)
	post(t, a, runKey, setAB)
	post(t, a, "wrong", setAB)
	want := []faults.Call{
		{Seq: 1, Alias: "a", Field: "set_secret", Tenant: tenantB, Secret: "A", Key: "ci"},
		{Seq: 2, Alias: "b", Field: "setSecret", Tenant: tenantB, Secret: "B", Key: "ci"},
		{Seq: 3, Alias: "v", Field: "secretValue", Tenant: tenantA, Secret: "A", Key: "agent", Err: "INTERNAL_SERVER_ERROR"},
		{Seq: 4, Alias: "w", Field: "secret_value", Tenant: tenantA, Key: "agent", Err: "BAD_USER_INPUT"},
		{Seq: 5, Alias: "secret_names", Field: "secret_names", Tenant: tenantA, Key: "agent"},
		{Seq: 6, Alias: "a", Field: "set_secret", Tenant: tenantA, Secret: "A", Key: "agent", Err: "FORBIDDEN"},
		{Seq: 7, Alias: "b", Field: "setSecret", Tenant: tenantA, Secret: "B", Key: "agent", Err: "FORBIDDEN"},
	}
	selections := map[string]struct {
		match faults.Match
		want  []faults.Call
	}{
		"all":    {faults.Match{}, want},
		"secret": {faults.Match{Secret: "A"}, []faults.Call{want[0], want[2], want[5]}},
		"nth":    {faults.Match{Field: "setSecret", Nth: 3}, want[5:6]},
		"times":  {faults.Match{Tenant: "main", Times: 2}, want[2:4]},
		"beyond": {faults.Match{Nth: 8}, []faults.Call{}},
	}
	for name, tt := range selections {
		if diff := cmp.Diff(tt.want, a.Calls(tt.match)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if quiet := newEngine(t, false); post(t, quiet, adminKey, setAB).status != 200 || len(quiet.Calls(faults.Match{})) != 0 {
		t.Error("calls are recorded without Record")
	}
}

func TestDelayKeepsNoLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newEngine(t, true)
		inject(t, a, faults.Match{Secret: "A"}, faults.Fault{Delay: 10 * time.Second})
		inject(t, a, faults.Match{Alias: "slow"}, faults.Fault{Delay: time.Hour, Status: 504})
		start := time.Now()
		done := make(chan answer)
		go func() { done <- post(t, a, adminKey, setAB) }()
		synctest.Wait()
		checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
		inject(t, a, faults.Match{Secret: "Z"}, faults.Fault{})
		if len(unused(a)) != 2 || time.Since(start) != 0 {
			t.Errorf("unused %v after %s", unused(a), time.Since(start))
		}
		if got := <-done; got.body != `{"data":{"a":{"success":true},"b":{"success":true}}}`+"\n" || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %s", got, time.Since(start))
		}
		if got := post(t, a, adminKey, `{"query":"{slow: secret_names}"}`); got.status != 504 || time.Since(start) != time.Hour+10*time.Second {
			t.Errorf("%v after %s", got, time.Since(start))
		}
	})
}

func TestClientGivesUpDuringADelay(t *testing.T) {
	for name, fault := range map[string]faults.Fault{"field": {Delay: time.Hour}, "request": {Delay: time.Hour, Status: 503}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newEngine(t, true)
				inject(t, a, faults.Match{Secret: "A"}, fault)
				client := http.Client{Transport: cloud.Transport(a), Timeout: time.Second}
				start := time.Now()
				r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/", strings.NewReader(setAB))
				r.Header = http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}}
				_, err := client.Do(r)
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
					t.Errorf("%v after %s", err, time.Since(start))
				}
				checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
			})
		})
	}
}

func TestDroppedConnection(t *testing.T) {
	a := newEngine(t, true)
	inject(t, a, faults.Match{Secret: "B", Times: 1}, faults.Fault{Drop: true})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/", strings.NewReader(setAB))
	r.Header = http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}}
	if _, err := cloud.Transport(a).RoundTrip(r); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("RoundTrip: %v", err)
	}
	checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
	if diff := cmp.Diff([]string{"DROPPED", "DROPPED", ""}, codes(a.Calls(faults.Match{}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
