package fake_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

const (
	tenantA  = "11111111-1111-4111-8111-111111111111"
	tenantB  = "22222222-2222-4222-8222-222222222222"
	adminKey = "admin-key"
	runKey   = "runner-key"
)

func newEngine(t *testing.T, record bool) *fake.Engine {
	t.Helper()
	e, err := fake.NewEngine(cloud.Config{
		Store: cloud.NewMemory(time.Now), Now: time.Now,
		Tenants: []cloud.Tenant{{ID: tenantA, Slug: "main", Name: "Main"}, {ID: tenantB, Slug: "data"}},
		Keys: []cloud.Key{
			{Name: "ci", Secret: adminKey, Role: cloud.Admin, Tenants: []string{tenantA, tenantB}},
			{Name: "agent", Secret: runKey, Role: cloud.Runner, Tenants: []string{tenantA}},
		},
	}, record)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// answer is what a client receives.
type answer struct {
	status int
	header http.Header
	body   string
}

// post sends a body with a key, headers being "Name: value".
func post(t *testing.T, h http.Handler, key, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	resp, err := cloud.Transport(h).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// checkQuery sends a document, which must be answered with this body and a line break.
func checkQuery(t *testing.T, h http.Handler, key, document, want string) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": document})
	if diff := cmp.Diff(want+"\n", post(t, h, key, string(body)).body); diff != "" {
		t.Errorf("%s as %s (-want +got):\n%s", document, key, diff)
	}
}

// sealed is a store that does not answer.
type sealed struct{ cloud.Store }

func (sealed) Names(context.Context, string) ([]string, error) { return nil, errors.New("sealed") }

// The presets answer what the API itself answers in that case.
func TestPresetsAnswerAsTheAPI(t *testing.T) {
	const list = `{"query":"{secret_names}"}`
	config := cloud.Config{
		Store: sealed{}, Now: time.Now, Tenants: []cloud.Tenant{{ID: tenantA, Slug: "main"}},
		Keys: []cloud.Key{{Name: "ci", Secret: adminKey, Role: cloud.Admin, Tenants: []string{tenantA}}},
	}
	broken, err := fake.NewEngine(config, false)
	if err != nil {
		t.Fatal(err)
	}
	failed, refused := post(t, broken, adminKey, list), post(t, broken, "another-key", list)
	for _, tt := range []struct {
		preset faults.Fault
		want   answer
	}{
		{faults.KeyExpired(), refused}, {faults.PartialFailure(), failed}, {faults.StoreSealed(), failed},
	} {
		e := newEngine(t, false)
		inject(t, e, faults.Match{}, tt.preset)
		if got := post(t, e, adminKey, list); got.status != tt.want.status || got.body != tt.want.body {
			t.Errorf("%+v: %d %s, want %s", tt.preset, got.status, got.body, tt.want.body)
		}
	}
}
