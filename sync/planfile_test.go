package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

const fileURL = "https://secrets.example.com"

func planFor(t *testing.T, stored []string, pairs ...string) *secretsync.Plan {
	t.Helper()
	cloud := storing(t, stored...)
	return planned(t, paced(cloud.AdminClient()), pruneAll(secretsync.PlanInput{Sources: []*secretsync.Source{source("s", pairs...)}}))
}

func TestAPlanFileHoldsNamesAlone(t *testing.T) {
	text, err := secretsync.NewPlanFile(fileURL, planFor(t, []string{"B", "OLD"}, "A", canary, "B", canary, "E", "")).Encode()
	if err != nil || strings.Contains(string(text), canary) {
		t.Fatalf("%v, or the file holds a value", err)
	}
	file, err := secretsync.ParsePlanFile("plan.json", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []secretsync.ReviewedName{{Tenant: "testkit", Name: "A", Kind: secretsync.Create}, {Tenant: "testkit", Name: "B", Kind: secretsync.Overwrite}, {Tenant: "testkit", Name: "OLD", Kind: secretsync.Delete}}
	if diff := cmp.Diff(want, file.Actions); diff != "" || file.APIURL != fileURL {
		t.Errorf("%s: %s", file.APIURL, diff)
	}
}

func TestRestrict(t *testing.T) {
	file := secretsync.NewPlanFile(fileURL, planFor(t, []string{"B", "OLD"}, "A", "x", "B", "x"))
	tests := []struct {
		name   string
		url    string
		stored []string
		pairs  []string
		fault  string
		want   []string
	}{
		{"the same", fileURL, []string{"B", "OLD"}, []string{"A", "x", "B", "other"}, "", []string{"create A<A", "overwrite B<B", "delete OLD< no source has it"}},
		{"a new name", fileURL, []string{"B", "OLD"}, []string{"A", "x", "B", "x", "NEW", "x"}, "", []string{"create A<A", "overwrite B<B", "skip NEW<NEW not in the plan file", "delete OLD< no source has it"}},
		{"a name to delete more", fileURL, []string{"B", "OLD", "OLD2"}, []string{"A", "x", "B", "x"}, "", []string{"create A<A", "overwrite B<B", "delete OLD< no source has it", "skip OLD2< not in the plan file"}},
		{"there meanwhile", fileURL, []string{"A", "B", "OLD"}, []string{"A", "x", "B", "x"}, `"A" of tenant testkit: create was reviewed, and it is overwrite now`, nil},
		{"gone meanwhile", fileURL, []string{"OLD"}, []string{"A", "x", "B", "x"}, `"B" of tenant testkit: overwrite was reviewed, and it is create now`, nil},
		{"no source any more", fileURL, []string{"B", "OLD"}, []string{"A", "x", "B", ""}, `"B" of tenant testkit: overwrite was reviewed, and nothing is planned now`, nil},
		{"a source again", fileURL, []string{"B", "OLD"}, []string{"A", "x", "B", "x", "OLD", "x"}, `"OLD" of tenant testkit: delete was reviewed, and it is overwrite now`, nil},
		{"another store", "https://other.example.com", []string{"B", "OLD"}, []string{"A", "x", "B", "x"}, "another API URL", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planFor(t, tt.stored, tt.pairs...)
			err := file.CheckURL(tt.url)
			if err == nil {
				err = file.Restrict(plan)
			}
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
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

func TestParsePlanFileErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":   "is not a plan file",
		"[]": "is not a plan file",
		`{"format_version": 2, "api_url": "u", "actions": []} x`:                                     "is not a plan file",
		`{"format_version": 2, "values": {"A": "` + canary + `"}}`:                                   "is not a plan file",
		`{"format_version": 1}`:                                                                      "has format_version 1",
		`{"format_version": 2, "actions": [{"name": "A", "action": "skip"}]}`:                        "action 1 is not",
		`{"format_version": 2, "actions": [{"name": "A", "action": "create"}, {"action":"delete"}]}`: "action 2 is not",
	} {
		if _, err := secretsync.ParsePlanFile("plan.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
