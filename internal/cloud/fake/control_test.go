package fake_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
)

const canary = "CANARY51c0"

// testServer is a fake behind a socket, as serve --dev has it.
type testServer struct {
	*fake.Fake
	url string
}

func startServer(t *testing.T) *testServer {
	t.Helper()
	f, err := fake.New(fake.Config{Tenant: "dev", Record: true})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(f.Handler())
	t.Cleanup(server.Close)
	return &testServer{f, server.URL}
}

// send sends a request with a key and returns status and body.
func (s *testServer) send(t *testing.T, method, path, key, body string, change ...func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
	for _, f := range change {
		f(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, err.Error()
	}
	return resp.StatusCode, strings.TrimSuffix(string(text), "\n")
}

// checkControl sends a control request, which must succeed with this answer.
func (s *testServer) checkControl(t *testing.T, method, path, body, want string) {
	t.Helper()
	status, got := s.send(t, method, fake.Prefix+path, s.AdminKey, body)
	if status != http.StatusOK || got != want {
		t.Errorf("%s %s: %d %s, want %s", method, path, status, got, want)
	}
}

// seed stores secrets of the first tenant.
func (s *testServer) seed(t *testing.T, body string) {
	t.Helper()
	s.checkControl(t, "POST", "seed", body, `{"tenant_id":"`+s.Tenant.ID+`"}`)
}

// query sends a document and returns the body of the answer.
func (s *testServer) query(t *testing.T, key, document string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	_, text := s.send(t, http.MethodPost, "/graphql", key, string(body))
	return text
}

func set(name string) string {
	return fmt.Sprintf(`mutation{set_secret(input: {name: %q, value: "v"}){success}}`, name)
}

func TestSeedPutsSecretsIn(t *testing.T) {
	s := startServer(t)
	s.seed(t, `{"secrets": {"A": "`+canary+`", "B": {"k": [1.50, "\u00e9"]}}}`)
	got := s.query(t, s.RunnerKey, `{a: secret_value(name: "A") b: secret_value(name: "B")}`)
	if got != `{"data":{"a":"`+canary+`","b":{"k":[1.50,"é"]}}}` {
		t.Error("the values are not those that were seeded")
	}
	status, body := s.send(t, "POST", fake.Prefix+"seed", s.AdminKey, `{"tenant": "data", "secrets": {"C": 1}}`)
	var seeded struct {
		TenantID string `json:"tenant_id"`
	}
	if err := json.Unmarshal([]byte(body), &seeded); err != nil || status != 200 || seeded.TenantID == s.Tenant.ID {
		t.Fatalf("%d %s", status, body)
	}
	names, err := s.Names(seeded.TenantID)
	if diff := cmp.Diff([]string{"C"}, names); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if calls := s.Calls(matchAll); len(calls) != 2 {
		t.Errorf("seeding was recorded: %v", calls)
	}
}

func TestASeedIsAllOrNothing(t *testing.T) {
	s := startServer(t)
	for _, body := range []string{
		`{"secrets": {"A": "` + canary + `", "": 1}}`,
		`{"secrets": {"A": "` + canary + `", "B": null}}`,
		`{"secrets": {"A": "` + canary + `", "B": "` + strings.Repeat(canary, 7000) + `"}}`,
		`{"secrets": {"A": "` + canary + `"}, "tenants": []}`,
		`{"secrets": ["` + canary + `"]}`,
		`{"secrets": {"A": ` + canary + `}}`,
		`["` + canary + `"]`,
		``,
	} {
		status, answer := s.send(t, "POST", fake.Prefix+"seed", s.AdminKey, body)
		if status != http.StatusBadRequest || !strings.Contains(answer, `"error"`) || strings.Contains(answer, canary) {
			t.Errorf("%d %s", status, strings.ReplaceAll(answer, canary, "<canary>"))
		}
	}
	if names, _ := s.Names(s.Tenant.ID); len(names) != 0 {
		t.Errorf("stored: %v", names)
	}
}

func TestFaultsAreInjectedAndCounted(t *testing.T) {
	s := startServer(t)
	s.checkControl(t, "POST", "faults",
		`{"match": {"field": "setSecret", "times": 1}, "fault": {"status": 429, "retry_after": 1.2}}`, `{}`)
	s.checkControl(t, "POST", "faults", `{"match": {"secret": "NEVER"}, "fault": "reply_lost"}`, `{}`)
	body := fmt.Sprintf(`{"query": %q}`, set("A"))
	if status, _ := s.send(t, "POST", "/", s.AdminKey, body); status != 429 {
		t.Errorf("status %d", status)
	}
	if got := s.query(t, s.AdminKey, set("A")); got != `{"data":{"set_secret":{"success":true}}}` {
		t.Error(got)
	}
	s.checkControl(t, "GET", "faults", "", `{"faults":[`+
		`{"match":{"field":"setSecret","times":1},"fault":{"status":429,"retry_after":1.2},"seen":2,"fired":1},`+
		`{"match":{"secret":"NEVER"},"fault":{"drop":true,"applied":true},"seen":0,"fired":0}]}`)
	s.checkControl(t, "DELETE", "faults", "", `{}`)
	s.checkControl(t, "GET", "faults", "", `{"faults":[]}`)
}

func TestEveryFaultOverASocket(t *testing.T) {
	for fault, want := range map[string]struct {
		status  int
		part    string
		applied bool
	}{
		`"unavailable"`:                      {503, "injected", false},
		`"rate_limited"`:                     {429, "injected", false},
		`"reply_lost"`:                       {0, "EOF", true},
		`"key_expired"`:                      {200, `"UNAUTHENTICATED"}}],"data":null}`, false},
		`"partial_failure"`:                  {200, `"API_ERROR"}}],"data":{"set_secret":null}}`, false},
		`"store_sealed"`:                     {200, "API_ERROR", false},
		`{"drop": true}`:                     {0, "EOF", false},
		`{"truncate": true}`:                 {200, "unexpected EOF", true},
		`{"malformed": true}`:                {200, "<html>", true},
		`{"malformed": true, "status": 502}`: {502, "<html>", false},
		`{"delay": 0.01}`:                    {200, `{"success":true}`, true},
	} {
		s := startServer(t)
		s.checkControl(t, "POST", "faults", `{"match": {"secret": "A"}, "fault": `+fault+`}`, `{}`)
		status, got := s.send(t, "POST", "/", s.AdminKey, fmt.Sprintf(`{"query": %q}`, set("A")))
		_, err := s.Get(s.Tenant.ID, "A")
		if status != want.status || !strings.Contains(got, want.part) || (err == nil) != want.applied {
			t.Errorf("%s: %d %s, applied: %v", fault, status, got, err == nil)
		}
	}
}

func TestRulesThatCannotApplyAreRefused(t *testing.T) {
	s := startServer(t)
	for body, want := range map[string]string{
		`{"match": {"field": "setSecrets"}, "fault": {}}`: `did you mean \"setSecret\"`,
		`{"match": {"tenant": "nobody"}, "fault": {}}`:    `no tenant \"nobody\"`,
		`{"match": {"secrets": "A"}, "fault": {}}`:        `unknown field`,
		`{"match": {}, "fault": {"statuss": 1}}`:          `unknown field`,
		`{"match": {}, "fault": {"status": 1}}`:           `status 1`,
		`{"match": {}, "fault": "no_such"}`:               `store_sealed`,
		`{"match": {}}`:                                   `no \"fault\"`,
		`{"match": {}, "fault": {}} {}`:                   `there is more after`,
		`[]`:                                              `\"match\"`,
	} {
		status, got := s.send(t, "POST", fake.Prefix+"faults", s.AdminKey, body)
		if status != http.StatusBadRequest || !strings.Contains(got, want) {
			t.Errorf("%s: %d %s", body, status, got)
		}
	}
	s.checkControl(t, "GET", "faults", "", `{"faults":[]}`)
}

func TestCallsAreListed(t *testing.T) {
	s := startServer(t)
	s.checkControl(t, "GET", "calls", "", `{"calls":[],"invalid":[]}`)
	s.query(t, s.AdminKey, set("A"))
	s.query(t, s.RunnerKey, `{v: secret_value(name: "B")}`)
	s.query(t, s.AdminKey, `{secret_nams}`)
	const first = `{"seq":1,"alias":"set_secret","field":"set_secret","tenant":"%s","secret":"A","key":"admin","err":""}`
	one := fmt.Sprintf(first, s.Tenant.ID)
	for _, selection := range []string{"field=setSecret", "secret=A", "alias=set_secret", "key=admin", "nth=1", "times=1"} {
		status, got := s.send(t, "GET", fake.Prefix+"calls?"+selection, s.AdminKey, "")
		if status != 200 || !strings.HasPrefix(got, `{"calls":[`+one+`],"invalid":["Cannot query field \"secret_nams\"`) {
			t.Errorf("%s: %d %s", selection, status, got)
		}
	}
	for _, wrong := range []string{"nam=A", "nth=first", "nth=-1", "field=sekret", "tenant=nobody"} {
		if status, got := s.send(t, "GET", fake.Prefix+"calls?"+wrong, s.AdminKey, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, status, got)
		}
	}
	s.checkControl(t, "DELETE", "calls", "", `{}`)
	s.checkControl(t, "GET", "calls", "", `{"calls":[],"invalid":[]}`)
}

func TestSnapshotsAreRestored(t *testing.T) {
	s := startServer(t)
	s.seed(t, `{"secrets": {"A": 1}}`)
	s.checkControl(t, "POST", "snapshot", "", `{"snapshot":1}`)
	s.query(t, s.AdminKey, set("B"))
	s.checkControl(t, "POST", "snapshot", "", `{"snapshot":2}`)
	for number, want := range map[int]string{1: `["A"]`, 2: `["A","B"]`} {
		s.checkControl(t, "PUT", "snapshot", fmt.Sprintf(`{"snapshot": %d}`, number), `{}`)
		if got := s.query(t, s.AdminKey, `{secret_names}`); got != `{"data":{"secret_names":`+want+`}}` {
			t.Errorf("snapshot %d: %s", number, got)
		}
	}
	for _, wrong := range []string{`{"snapshot": 3}`, `{}`, `1`} {
		if status, _ := s.send(t, "PUT", fake.Prefix+"snapshot", s.AdminKey, wrong); status != http.StatusBadRequest {
			t.Errorf("%s: %d", wrong, status)
		}
	}
}

func TestLeaksAreFound(t *testing.T) {
	s := startServer(t)
	s.seed(t, `{"secrets": {"SEEDED": "`+canary+`-seeded", "QUIET": "`+canary+`-quiet"}}`)
	s.checkControl(t, "POST", "faults", `{"match": {"secret": "REFUSED"}, "fault": "unavailable"}`, `{}`)
	s.query(t, s.AdminKey, `mutation{set_secret(input: {name: "REFUSED", value: "`+canary+`-refused"}){success}}`)
	s.query(t, s.AdminKey, `mutation{set_secret(input: {name: "DELETED", value: "`+canary+`-deleted"}){success}}`)
	s.query(t, s.AdminKey, `mutation{delete_secret(input: {name: "DELETED"}){success}}`)
	log := "a\n" + canary + "-seeded " + canary + "-refused\n" + canary + "-deleted"
	s.checkControl(t, "POST", "leaks", log, `{"leaks":["DELETED","REFUSED","SEEDED"]}`)
	s.checkControl(t, "POST", "leaks", "an innocent log", `{"leaks":[]}`)
}

func TestResetForgetsEverything(t *testing.T) {
	s := startServer(t)
	s.seed(t, `{"secrets": {"A": "`+canary+`"}}`)
	if status, _ := s.send(t, "POST", fake.Prefix+"seed", s.AdminKey, `{"tenant": "data"}`); status != 200 {
		t.Fatal(status)
	}
	s.checkControl(t, "POST", "snapshot", "", `{"snapshot":1}`)
	s.checkControl(t, "POST", "faults", `{"fault": "unavailable", "match": {"secret": "Z"}}`, `{}`)
	s.query(t, s.AdminKey, `{secret_nams}`)
	s.checkControl(t, "POST", "reset", "", `{}`)
	s.checkControl(t, "GET", "faults", "", `{"faults":[]}`)
	s.checkControl(t, "GET", "calls", "", `{"calls":[],"invalid":[]}`)
	s.checkControl(t, "POST", "leaks", canary, `{"leaks":[]}`)
	if status, _ := s.send(t, "PUT", fake.Prefix+"snapshot", s.AdminKey, `{"snapshot": 1}`); status != http.StatusBadRequest {
		t.Error("a snapshot is left")
	}
	if got := s.query(t, s.AdminKey, `{secret_names tenant{slug}}`); got != `{"data":{"secret_names":[],"tenant":[{"slug":"dev"}]}}` {
		t.Error(got)
	}
}

// A write that has not finished when a test resets or restores reaches no store.
func TestAResetInterruptsWrites(t *testing.T) {
	for name, interrupt := range map[string]func(*testServer){
		"reset":   func(s *testServer) { s.checkControl(t, "POST", "reset", "", `{}`) },
		"restore": func(s *testServer) { s.checkControl(t, "PUT", "snapshot", `{"snapshot": 1}`, `{}`) },
	} {
		s := startServer(t)
		s.checkControl(t, "POST", "snapshot", "", `{"snapshot":1}`)
		s.checkControl(t, "POST", "faults", `{"match": {"secret": "OLD"}, "fault": {"delay": 0.2}}`, `{}`)
		done := make(chan string)
		go func() { done <- s.query(t, s.AdminKey, set("OLD")) }()
		for s.Faults()[0].Fired == 0 {
			runtime.Gosched()
		}
		interrupt(s)
		if got := <-done; !strings.Contains(got, "API_ERROR") {
			t.Errorf("%s: %s", name, got)
		}
		if names, err := s.Names(s.Tenant.ID); len(names) != 0 || err != nil {
			t.Errorf("%s: stored: %v, %v", name, names, err)
		}
	}
}

func TestControlIsForTheAdminOnThisMachine(t *testing.T) {
	s := startServer(t)
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for name, tt := range map[string]struct {
		key    string
		host   string
		status int
	}{
		"admin":           {s.AdminKey, "127.0.0.1:4200", 200},
		"by name":         {s.AdminKey, "localhost:4200", 200},
		"by IPv6":         {s.AdminKey, "[::1]:4200", 200},
		"without a port":  {s.AdminKey, "LOCALHOST", 200},
		"runner":          {s.RunnerKey, "127.0.0.1:4200", 401},
		"another key":     {"another", "127.0.0.1:4200", 401},
		"another host":    {s.AdminKey, "attacker.example:4200", 403},
		"a similar host":  {s.AdminKey, "localhost.attacker.example", 403},
		"another address": {s.AdminKey, "192.0.2.1:4200", 403},
	} {
		if status, got := s.send(t, "POST", fake.Prefix+"reset", tt.key, "", host(tt.host)); status != tt.status {
			t.Errorf("%s: %d %s", name, status, got)
		}
	}
	for path, status := range map[string]int{"resets": 404, "": 404, "reset": 405} {
		if got, _ := s.send(t, "PATCH", fake.Prefix+path, s.AdminKey, ""); got != status {
			t.Errorf("%q: %d", path, got)
		}
	}
}

// No control request is answered with a value.
func TestNoControlRequestAnswersWithAValue(t *testing.T) {
	s := startServer(t)
	s.seed(t, `{"secrets": {"A": "`+canary+`"}}`)
	s.query(t, s.AdminKey, `mutation{set_secret(input: {name: "B", value: "`+canary+`"}){success}}`)
	s.query(t, s.AdminKey, `mutation{set_secret(input: {name: "B", value: {a: "`+canary+`", b: `+canary+`}}){succes}}`)
	for _, path := range []string{"reset", "seed", "faults", "calls", "snapshot", "leaks"} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			if path == "reset" || path == "seed" && method == "POST" {
				continue
			}
			for _, body := range []string{"", canary, `{"match": {"field": "x"}, "fault": {"code": {"` + canary + `": 1}}}`} {
				if _, got := s.send(t, method, fake.Prefix+path, s.AdminKey, body); strings.Contains(got, canary) {
					t.Errorf("%s %s answers with a value", method, path)
				}
			}
		}
	}
}

func TestAFaultOfTheWrongTypeNamesItsKey(t *testing.T) {
	s := startServer(t)
	for body, want := range map[string]string{
		`[]`:                                   "it has the wrong type: array",
		`{"fault": 1}`:                         `\"fault\" has the wrong type: number`,
		`{"match": {"nth": "1"}, "fault": {}}`: `\"match.nth\" has the wrong type: string`,
	} {
		status, got := s.send(t, "POST", fake.Prefix+"faults", s.AdminKey, body)
		if status != http.StatusBadRequest || !strings.Contains(got, want) || strings.Contains(got, "Go ") {
			t.Errorf("%s: %d %s, want %s", body, status, got, want)
		}
	}
}
