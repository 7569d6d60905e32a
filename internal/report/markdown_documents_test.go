package report_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var update = flag.Bool("update", false, "write the documents under testdata/markdown")

const commit = "9c1d2e3f4a5b60718293a4b5c6d7e8f901234567"

// markdown is what the Action knows of a run in these tests.
var markdown = report.Markdown{
	Environment: "production", URL: storeURL,
	Link: func(file string, line, endLine int) string {
		if line == 0 {
			return fmt.Sprintf("https://github.com/acme/flows/blob/%s/%s", commit, file)
		}
		return fmt.Sprintf("https://github.com/acme/flows/blob/%s/%s#L%d", commit, file, line)
	},
}

const footer = "deploy / sync / production · [run 214, attempt 2]" +
	"(https://github.com/acme/flows/actions/runs/11223344556/attempts/2) · " +
	"commit [9c1d2e3](https://github.com/acme/flows/commit/" + commit + ")"

const storeURL = "https://ci:hunter2@secrets.example.com/graphql?token=hunter2"

// documents are the reports that people see most, by the name of their golden file.
func documents() map[string]*report.Document {
	return map[string]*report.Document{
		"plan-with-deletions":     markdown.Plan([]secretsync.TenantResult{newPlanWithDeletions()}).Footer(footer),
		"sync-with-failures":      markdown.Result([]secretsync.TenantResult{newResultWithFailures()}).Footer(footer),
		"all-unchanged":           markdown.Result([]secretsync.TenantResult{newUnchangedResult()}).Footer(footer),
		"check-of-every-severity": markdown.Diagnostics(newFindings(), 5).Footer(footer),
		"three-tenants": markdown.Result(newThreeTenants()).
			Join(markdown.Diagnostics(newFindings()[:2], 3)).Footer(footer),
		"skipped": markdown.Skipped("dependabot[bot] started this run, so GitHub gave it the secrets of the Dependabot store " +
			"and not the repository's own. Nothing was synced. The next run that a person starts on this branch is not skipped.").Footer(footer),
		"no-result": markdown.Failed("sync", "the store at https://secrets.example.com does not accept the key from the input "+
			"api-key: it is wrong, expired or revoked").Footer(footer),
	}
}

func newPlanWithDeletions() secretsync.TenantResult {
	actions := []secretsync.Action{
		{Name: "AWS_CREDENTIALS", Source: "AWS_CREDENTIALS", Kind: secretsync.Overwrite, Reason: `overwrites what "deploy-2025" wrote`},
		{Name: "DATABASE_URL", Source: "DATABASE_URL", Kind: secretsync.Overwrite},
		{Name: "OLD_SLACK_WEBHOOK", Kind: secretsync.Delete, Reason: "not in any source"},
		{Name: "RETIRED_API_TOKEN", Kind: secretsync.Delete, Reason: "not in any source"},
		{Name: "SNOWFLAKE_KEY", Source: "SNOWFLAKE_KEY", Kind: secretsync.Create},
		{Name: "slack-webhook", Source: "SLACK_WEBHOOK_URL", Kind: secretsync.Create},
		{Name: "GITHUB_TOKEN", Source: "github_token", Kind: secretsync.Skip, Reason: "GitHub's own token"},
		{Name: "EMPTY_ONE", Source: "EMPTY_ONE", Kind: secretsync.Skip, Reason: "empty", Warn: true},
	}
	for i := range 24 {
		name := fmt.Sprintf("SERVICE_%02d_PASSWORD", i)
		actions = append(actions, secretsync.Action{Name: name, Source: name, Kind: secretsync.Keep})
	}
	return secretsync.TenantResult{Name: "data", Plan: &secretsync.Plan{
		URL: storeURL, Tenant: "data", Actions: actions,
		Warnings: []string{`exclude "CODCOV_TOKEN" matches no name of a source: did you mean "CODECOV_TOKEN"?`},
		Remarks:  []string{`exclude "NPM_*" matches no name of a source`},
		KeyNote:  "the key from PREFECT_SECRETS_API_KEY is a planner key, which lists names; writing needs an admin key",
	}}
}

func newResultWithFailures() secretsync.TenantResult {
	t := newPlanWithDeletions()
	results := map[secretsync.Kind]secretsync.Result{
		secretsync.Create: secretsync.Created, secretsync.Overwrite: secretsync.Overwritten, secretsync.Delete: secretsync.Deleted,
		secretsync.Keep: secretsync.Unchanged, secretsync.Skip: secretsync.Skipped,
	}
	t.Report = &secretsync.Report{Verified: &secretsync.Verified{Present: 27}}
	for _, a := range t.Plan.Actions {
		a.Result = results[a.Kind]
		switch a.Name {
		case "DATABASE_URL":
			a.Result, a.Reason = secretsync.Failed, "the API answered HTTP 429 ten times; its limit is 60 requests a minute"
		case "SNOWFLAKE_KEY":
			a.Result, a.Reason = secretsync.Unknown, "timed out after 30s"
		case "RETIRED_API_TOKEN":
			a.Result, a.Reason = secretsync.Skipped, "not deleted, because not every write has succeeded"
		}
		t.Report.Actions = append(t.Report.Actions, a)
	}
	t.Plan.Warnings, t.Plan.Remarks, t.Plan.KeyNote = nil, nil, ""
	return t
}

func newUnchangedResult() secretsync.TenantResult {
	t := newPlanWithDeletions()
	t.Plan = &secretsync.Plan{URL: storeURL, Tenant: "data", Actions: t.Plan.Actions[8:]}
	t.Report = &secretsync.Report{Verified: &secretsync.Verified{Present: 24}}
	for _, a := range t.Plan.Actions {
		a.Result = secretsync.Unchanged
		t.Report.Actions = append(t.Report.Actions, a)
	}
	return t
}

func newThreeTenants() []secretsync.TenantResult {
	first, second := newResultWithFailures(), newUnchangedResult()
	first.Report.Actions = first.Report.Actions[:3]
	second.Name, second.Plan.Tenant = "ml", "ml"
	return []secretsync.TenantResult{first, second, {
		Name: "web", Err: errors.New("the key from the input api-key may not write to this tenant"),
	}}
}

// newFindings returns what check finds in files of every kind.
func newFindings() []check.Diagnostic {
	environment := []string{"PREFECT__CONTEXT__SECRETS__LOUD=x", "DOLLAR=a$b", "HOME=/"}
	options := check.Options{Env: environment}
	files := []struct{ name, text string }{
		{"config/prod.toml", `debug = "yes"
[cloud]
api_ulr = "https://example.com"
heartbeat_interval = "soon"
[context.secrets]
DB = "hunter22xyz"
update = "hunter22xyz"
LATE = "$LATE_ENV"
PRICE = "$DOLLAR"
SELF = "${context.secrets.GONE}"
# prefect-secrets: ignore[plaintext-secret] nothing is here
`},
		{"config/dev.toml", "[context.secrets]\nLOUD = \"${LOUD}\"\nLOW = \"$low\"\n"},
		{"config/broken.toml", "a = tru\n"},
		{"config/misplaced.toml", "[secrets]\nA = \"x\"\n[cloud]\nauth_token = \"hunter22xyz\"\n"},
	}
	var all []check.Diagnostic
	for _, file := range files {
		all = append(all, check.File(file.name, []byte(file.text), options)...)
	}
	flow := "from prefect.client import Secret\nSecret(\"SLACK_WEBHOK\").get()\n"
	reads := check.ReadFlows([]check.Flow{{Name: "flows/etl.py", Text: []byte(flow)}})
	defined := []check.SecretSet{{Where: "config/prod.toml", Names: []string{"DB", "SLACK_WEBHOOK"}}}
	return append(all, reads.Check(defined, check.Options{})...)
}

// The documents are those under testdata/markdown, where they can be looked at.
func TestDocuments(t *testing.T) {
	for name, document := range documents() {
		path := filepath.Join("testdata", "markdown", name+".md")
		if *update {
			if err := os.WriteFile(path, []byte(document.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), document.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
