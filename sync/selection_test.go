package sync_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func TestFirstLinesWithoutASelection(t *testing.T) {
	own := []string{
		"AWS_DEPLOY_KEY", "CODECOV_TOKEN", "COVERALLS_REPO_TOKEN", "DEPLOY_KEY", "DEPLOY_SSH_KEY",
		"DOCKERHUB_TOKEN", "DOCKER_PASSWORD", "GH_TOKEN", "NPM_TOKEN",
		"PREFECT_STAGING_API_KEY", "PYPI_API_TOKEN", "RELEASE_PAT", "SONAR_TOKEN",
	}
	flows := []string{
		"AWS_CREDENTIALS", "DB_PASSWORD", "GCP_CREDENTIALS", "GITHUB_ACCESS_TOKEN", "SLACK_WEBHOOK_URL",
		"SNOWFLAKE_PASSWORD", "SSH_PRIVATE_KEY",
	}
	source, err := secretsync.ParseSecrets("secrets", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(own, flows...) {
		source.Entries = append(source.Entries, secretsync.Entry{Name: name, Text: prefect.TextValue("v")})
	}
	source.Entries = append(source.Entries,
		secretsync.Entry{Name: "github_token", Text: prefect.TextValue("t")},
		secretsync.Entry{Name: "EMPTY", Text: prefect.TextValue("")})
	line := "20 of 22 secrets go to tenant data: no include, exclude or [names] limits them; " +
		"these look like secrets for CI itself: AWS_DEPLOY_KEY, CODECOV_TOKEN, COVERALLS_REPO_TOKEN, DEPLOY_KEY, " +
		"DEPLOY_SSH_KEY, DOCKERHUB_TOKEN, DOCKER_PASSWORD, GH_TOKEN, NPM_TOKEN, " +
		"PREFECT_STAGING_API_KEY, PYPI_API_TOKEN, RELEASE_PAT, SONAR_TOKEN"
	single, err := secretsync.ParseSecrets("secrets", []byte(`{"A": "v"}`))
	if err != nil {
		t.Fatal(err)
	}
	chosen := &secretsync.Source{Label: "the environment", Entries: source.Entries}
	tests := []struct {
		source *secretsync.Source
		rules  secretsync.Rules
		first  string
		want   []string
	}{
		{source, secretsync.Rules{}, "", []string{line}},
		{source, secretsync.Rules{}, "before", []string{"before", line}},
		{single, secretsync.Rules{}, "", []string{"1 of 1 secret goes to tenant data: no include, exclude or [names] limits it"}},
		{chosen, secretsync.Rules{}, "", nil},
		{source, secretsync.Rules{Include: []string{"*"}}, "", nil},
		{source, secretsync.Rules{Exclude: []string{"CODECOV_TOKEN"}}, "", nil},
		{source, secretsync.Rules{Names: map[string]secretsync.NameRule{"a": {From: "DB_PASSWORD"}}}, "", nil},
	}
	for _, tt := range tests {
		run := secretsync.Run{Sources: []*secretsync.Source{tt.source}, Rules: tt.rules, First: tt.first}
		plan, err := secretsync.NewPlanFor(run, "data")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, plan.FirstLines()); diff != "" {
			t.Errorf("%+v: %s", tt.rules, diff)
		}
	}
}

// TestFirstLinesNameCISecretsAsCIDoes has a store that keeps names in another form.
func TestFirstLinesNameCISecretsAsCIDoes(t *testing.T) {
	source, err := secretsync.ParseSecrets("secrets", []byte(`{"DB_PASSWORD": "v", "NPM_TOKEN": "v", "GITHUB_TOKEN": "v", "ORG_GITHUB_TOKEN": "v"}`))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := secretsync.NewPlan(secretsync.Run{Writer: newShelf(), Sources: []*secretsync.Source{source}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"3 of 4 secrets go to the store: no include, exclude or [names] limits them; " +
		"these look like secrets for CI itself: NPM_TOKEN, ORG_GITHUB_TOKEN"}
	if diff := cmp.Diff(want, plan.FirstLines()); diff != "" {
		t.Error(diff)
	}
}
