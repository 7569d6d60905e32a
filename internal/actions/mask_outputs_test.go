package actions_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// maskedBy returns what GitHub's runner hides after a run: each line of each mask that is
// not empty, of any length (actions/runner, AddMaskCommandExtension).
func maskedBy(stdout string) []string {
	var hidden []string
	for _, m := range regexp.MustCompile(`(?m)^::add-mask::(.*)$`).FindAllStringSubmatch(stdout, -1) {
		text := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(m[1])
		hidden = append(hidden, strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' })...)
	}
	return hidden
}

func TestOutputsSurviveTheMasks(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{"api-url": url, "api-key": testkit.AdminKey})
	const secrets = `SA='{
  "type": "service_account",
  "project": "acme-analytics",
  "password": "` + canary + `",
  "scopes": [
    1
  ]
}'
DEBUG=true
STATE=success
RESULT=Created
`
	w.Env = append(w.Env, "INPUT_SECRETS-FILE="+w.Write(t, "ci.env", secrets))
	r := runAction(t, w.Env)
	outputs, hidden := w.Outputs(t), maskedBy(r.stdout)
	if r.code != exit.OK || outputs["status"] != "success" ||
		outputs["created-names"] != `["DEBUG","RESULT","SA","STATE"]` {
		t.Fatalf("exit code %d, outputs %v: %s", r.code, outputs, githubtest.Unmasked(r.stdout))
	}
	outputs["of a later job"] = "acme-analytics"
	for name, value := range outputs {
		if slices.ContainsFunc(hidden, func(mask string) bool { return strings.Contains(value, mask) }) {
			t.Errorf("the output %s, %s, is hidden", name, value)
		}
	}
	if !slices.Contains(hidden, canary) || strings.Contains(r.stdout, "the mask of") {
		t.Errorf("the password is not masked, or a warning says what is not so: %s",
			githubtest.Unmasked(r.stdout))
	}
}

func TestAMaskInAnOutputIsAWarning(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey,
		"secrets": secretsJSON(t, map[string]string{"STAGE": "prod", "prod_db": canary}),
	})
	r := runAction(t, w.Env)
	const want = "::warning title=prefect-secrets::the mask of STAGE hides a part of created-names: as an output of the job it stays empty\n"
	if r.code != exit.OK || !strings.Contains(r.stdout, want) {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
}

// The Action writes no value that was pasted into the manifest.
func TestActionShowsNothingOfAPastedValue(t *testing.T) {
	_, url := startFake(t)
	for name, tt := range map[string]struct {
		manifest string
		code     int
		want     string
	}{
		"a webhook": {
			"[names]\nslack = \"https://hooks.slack.com/services/T00000000/B00000000/" + canary + "\"\n",
			exit.Usage, "looks like a Slack webhook",
		},
		"any other": {"[names]\nslack = \"" + canary + "!\"\n", exit.OK, "the name in "},
		"in a table": {
			"names.slack = { from = \"" + canary + "!\", required = true }\n", exit.Usage,
			"is required, but the name in ",
		},
		"a key": {
			"[names]\n\"ghp_" + strings.Repeat(canary, 3) + "\" = \"A\"\n", exit.Usage,
			"this key holds what looks like a GitHub token",
		},
		"a pattern": {
			"include = [\"https://u:" + canary + "@x.example.com\"]\n", exit.Usage,
			"looks like a URL with a password",
		},
		"the API's URL": {
			"api-url = \"https://u:" + canary + "@x.example.com\"\n", exit.Usage,
			"looks like a URL with a password",
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
			w := newPullRequestWorkspace(t, fake, map[string]string{
				"mode": "plan", "comment": "true", "github-token": githubtest.Token, "api-url": url,
				"api-key": testkit.AdminKey,
				"secrets": secretsJSON(t, map[string]string{"A": "a value of it"}),
			})
			w.Env = append(w.Env, "INPUT_MANIFEST="+w.Write(t, "manifest.toml", tt.manifest),
				"INPUT_PLAN-FILE="+w.Path("plan.json"))
			r := runAction(t, w.Env)
			var comments strings.Builder
			for _, c := range fake.Comments() {
				comments.WriteString(c.Body)
			}
			written := r.stdout + r.stderr + w.Read(t, "summary") + w.Read(t, "output") + w.Read(t, "plan.json") + comments.String()
			if r.code != tt.code || !strings.Contains(written, tt.want) || strings.Contains(written, canary) {
				t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(written))
			}
		})
	}
}
