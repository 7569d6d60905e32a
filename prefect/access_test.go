package prefect_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestOverview(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("A", 1)
	cloud.Set("OTHER", 1)
	key := testkit.Key{Name: "team", Role: prefect.RolePlanner, Patterns: []string{"A", "B"}}
	client := cloud.ClientWithKey(cloud.AddKey(key))
	got, err := client.GetOverview(t.Context(), []string{"A", "B", "C"})
	want := prefect.Overview{
		Access: prefect.Access{Key: "team", Role: prefect.RolePlanner, Tenant: "testkit", Unreachable: []string{"C"}},
		Names:  []string{"A"}, Owners: map[string]string{"A": "testkit"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || client.Requests() != 1 {
		t.Errorf("%v, %d requests: %s", err, client.Requests(), diff)
	}
}

// recorder is an API that records the documents it gets. It refuses those that contain
// unknown, as a version without that field would.
type recorder struct {
	http.Handler
	unknown   string
	documents []string
}

func (h *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.documents = append(h.documents, string(body))
	if h.unknown != "" && strings.Contains(string(body), h.unknown) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, unknownField)
		return
	}
	h.Handler.ServeHTTP(w, r)
}

func (h *recorder) client(t *testing.T, dialect prefect.Dialect) *prefect.Client {
	t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: "http://localhost/", APIKey: testkit.AdminKey, Dialect: dialect, Transport: cloud.Transport(h),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// A version of this project's store that lacks the fields for access still says whether a
// write changed anything.
func TestAnOlderStoreIsStillKnown(t *testing.T) {
	h := &recorder{Handler: testkit.New(t).Handler(), unknown: "unreachable"}
	client := h.client(t, prefect.DialectAuto)
	if err := client.SetSecret(t.Context(), "A", 1); err != nil {
		t.Fatal(err)
	}
	h.documents = nil
	for range 2 {
		got, err := client.GetOverview(t.Context(), []string{"A"})
		if diff := cmp.Diff(prefect.Overview{Names: []string{"A"}}, got); err != nil || diff != "" {
			t.Fatalf("%v: %s", err, diff)
		}
	}
	asksVersion := func(document string) bool { return strings.Contains(document, "secrets_api{version}") }
	if len(h.documents) != 3 || !asksVersion(h.documents[1]) || !asksVersion(h.documents[2]) {
		t.Errorf("got the documents %q", h.documents)
	}
	one, err := prefect.NewValue(1)
	if err != nil {
		t.Fatal(err)
	}
	results := client.SetSecrets(t.Context(), []prefect.NamedValue{{Name: "A", Value: one}}, nil)
	if results[0].Err != nil || results[0].Changed {
		t.Errorf("the same value counts as a change: %+v", results)
	}
	if access, err := client.GetAccess(t.Context(), []string{"A"}); err != nil || access.Role != "" {
		t.Errorf("%v: it says %+v", err, access)
	}
	if owners, err := client.GetOwners(t.Context(), []string{"A"}); err != nil || owners["A"] != "admin" {
		t.Errorf("%v: the owners are %+v", err, owners)
	}
}

// An overview of another store has only names, however the store refuses unknown fields.
func TestOverviewOfAnotherStore(t *testing.T) {
	const (
		refusal = `{"errors":[{"message":"Cannot query field \"secrets_api\""}],"data":null}`
		snake   = `{"data":{"secret_names":["A"]}}`
		camel   = `{"data":{"secretNames":["A"]}}`
		rows    = `{"data":{"secret":[{"name":"A"}]}}`
	)
	for name, tt := range map[string]struct {
		given    prefect.Dialect
		bodies   map[string]string
		requests int
	}{
		"snake":                  {"", map[string]string{"secret_names": snake}, 4},
		"snake, given":           {prefect.DialectSnake, map[string]string{"secret_names": snake}, 2},
		"its own words, given":   {prefect.DialectCamel, map[string]string{"secretNames": camel, "secrets_api": refusal}, 2},
		"the documented listing": {"", map[string]string{"{secret(order_by:{name:asc}){name}}": rows}, 3},
	} {
		s := &server{bodies: tt.bodies}
		client := s.client(t, tt.given)
		for range 2 {
			got, err := client.GetOverview(t.Context(), []string{"A"})
			if diff := cmp.Diff(prefect.Overview{Names: []string{"A"}}, got); err != nil || diff != "" {
				t.Errorf("%s: %v: %s", name, err, diff)
			}
		}
		if len(s.documents) != tt.requests+1 {
			t.Errorf("%s: asked %q", name, s.documents)
		}
	}
}

// A refused key does not mean that the store does not know secrets_api.
func TestOverviewOfARefusedKey(t *testing.T) {
	for _, dialect := range []prefect.Dialect{prefect.DialectAuto, prefect.DialectSnake} {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "secrets_api"}, faults.KeyExpired())
		h := &recorder{Handler: cloud.Handler()}
		if _, err := h.client(t, dialect).GetOverview(t.Context(), nil); err == nil || len(h.documents) != 1 {
			t.Errorf("%q: %v, %d requests", dialect, err, len(h.documents))
		}
	}
}

// A store is not asked about thousands of names at once.
func TestOverviewAsksInParts(t *testing.T) {
	fake := testkit.New(t)
	var names, unreachable []string
	for i := range 4500 {
		names = append(names, fmt.Sprintf("team_%04d", i))
	}
	names[1000], names[4400] = "x", "y"
	unreachable = []string{"x", "y"}
	fake.Set("team_0000", 1)
	fake.Set("team_4499", 1)
	key := testkit.Key{Name: "team", Role: prefect.RoleAdmin, Patterns: []string{"team_*"}}
	client := fake.ClientWithKey(fake.AddKey(key))
	got, err := client.GetOverview(t.Context(), names)
	want := prefect.Overview{
		Access: prefect.Access{Key: "team", Role: prefect.RoleAdmin, Tenant: "testkit", Unreachable: unreachable},
		Names:  []string{"team_0000", "team_4499"},
		Owners: map[string]string{"team_0000": "testkit", "team_4499": "testkit"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
	if client.Requests() != 5 {
		t.Errorf("%d requests, want 1 with the names and 2 of either kind", client.Requests())
	}
}
