package testkit_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestTenantsSeeOnlyTheirOwn(t *testing.T) {
	cloud := testkit.New(t)
	data, ml := cloud.Tenant("data"), cloud.Tenant("ml")
	for name, tenant := range map[string]*testkit.Cloud{"MAIN": cloud, "DATA": data, "ML": ml} {
		if err := tenant.AdminClient().SetSecret(t.Context(), name, canary); err != nil {
			t.Fatal(err)
		}
		tenant.AssertNames(t, name)
		names, err := tenant.RunnerClient().ListSecrets(t.Context())
		if err != nil || len(names) != 1 || names[0] != name {
			t.Errorf("%s lists %v, %v", name, names, err)
		}
	}
	if _, err := ml.RunnerClient().GetSecret(t.Context(), "DATA"); !errors.Is(err, prefect.ErrNotFound) {
		t.Errorf("ml reads data's secret: %v", err)
	}
	if cloud.Tenant("data").TenantID() != data.TenantID() || data.TenantID() == ml.TenantID() {
		t.Error("a slug is not one tenant")
	}
	if got := cloud.TenantID(); got != "11111111-1111-4111-8111-111111111111" {
		t.Errorf("the first tenant has the id %s", got)
	}
}

func TestATenantsCallsAndFaultsAreItsOwn(t *testing.T) {
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	data.Inject(faults.Match{Field: "setSecret"}, faults.Unavailable())
	if err := cloud.AdminClient().SetSecret(t.Context(), "S", 1); err != nil {
		t.Errorf("the first tenant met data's fault: %v", err)
	}
	if err := data.AdminClient().SetSecret(t.Context(), "S", 1); err == nil {
		t.Error("data's fault did not fire")
	}
	for name, tt := range map[string]struct{ got, want int }{
		"all":                {len(cloud.Calls(faults.Match{})), 2},
		"data":               {len(data.Calls(faults.Match{})), 1},
		"by slug":            {len(cloud.Calls(faults.Match{Tenant: "data"})), 1},
		"another's, by name": {len(data.Calls(faults.Match{Tenant: "testkit"})), 1},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %d calls, want %d", name, tt.got, tt.want)
		}
	}
}

func TestKeysKeepToTheirRoles(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("team_a", 1)
	cloud.Set("other", 2)
	data := cloud.Tenant("data")
	ciKey := testkit.Key{Name: "ci", Role: prefect.RoleAdmin, Patterns: []string{"team_*"}}
	admin := cloud.ClientWithKey(cloud.AddKey(ciKey))
	runner := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "agent", Role: prefect.RoleRunner}))
	elsewhere := cloud.ClientWithKey(data.AddKey(testkit.Key{Name: "data ci", Role: prefect.RoleAdmin}))

	if err := admin.SetSecret(t.Context(), "team_b", 3); err != nil {
		t.Error(err)
	}
	if names, err := admin.ListSecrets(t.Context()); err != nil || len(names) != 2 {
		t.Errorf("the key with a pattern lists %v, %v", names, err)
	}
	_, errRead := admin.GetSecret(t.Context(), "team_a")
	for name, err := range map[string]error{
		"admin beyond its pattern": admin.SetSecret(t.Context(), "other", 3),
		"admin reads":              errRead,
		"runner writes":            runner.SetSecret(t.Context(), "team_a", 3),
		"runner deletes":           runner.DeleteSecret(t.Context(), "team_a"),
	} {
		if !errors.Is(err, prefect.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := elsewhere.SetSecret(t.Context(), "S", 1); err != nil {
		t.Error(err)
	}
	data.AssertNames(t, "S")
	if calls := cloud.Calls(faults.Match{Key: "ci", Field: "setSecret"}); len(calls) != 2 {
		t.Errorf("the key ci set %d times", len(calls))
	}
	err := cloud.ClientWithKey("no-such-key").SetSecret(t.Context(), "S", 1)
	if !errors.Is(err, prefect.ErrUnauthenticated) {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestAKeyExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		key := testkit.Key{Name: "brief", Role: prefect.RoleAdmin, Expires: time.Now().Add(time.Hour)}
		client := cloud.ClientWithKey(cloud.AddKey(key))
		if err := client.SetSecret(t.Context(), "S", 1); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if err := client.SetSecret(t.Context(), "S", 2); !errors.Is(err, prefect.ErrUnauthenticated) {
			t.Errorf("after an hour: %v", err)
		}
	})
}

// A client that finds the spelling out works with every dialect.
func TestDialects(t *testing.T) {
	for _, d := range []prefect.Dialect{prefect.DialectAuto, prefect.DialectCamel, prefect.DialectSnake} {
		t.Run("dialect "+string(d), func(t *testing.T) {
			got := runTest(func(_ *fakeTB, cloud *testkit.Cloud) {
				setFirst, listFirst, runner := cloud.AdminClient(), cloud.AdminClient(), cloud.RunnerClient()
				if err := setFirst.SetSecret(t.Context(), "A", 1); err != nil {
					t.Errorf("set first: %v", err)
				}
				if names, err := listFirst.ListSecrets(t.Context()); err != nil || len(names) != 1 {
					t.Errorf("names: %v, %v", names, err)
				}
				if err := listFirst.SetSecret(t.Context(), "B", 2); err != nil {
					t.Errorf("set after names: %v", err)
				}
				if v, err := runner.GetSecret(t.Context(), "A"); err != nil || string(v.Reveal()) != "1" {
					t.Errorf("get: %v", err)
				}
				if err := listFirst.DeleteSecret(t.Context(), "A"); err != nil {
					t.Errorf("delete: %v", err)
				}
				cloud.AssertNames(t, "B")
			}, testkit.WithDialect(d))
			if d != prefect.DialectAuto && got != "" {
				t.Errorf("got: %s", got)
			}
		})
	}
}

// A document in the other spelling is refused, and does not fail the test.
func TestAOneSpellingFakeRefusesTheOther(t *testing.T) {
	got := runTest(func(_ *fakeTB, cloud *testkit.Cloud) {
		for document, status := range map[string]int{
			`{"query": "{secretNames}"}`:                                         200,
			`{"query": "{secret_names}"}`:                                        400,
			`{"query": "{secrets_api{version}}"}`:                                400,
			`{"query": "mutation{deleteSecret(input: {name: \"S\"}){success}}"}`: 200,
			`{"query": "mutation{deleteSecret(input: {name: \"S\"}){changed}}"}`: 400,
		} {
			resp, answer := send(t, cloud.HTTPClient(), cloud.URL(), testkit.AdminKey, document)
			if resp.StatusCode != status {
				t.Errorf("%s: %d %s", document, resp.StatusCode, answer)
			}
		}
	}, testkit.WithDialect(prefect.DialectCamel))
	if got != "" {
		t.Errorf("got: %s", got)
	}
}
