package sync_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// t is in place of the *testing.T of a test, and prints its errors.
var t = exampleT{}

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (exampleT) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var ctx = context.Background()

// secrets returns what ${{ toJSON(secrets) }} gives in a workflow.
func secrets() []*secretsync.Source {
	source, err := secretsync.ParseSecrets("secrets", []byte(`{
		"DB_PASSWORD": "a password", "SLACK_URL": "https://hooks.example.com", "NPM_TOKEN": "npm", "github_token": "t"}`))
	if err != nil {
		panic(err)
	}
	return []*secretsync.Source{source}
}

// Sync writes to a client of the API, here to that of a fake one in this process.
func Example() {
	cloud := testkit.New(t)
	run := secretsync.Run{
		Sources: secrets(),
		Rules:   secretsync.Rules{Exclude: []string{"NPM_*"}},
		Writer:  cloud.AdminClient(),
	}

	planned, err := run.Plan(ctx) // changes nothing
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, action := range planned.Plans()[0].Actions {
		fmt.Println(action.Kind, action.Name)
	}

	done, err := run.Sync(ctx) // plans again, and applies
	if err != nil {
		fmt.Println(err)
		return
	}
	report := done.Tenants[0].Report
	fmt.Println(report.Count(secretsync.Created), "created:", report.Names(secretsync.Created))
	fmt.Println(report.Verified.Present, "verified, with", done.Requests, "requests in all:", report.Err)
	fmt.Println(cloud.Names())
	// Output:
	// create DB_PASSWORD
	// skip NPM_TOKEN
	// create SLACK_URL
	// skip github_token
	// 2 created: [DB_PASSWORD SLACK_URL]
	// 2 verified, with 4 requests in all: <nil>
	// [DB_PASSWORD SLACK_URL]
}

// Sources may be read, or made of entries.
func ExampleSource() {
	path := filepath.Join(os.TempDir(), "prefect-secrets-example.toml")
	defer os.Remove(path)
	if err := os.WriteFile(path, []byte("[context.secrets]\nRETRIES = 3\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	vars, err1 := secretsync.ParseVars("vars", []byte(`{"REGION": "eu-central-1"}`))
	file, err2 := secretsync.ParseSecretsFile(".env", ".env", []byte("export DB_PASSWORD='a password'\n"))
	environment, err3 := secretsync.FromEnvironment([]string{"AWS_KEY=k", "PATH=/bin"}, []string{"AWS_*"})
	loaded, err4 := secretsync.FromConfig(path, config.Documented, nil)
	made := &secretsync.Source{Label: "vault", Entries: []secretsync.Entry{
		{Name: "SIGNING_KEY", Text: prefect.TextValue("a key")},
	}}
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		fmt.Println(err)
		return
	}

	cloud := testkit.New(t)
	run := secretsync.Run{
		Sources: []*secretsync.Source{vars, file, environment, loaded, made},
		Keys:    []prefect.Value{prefect.TextValue(testkit.AdminKey)}, // never goes into the store
		Writer:  cloud.AdminClient(),
	}
	if _, err := run.Sync(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(cloud.Names())
	// Output: [AWS_KEY DB_PASSWORD REGION RETRIES SIGNING_KEY]
}

// A flow reads a secret with json.loads, which would make a number of digits. A format
// says what it is to get.
func ExampleFormat() {
	for _, format := range []secretsync.Format{secretsync.FormatAuto, secretsync.FormatString, secretsync.FormatJSON, secretsync.FormatRaw} {
		value, err := format.Value("123456")
		fmt.Printf("%q %s %v\n", format, value.Reveal(), err)
	}
	// Output:
	// "" "\"123456\"" <nil>
	// "string" "\"123456\"" <nil>
	// "json" 123456 <nil>
	// "raw" "123456" <nil>
}

// A rule says under which name a secret goes into the store, and how.
func ExampleNameRule() {
	run := secretsync.Run{
		Sources: secrets(),
		Rules: secretsync.Rules{
			Include: []string{"SLACK_*"},
			Names: map[string]secretsync.NameRule{
				"db password": {From: "DB_PASSWORD", Format: secretsync.FormatString, Required: true},
				"webhook":     {From: "xoxb-1 (somebody pasted a value)", At: "line 3 of the settings"},
			},
		},
		Writer: testkit.New(t).AdminClient(),
	}
	planned, err := run.Plan(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, action := range planned.Plans()[0].Actions {
		if action.Kind == secretsync.Create || action.Warn {
			fmt.Printf("%s %q from %q: %q\n", action.Kind, action.Name, action.Source, action.Reason)
		}
	}
	// Output:
	// create "SLACK_URL" from "SLACK_URL": ""
	// create "db password" from "DB_PASSWORD": ""
	// skip "webhook" from "": "the name in line 3 of the settings is not in any source"
}

func ExampleManifest() {
	manifest, err := secretsync.ParseManifest("prefect-secrets.toml", []byte(`
tenants = ["data"]
overwrite = "owned"

[names]
"db password" = "DB_PASSWORD"

[environments.staging]
api-url = "https://staging.example.com"
tenants = ["data-staging"]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := manifest.CheckNames(); err != nil { // [Manifest.Environment] checks those of one environment
		fmt.Println(err)
		return
	}
	fmt.Println(manifest.Environments(), manifest.SecretNames(), manifest.StoredNames())
	var staging *secretsync.Manifest
	if staging, err = manifest.Environment("staging"); err != nil {
		fmt.Println(err)
		return
	}
	staging.Exclude = append(staging.Exclude, "*_TEST") // settings of yours over the manifest's
	if err := staging.Validate(); err != nil {
		fmt.Println(err)
		return
	}

	cloud := testkit.New(t)
	cloud.Tenant("data-staging")
	run := secretsync.Run{
		Sources: secrets(),
		Rules:   staging.Rules, Prune: staging.Prune, Overwrite: staging.Overwrite,
		Writer: cloud.AdminClient(), Tenants: staging.Tenants, URL: staging.APIURL,
	}
	planned, err := run.Plan(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, plan := range planned.Plans() {
		fmt.Println(plan.Count(secretsync.Create), "to create for", plan.Tenant, "at", plan.URL)
	}
	// Output:
	// [staging] [db password] map[cloud-1:[db password]]
	// 3 to create for data-staging at https://staging.example.com
}

func ExampleManifestError() {
	_, err := secretsync.ParseManifest("prefect-secrets.toml", []byte("overwrite = \"ownd\"\n"))
	var invalid *secretsync.ManifestError
	if !errors.As(err, &invalid) {
		return
	}
	for _, p := range invalid.Problems {
		fmt.Printf("%s:%d:%d: %s: %s (%s)\n", invalid.File, p.Line, p.Column, p.Key, p.Message, p.Hint)
	}
	// Output:
	// prefect-secrets.toml:1:13: overwrite: unknown value (did you mean owned? use any (every name) or owned (names that the key itself wrote))
}

// Names in the scope of pruning are deleted once no source has them, but for those that
// another key wrote.
func ExamplePrune() {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	theirs := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "ops", Role: prefect.RoleAdmin}))
	if err := errors.Join(client.SetSecret(ctx, "team_old", 1), theirs.SetSecret(ctx, "team_ops", 1)); err != nil {
		fmt.Println(err)
		return
	}
	run := secretsync.Run{
		Sources: secrets(),
		Prune:   secretsync.Prune{Scope: []string{"team_*"}},
		Writer:  client,
	}
	planned, err := run.Plan(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan := planned.Plans()[0]
	for _, action := range plan.Actions {
		if action.Kind == secretsync.Delete || action.WrittenBy != "" {
			fmt.Printf("%s %s: %s\n", action.Kind, action.Name, action.Reason)
		}
	}
	fmt.Println(plan.NamesAfter()) // for a check of what flows read

	none := 0
	run.Prune.MaxDeletes = &none
	run.Prune.Unowned = true // also what nobody is known to have written
	_, err = run.Sync(ctx)
	fmt.Println(errors.Is(err, secretsync.ErrTooManyDeletes), cloud.Names())
	// Output:
	// delete team_old: not in any source
	// skip team_ops: not in any source; not deleted: the key "ops" wrote it last
	// [DB_PASSWORD NPM_TOKEN SLACK_URL team_ops]
	// true [team_old team_ops]
}

// A team may share a tenant with others, and write only what is its own.
func ExampleOverwrites() {
	cloud := testkit.New(t)
	theirs := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "ops", Role: prefect.RoleAdmin}))
	if err := theirs.SetSecret(ctx, "DB_PASSWORD", "theirs"); err != nil {
		fmt.Println(err)
		return
	}
	for _, overwrite := range []secretsync.Overwrites{secretsync.OverwriteAny, secretsync.OverwriteOwned} {
		run := secretsync.Run{Sources: secrets(), Overwrite: overwrite, Writer: cloud.AdminClient()}
		_, err := run.Plan(ctx)
		fmt.Printf("%s: refused: %t\n", overwrite, errors.Is(err, secretsync.ErrNotOwned))
	}
	// Output:
	// any: refused: false
	// owned: refused: true
}

// One run brings secrets to several tenants at once. If it fails for one, the others
// still have theirs.
func ExampleRun_Sync() {
	cloud := testkit.New(t)
	data, ml := cloud.Tenant("data"), cloud.Tenant("ml")
	run := secretsync.Run{
		Sources: secrets(),
		Rules:   secretsync.Rules{Include: []string{"DB_*"}},
		Writer:  cloud.AdminClient(),
		Tenants: []string{"data", "ml"},
	}
	done, err := run.Sync(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, tenant := range done.Tenants {
		if tenant.Err != nil {
			fmt.Println(tenant.Name, "has no plan:", tenant.Err)
			continue
		}
		fmt.Println(tenant.Name, tenant.Plan.Pending(), tenant.Report.Done())
	}
	fmt.Println(done.Done(), data.Names(), ml.Names(), cloud.Names())
	// Output:
	// data true 1
	// ml true 1
	// 2 [DB_PASSWORD] [DB_PASSWORD] []
}

// What a run did can be counted by result.
func ExampleResult() {
	cloud := testkit.New(t)
	cloud.Set("DB_PASSWORD", "a password")
	cloud.Set("SLACK_URL", "https://old.example.com")
	done, err := secretsync.Run{Sources: secrets(), Writer: cloud.AdminClient()}.Sync(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	report := done.Tenants[0].Report
	for _, result := range secretsync.Results {
		fmt.Println(report.Count(result), result)
	}
	for _, action := range report.Actions {
		if action.Result == secretsync.Skipped {
			fmt.Println(action.Name, "was skipped:", action.Reason)
		}
	}
	fmt.Println("changed:", report.Names(secretsync.Created, secretsync.Overwritten, secretsync.Deleted))
	fmt.Println("as they were:", report.Names(secretsync.Unchanged, secretsync.Skipped))
	fmt.Println("to look into:", report.Names(secretsync.Failed, secretsync.Unknown))
	// Output:
	// 1 created
	// 1 overwritten
	// 1 unchanged
	// 0 deleted
	// 1 skipped
	// 0 failed
	// 0 unknown
	// github_token was skipped: GitHub's own token
	// changed: [NPM_TOKEN SLACK_URL]
	// as they were: [DB_PASSWORD github_token]
	// to look into: []
}

// A key that may read verifies that flows get what the sources have.
func ExampleVerified() {
	cloud := testkit.New(t)
	run := secretsync.Run{
		Sources: secrets(),
		Writer:  cloud.AdminClient(), WriterFrom: "ADMIN_KEY",
		Reader: cloud.RunnerClient(), ReaderFrom: "RUNNER_KEY",
	}
	done, err := run.Sync(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := done.Tenants[0].Report.Verified
	fmt.Println(v.Present, "names,", len(v.Missing), "missing,", len(v.Left), "left")
	fmt.Println(*v.Values, "values,", len(v.Different), "different")
	fmt.Println("the writing key is refused values:", *v.WriterRefused)

	run.Reader = cloud.AdminClient() // by mistake
	_, err = run.Sync(ctx)
	fmt.Println(err)
	// Output:
	// 3 names, 0 missing, 0 left
	// 3 values, 0 different
	// the writing key is refused values: true
	// the key from RUNNER_KEY is an admin key, which can write but not read values; reading values back needs a runner key
}

// The steps of a run may be shown as they happen, and may end it.
func ExampleSteps() {
	cloud := testkit.New(t)
	stop := make(chan struct{}) // to be closed on a signal, for example
	run := secretsync.Run{
		Sources: secrets(),
		Writer:  cloud.AdminClient(),
		Stop:    stop,
		Steps: secretsync.Steps{
			Checked: func() error { fmt.Println("asking the store"); return nil },
			Refused: func(planned *secretsync.Outcome) error {
				for _, tenant := range planned.Tenants {
					if tenant.Refused != nil {
						fmt.Println("too many deletions:", tenant.Refused.Count(secretsync.Delete))
					}
				}
				return nil
			},
			Planned: func(planned *secretsync.Outcome) error {
				for _, plan := range planned.Plans() {
					for i := range plan.Actions {
						if action := &plan.Actions[i]; action.Name == "NPM_TOKEN" {
							action.Kind, action.Reason = secretsync.Skip, "nobody approved it"
						}
					}
				}
				return nil
			},
			Waiting:  func(reason string) { fmt.Println("waiting for the store:", reason) },
			Progress: func(done, total int) { fmt.Println(done, "of", total) },
			Applied:  func(done *secretsync.Outcome) error { fmt.Println(done.Done(), "done"); return nil },
		},
	}
	if _, err := run.Sync(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(cloud.Names())
	// Output:
	// asking the store
	// 2 of 2
	// 2 done
	// [DB_PASSWORD SLACK_URL]
}

// A plan has more to say than its actions.
func ExamplePlan() {
	cloud := testkit.New(t)
	planner := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "pull requests", Role: prefect.RolePlanner}))
	cloud.Set("DB_PASSWORD", "old")
	run := secretsync.Run{
		Sources: secrets(),
		Rules:   secretsync.Rules{Exclude: []string{"npm_*", "DOCKER_*"}},
		Writer:  planner, WriterFrom: "PLANNER_KEY",
		First: "This is a preview.",
		Notes: []string{"main is 2 commits ahead"},
		Mask:  func(pattern string) string { return pattern }, // hides what must not be shown
	}
	planned, err := run.Plan(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan := planned.Plans()[0]
	fmt.Println(plan.FirstLines())
	for _, action := range plan.Actions {
		fmt.Println(action.Tenant, action.Kind, action.Name)
	}
	for _, kind := range secretsync.Kinds {
		fmt.Println(kind, plan.Count(kind))
	}
	fmt.Println("warnings:", plan.Warnings)
	fmt.Println("notes:", plan.KeyNote, plan.Notes, plan.Remarks)
	// Output:
	// [This is a preview.]
	// testkit overwrite DB_PASSWORD
	// testkit create NPM_TOKEN
	// testkit create SLACK_URL
	// testkit skip github_token
	// create 2
	// overwrite 1
	// delete 0
	// skip 1
	// unchanged 0
	// warnings: [exclude "npm_*" matches no name of a source: did you mean "NPM_*"?]
	// notes: the key from PLANNER_KEY is a planner key, which can only list names; sync needs an admin key [main is 2 commits ahead] [exclude "DOCKER_*" matches no name of a source]
}

// Errors before anything is written can be told apart. What fails later is in the
// outcome.
func ExampleRun_Plan_errors() {
	cloud := testkit.New(t)
	empty := []*secretsync.Source{{Label: "secrets"}}
	stopped := make(chan struct{})
	close(stopped)
	runs := []secretsync.Run{
		{Sources: empty},
		{Sources: secrets(), Rules: secretsync.Rules{Include: []string{"AWS_*"}}},
		{Sources: secrets(), Writer: cloud.RunnerClient()},
		{Sources: secrets(), Writer: cloud.ClientWithKey("not-a-key")},
		{Sources: secrets(), Writer: cloud.AdminClient(), Stop: stopped},
		{Sources: secrets(), Writer: cloud.AdminClient(), Tenants: []string{"dta"}},
	}
	for _, run := range runs {
		_, err := run.Plan(ctx)
		switch {
		case errors.Is(err, secretsync.ErrEmptySource):
			fmt.Println("no secrets, as in a workflow run of a fork")
		case errors.Is(err, secretsync.ErrNothingIncluded):
			fmt.Println("nothing is included")
		case errors.Is(err, secretsync.ErrInterrupted):
			fmt.Println("stopped")
		case errors.Is(err, prefect.ErrForbidden):
			fmt.Println("this key may not do that")
		case errors.Is(err, secretsync.ErrStore):
			fmt.Println("the store failed:", errors.Is(err, prefect.ErrUnauthenticated))
		default:
			fmt.Println(err)
		}
	}
	// Output:
	// no secrets, as in a workflow run of a fork
	// nothing is included
	// this key may not do that
	// the store failed: true
	// stopped
	// the key has no access to tenant "dta": it can use testkit
}
