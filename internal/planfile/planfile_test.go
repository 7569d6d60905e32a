package planfile_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/planfile"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const (
	fileURL = "https://secrets.example.com"
	canary  = "CANARY51c0"
)

// newPlan plans the secrets of a source, by names and values in turn, against a store
// of which every name may be deleted.
func newPlan(t *testing.T, store secretsync.Store, pairs ...string) *secretsync.Plan {
	t.Helper()
	done, err := newRun(store, pairs...).Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done.Plans()[0]
}

func newRun(store secretsync.Store, pairs ...string) secretsync.Run {
	source := &secretsync.Source{Label: "s"}
	for i := 0; i < len(pairs); i += 2 {
		source.Entries = append(source.Entries, secretsync.Entry{Name: pairs[i], Text: prefect.TextValue(pairs[i+1])})
	}
	return secretsync.Run{
		Sources: []*secretsync.Source{source}, Writer: store, Prune: secretsync.Prune{Scope: []string{"*"}},
	}
}

// newCloud makes a fake with secrets that the admin key wrote.
func newCloud(t *testing.T, names ...string) *testkit.Cloud {
	t.Helper()
	cloud := testkit.New(t)
	setSecrets(t, cloud.AdminClient(), names...)
	return cloud
}

func setSecrets(t *testing.T, client *prefect.Client, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := client.SetSecret(t.Context(), name, "old"); err != nil {
			t.Fatal(err)
		}
	}
}

// clientOf makes a client with a new key.
func clientOf(cloud *testkit.Cloud, name string, role prefect.Role) *prefect.Client {
	return cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: name, Role: role}))
}

// lines returns the actions of a plan as kind, name, source and reason.
func lines(p *secretsync.Plan) []string {
	var all []string
	for _, a := range p.Actions {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s<%s %s", a.Kind, a.Name, a.Source, a.Reason)))
	}
	return all
}

func TestAPlanFileContainsNamesAlone(t *testing.T) {
	text, err := planfile.New(planfile.Store{URL: fileURL}, newPlan(t, newCloud(t, "B", "OLD").AdminClient(), "A", canary, "B", canary, "E", "")).Encode()
	if err != nil || strings.Contains(string(text), canary) {
		t.Fatalf("%v, or the file holds a value", err)
	}
	file, err := planfile.Parse("plan.json", text, option.Flag)
	if err != nil {
		t.Fatal(err)
	}
	want := []planfile.Change{
		{Tenant: "testkit", Name: "A", Kind: secretsync.Create},
		{Tenant: "testkit", Name: "B", Kind: secretsync.Overwrite},
		{Tenant: "testkit", Name: "OLD", Kind: secretsync.Delete},
	}
	if diff := cmp.Diff(want, file.Actions); diff != "" || file.APIURL != fileURL {
		t.Errorf("%s: %s", file.APIURL, diff)
	}
}

func TestRestrict(t *testing.T) {
	file := planfile.New(planfile.Store{URL: fileURL}, newPlan(t, newCloud(t, "B", "OLD").AdminClient(), "A", "x", "B", "x"))
	stored, pairs := []string{"B", "OLD"}, []string{"A", "x", "B", "x"} // as in the file
	tests := []struct {
		name   string
		url    string
		stored []string
		pairs  []string
		fails  string
		want   []string
	}{
		{"the same", fileURL, stored, []string{"A", "x", "B", "other"}, "", []string{
			"create A<A", "overwrite B<B", "delete OLD< not in any source",
		}},
		{"a new name", fileURL, stored, append(pairs[:4:4], "NEW", "x"), "", []string{
			"create A<A", "overwrite B<B", "skip NEW<NEW not in the plan file", "delete OLD< not in any source",
		}},
		{"a name to delete more", fileURL, []string{"B", "OLD", "OLD2"}, pairs, "", []string{
			"create A<A", "overwrite B<B", "delete OLD< not in any source", "skip OLD2< not in the plan file",
		}},
		{"created meanwhile", fileURL, []string{"A", "B", "OLD"}, pairs,
			`"A" of tenant testkit: create was reviewed, but it is overwrite now`, nil},
		{"deleted meanwhile", fileURL, []string{"OLD"}, pairs,
			`"B" of tenant testkit: overwrite was reviewed, but it is create now`, nil},
		{"no source any more", fileURL, stored, []string{"A", "x", "B", ""},
			`"B" of tenant testkit: overwrite was reviewed, but nothing is planned now`, nil},
		{"a source once more", fileURL, stored, append(pairs[:4:4], "OLD", "x"),
			`"OLD" of tenant testkit: delete was reviewed, but it is overwrite now`, nil},
		{"another store", "https://other.example.com", stored, pairs, "another API URL", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := newPlan(t, newCloud(t, tt.stored...).AdminClient(), tt.pairs...)
			err := file.CheckStore(planfile.Store{URL: tt.url})
			if err == nil {
				err = file.Restrict(plan)
			}
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("got %v", err)
				}
				return
			}
			if diff := cmp.Diff(tt.want, lines(plan)); err != nil || diff != "" {
				t.Errorf("%v: %s", err, diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":   "is not a plan file",
		"[]": "is not a plan file",
		`{"format_version": 2, "api_url": "u", "actions": []} x`:                                     "is not a plan file",
		`{"format_version": 2, "values": {"A": "` + canary + `"}}`:                                   "is not a plan file",
		`{"format_version": 1}`:                                                                      "has format_version 1",
		`{"format_version": 2, "actions": [{"name": "A", "action": "skip"}]}`:                        "action 1 is not",
		`{"format_version": 2, "actions": [{"name": "A", "action": "create"}, {"action":"delete"}]}`: "action 2 is not",
	} {
		_, err := planfile.Parse("plan.json", []byte(text), option.Flag)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// newShared makes a fake where the key admin wrote A and the key bob wrote B.
func newShared(t *testing.T) *testkit.Cloud {
	t.Helper()
	cloud := newCloud(t, "A")
	setSecrets(t, clientOf(cloud, "bob", prefect.RoleAdmin), "B")
	return cloud
}

// What a planner has planned is synced by a key that deletes its own alone.
func TestAPlannersFileLeavesOthersSecrets(t *testing.T) {
	cloud := newShared(t)
	text, err := planfile.New(planfile.Store{URL: fileURL}, newPlan(t, clientOf(cloud, "pr", prefect.RolePlanner), "NEW", "x")).Encode()
	if err != nil {
		t.Fatal(err)
	}
	file, err := planfile.Parse("plan.json", text, option.Flag)
	if err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, cloud.AdminClient(), "NEW", "x")
	want := []string{
		"delete A< not in any source", `skip B< not in any source; not deleted: the key "bob" wrote it last`, "create NEW<NEW",
	}
	err = file.Restrict(plan)
	if diff := cmp.Diff(want, lines(plan)); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
}

// A deletion that was reviewed as one key's is not silently another's.
func TestADeletionThatBecameAnothers(t *testing.T) {
	cloud := newShared(t)
	file := planfile.New(planfile.Store{URL: fileURL}, newPlan(t, cloud.AdminClient(), "NEW", "x"))
	setSecrets(t, clientOf(cloud, "carol", prefect.RoleAdmin), "A")
	err := file.Restrict(newPlan(t, cloud.AdminClient(), "NEW", "x"))
	if err == nil || !strings.Contains(err.Error(), `"A" of tenant testkit: delete was reviewed, but nothing is planned now`) {
		t.Errorf("got %v", err)
	}
}

// comparing is a store that says which values it has.
type comparing struct {
	secretsync.Store
	unchanged []string
}

func (s comparing) Unchanged(_ context.Context, secrets []prefect.NamedValue) (names []string, err error) {
	for _, secret := range secrets {
		if slices.Contains(s.unchanged, secret.Name) {
			names = append(names, secret.Name)
		}
	}
	return names, nil
}

// A plan file approves an overwrite for a name that is unchanged, and the other way around:
// which of the two it is depends on the value.
func TestAPlanFileApprovesNamesWhateverTheirValues(t *testing.T) {
	client := newCloud(t, "OTHER", "SAME").AdminClient()
	pairs := []string{"SAME", "x", "OTHER", "y"}
	text, err := planfile.New(planfile.Store{URL: fileURL}, newPlan(t, comparing{client, []string{"SAME"}}, pairs...)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	file, err := planfile.Parse("plan.json", text, option.Flag)
	if err != nil {
		t.Fatal(err)
	}
	reviewed := []planfile.Change{
		{Tenant: "testkit", Name: "OTHER", Kind: secretsync.Overwrite},
		{Tenant: "testkit", Name: "SAME", Kind: secretsync.Keep},
	}
	if diff := cmp.Diff(reviewed, file.Actions); diff != "" {
		t.Error(diff)
	}
	for _, unchanged := range [][]string{{"SAME"}, {"OTHER"}, {"OTHER", "SAME"}, nil} {
		store := comparing{client, unchanged}
		plan := newPlan(t, store, pairs...)
		err := file.Restrict(plan)
		if diff := cmp.Diff(lines(newPlan(t, store, pairs...)), lines(plan)); err != nil || diff != "" {
			t.Errorf("%q unchanged: %v: %s", unchanged, err, diff)
		}
	}
	err = file.Restrict(newPlan(t, comparing{newCloud(t, "OTHER").AdminClient(), nil}, pairs...))
	if err == nil || !strings.Contains(err.Error(), `"SAME" of tenant testkit: unchanged was reviewed, but it is create now`) {
		t.Errorf("got %v", err)
	}
}

// A name that the file does not list is not written, and stays unchanged if it is.
func TestAPlanFileWithoutANameThatIsUnchangedNow(t *testing.T) {
	client := newCloud(t, "A", "NEW").AdminClient()
	file := planfile.New(planfile.Store{URL: fileURL}, newPlan(t, comparing{client, nil}, "A", "x"))
	file.Actions = slices.DeleteFunc(file.Actions, func(c planfile.Change) bool { return c.Name == "NEW" })
	for _, unchanged := range []string{"NEW", ""} {
		plan := newPlan(t, comparing{client, []string{unchanged}}, "A", "x", "NEW", "y")
		err := file.Restrict(plan)
		want := []string{"overwrite A<A", "skip NEW<NEW not in the plan file"}
		if unchanged == "NEW" {
			want[1] = "unchanged NEW<NEW"
		}
		if diff := cmp.Diff(want, lines(plan)); err != nil || diff != "" {
			t.Errorf("%q unchanged: %v: %s", unchanged, err, diff)
		}
	}
}

// A run whose plan file is for another tenant writes nothing.
func TestAFileForAnotherTenant(t *testing.T) {
	cloud := newCloud(t)
	run := newRun(cloud.AdminClient(), "A", "x")
	run.Steps.Planned = func(out *secretsync.Outcome) error {
		return (&planfile.File{Tenants: []string{"other"}}).Restrict(out.Plans()...)
	}
	done, err := run.Sync(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the plan file is for tenant other") || done != nil || len(cloud.Names()) != 0 {
		t.Errorf("%v: %+v, %q are stored", err, done, cloud.Names())
	}
}

// A store without tenants is not called a tenant.
func TestAFileForAStoreWithoutTenants(t *testing.T) {
	store := planfile.Store{URL: fileURL, Kind: "blocks", Settings: map[string]string{"reader": "3"}}
	planned := &secretsync.Plan{Actions: []secretsync.Action{{Name: "a-b", Kind: secretsync.Create}, {Name: "c", Kind: secretsync.Delete}}}
	file := planfile.New(store, planned)
	now := &secretsync.Plan{Actions: []secretsync.Action{{Name: "a-b", Kind: secretsync.Overwrite}}}
	const want = `the plan file no longer fits, plan again: "a-b": create was reviewed, but it is overwrite now; "c": delete was reviewed, but nothing is planned now`
	if err := file.Restrict(now); fmt.Sprint(err) != want {
		t.Errorf("got %v", err)
	}
	file.Tenants = []string{"data"}
	if err := file.Restrict(now); fmt.Sprint(err) != "the plan file is for tenant data, and this run for a store without tenants: plan again" {
		t.Errorf("got %v", err)
	}
}

// TestAPlanFileIsForOneStore has plans for stores of each kind and with other settings, which no other
// store takes.
func TestAPlanFileIsForOneStore(t *testing.T) {
	const ofDefault = `{
  "format_version": 2,
  "api_url": "https://secrets.example.com",
  "tenants": [],
  "actions": []
}
`
	stores := []planfile.Store{
		{URL: fileURL, Kind: "cloud-1"},
		{URL: fileURL, Kind: "blocks", Settings: map[string]string{"reader": "2"}},
		{URL: fileURL, Kind: "blocks", Settings: map[string]string{"reader": "3"}},
	}
	const otherKind = "the plan file is for a store of another kind: plan again"
	const otherReader = "the plan file is for a store with another reader: plan again"
	for i, planned := range stores {
		text, err := planfile.New(planned).Encode()
		if err != nil || (i == 0) != (string(text) == ofDefault) {
			t.Fatalf("%v, %s", err, text)
		}
		file, err := planfile.Parse("plan.json", text, option.Flag)
		if err != nil {
			t.Fatal(err)
		}
		for j, now := range stores {
			want := otherReader
			switch {
			case i == j:
				want = fmt.Sprint(error(nil))
			case i == 0 || j == 0:
				want = otherKind
			}
			if got := fmt.Sprint(file.CheckStore(now)); got != want {
				t.Errorf("planned for %v, applied to %v: got %s, want %s", planned, now, got, want)
			}
		}
	}
}
