package testkit_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestContextReadsFromTheFake(t *testing.T) {
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	cloud.Set("S", map[string]any{"user": "main"})
	data.Set("S", map[string]any{"user": "data"})
	for want, tenant := range map[string]*testkit.Cloud{"main": cloud, "data": data} {
		ctx := tenant.Context(t.Context())
		if got, err := prefect.Get[struct{ User string }](ctx, "S"); err != nil || got.User != want {
			t.Errorf("%s: Get: %v, %v", want, got, err)
		}
		if got, err := prefect.Secret("S").Get(ctx); err != nil || got.(map[string]any)["user"] != want {
			t.Errorf("%s: Secret.Get: %v, %v", want, got, err)
		}
		if _, err := prefect.Secret("NOPE").Get(ctx); !errors.Is(err, prefect.ErrNotFound) {
			t.Errorf("%s: NOPE: %v", want, err)
		}
	}
	if calls := cloud.Calls(faults.Match{Key: "runner"}); len(calls) != 6 {
		t.Errorf("got %d calls of the runner, want 6", len(calls))
	}
	if calls := data.Calls(faults.Match{}); len(calls) != 3 {
		t.Errorf("got %d calls for the tenant, want 3", len(calls))
	}
}

// In cloud execution nothing local is read, whether it is in the context before or
// after. The parent is unchanged, and a config that is added later replaces this one.
func TestContextReadsNoLocalSecrets(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", "fake")
	parent := testkit.LocalSecrets(t.Context(), map[string]any{"S": "local", "LOCAL": "local"})
	parent = testkit.LocalConfig(parent, t, "[context.secrets]\nCONFIGURED = \"local\"\n", nil)
	ctx := testkit.LocalSecrets(cloud.Context(parent), map[string]any{"S": "later", "LATER": "local"})
	if got, err := prefect.Get[string](ctx, "S"); got != "fake" || err != nil {
		t.Errorf("S: got %q, %v", got, err)
	}
	for _, name := range []prefect.Secret{"LOCAL", "CONFIGURED", "LATER"} {
		if _, err := name.Get(ctx); !errors.Is(err, prefect.ErrNotFound) {
			t.Errorf("%s: got %v", name, err)
		}
		if ok, err := name.Exists(ctx); ok || err != nil {
			t.Errorf("%s: exists: %t, %v", name, ok, err)
		}
	}
	if got, err := prefect.Get[string](parent, "S"); got != "local" || err != nil {
		t.Errorf("parent: got %q, %v", got, err)
	}
	loaded, err := config.Load(config.Options{Version: "0.9.3", Text: "[cloud]\nuse_local_secrets = false\n"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"S": "later", "CONFIGURED": "local"} { // as Prefect 0.9 reads them
		if got, err := prefect.Get[string](prefect.WithConfig(ctx, loaded), name); got != want || err != nil {
			t.Errorf("Prefect 0.9: %s: got %q, %v", name, got, err)
		}
	}
}

func TestContextWhileAFlowIsBuilt(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", 1)
	ctx := cloud.Context(prefect.BuildingFlow(t.Context()))
	if _, err := prefect.Secret("S").Get(ctx); !errors.Is(err, prefect.ErrBuildingFlow) {
		t.Errorf("got %v", err)
	}
}

// A client of the fake says which client may do what its key may not.
func TestForbiddenSaysWhichClientMay(t *testing.T) {
	const (
		read  = "this is testkit's admin key, which may not read values: use Cloud.RunnerClient or Cloud.Context"
		write = "this is testkit's runner key, which may only read: use Cloud.AdminClient"
	)
	for _, dialect := range []prefect.Dialect{prefect.DialectAuto, prefect.DialectCamel, prefect.DialectSnake} {
		cloud := testkit.New(t, testkit.WithDialect(dialect))
		cloud.Set("S", canary)
		admin, runner := cloud.AdminClient(), cloud.RunnerClient()
		own := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "own", Role: prefect.RoleAdmin}))
		_, errGet := admin.GetSecret(t.Context(), "S")
		_, errTenant := cloud.Tenant("data").AdminClient().GetSecret(t.Context(), "S")
		_, errFlow := prefect.Get[string](prefect.WithClient(cloud.Context(t.Context()), admin), "S")
		_, errOwn := own.GetSecret(t.Context(), "S")
		for _, tt := range []struct {
			name string
			err  error
			want string
		}{
			{"GetSecret", errGet, read}, {"of a tenant", errTenant, read}, {"Get", errFlow, read},
			{"SetSecret", runner.SetSecret(t.Context(), "S", canary), write},
			{"DeleteSecret", runner.DeleteSecret(t.Context(), "S"), write},
			{"an added key", errOwn, "Unauthorized (FORBIDDEN)"},
		} {
			var e *prefect.APIError
			if !errors.Is(tt.err, prefect.ErrForbidden) || !errors.As(tt.err, &e) || e.Code != "FORBIDDEN" {
				t.Errorf("%s %s: got %v", dialect, tt.name, tt.err)
			} else if !strings.Contains(e.Error(), tt.want) || !strings.Contains(e.Message, "Unauthorized") || strings.Contains(e.Error(), canary) {
				t.Errorf("%s %s: got %v", dialect, tt.name, e)
			}
		}
		if got, err := runner.GetSecret(t.Context(), "S"); err != nil || string(got.Reveal()) != `"`+canary+`"` {
			t.Errorf("%s: runner: %v", dialect, err)
		}
	}
}

// What was injected gets no advice that is not true, and the fake's own answer none.
func TestForbiddenWithoutAdvice(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Code: "FORBIDDEN", Message: "Unauthorized"})
	cloud.Inject(faults.Match{Key: "runner"}, faults.Fault{Status: http.StatusForbidden, Code: "FORBIDDEN"})
	_, errRead := cloud.RunnerClient().GetSecret(t.Context(), "S")
	for name, err := range map[string]error{"set": cloud.AdminClient().SetSecret(t.Context(), "S", 1), "read": errRead} {
		if !errors.Is(err, prefect.ErrForbidden) || strings.Contains(err.Error(), "testkit") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	const want = `{"errors":[{"message":"Unauthorized","locations":[{"line":1,"column":2}],"path":["secretValue"],` +
		`"extensions":{"code":"FORBIDDEN"}}],"data":{"secretValue":null}}`
	if got := post(t, cloud, `{"query": "{secretValue(name: \"S\")}"}`); strings.TrimSpace(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A client's answers are intact while another client's requests are forbidden.
func TestAdviceOfConcurrentRequests(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", canary)
	admin, runner := cloud.AdminClient(), cloud.RunnerClient()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _, _ = admin.GetSecret(t.Context(), "S") })
		wg.Go(func() {
			if got, err := runner.GetSecret(t.Context(), "S"); err != nil || string(got.Reveal()) != `"`+canary+`"` {
				t.Errorf("got another value, or %v", err)
			}
		})
	}
	wg.Wait()
}
