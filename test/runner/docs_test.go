package runner

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/test/docs/blocks"
)

const (
	shownURL    = "https://secrets.example.com"
	shownAction = "prefect-secrets/prefect-secrets@v1"
	shownImage  = "ghcr.io/prefect-secrets/prefect-secrets:v1"
)

// shownSecrets are the names that the pages' workflows speak of; the first two go into
// the store.
var shownSecrets = []string{"AWS_CREDENTIALS", "SLACK_WEBHOOK_URL"}

// TestShownWorkflows runs each workflow of the pages, with this checkout's Action and a
// store on this host in place of those that the page names.
func TestShownWorkflows(t *testing.T) {
	for _, block := range shown(t, "workflow") {
		t.Run(block.String(), func(t *testing.T) { runShown(t, block.Text) })
	}
}

func runShown(t *testing.T, text string) {
	issuer := startIssuer(t)
	store, env := startStore(t), map[string]string{}
	if strings.Contains(text, "id-token: write") {
		store = startServe(t, issuer.url)
		issuer.claims = map[string]any{
			"repository_id": "42", "repository": "o/r", "ref": "refs/heads/main", "event_name": "push",
			"workflow_ref": "o/r/.github/workflows/shown.yml@refs/heads/main", "actor": "octocat", "run_id": "7",
		}
		env["ACTIONS_ID_TOKEN_REQUEST_URL"] = issuer.url + "/token?api-version=2.0"
		env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = requestToken
	}
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	j := job{workflow: "shown.yml", env: env, secrets: map[string]string{
		"PREFECT_SECRETS_API_KEY": store.AdminKey, "PREFECT_PLANNER_KEY": store.AdminKey, "A_GITHUB_TOKEN": githubtest.Token,
	}}
	var hidden []string
	for _, name := range shownSecrets {
		j.secrets[name] = canary()
		hidden = append(hidden, j.secrets[name], store.AdminKey)
	}
	plans := strings.Contains(text, "on: pull_request\n")
	if plans {
		j.event, j.payload = "pull_request", pullRequest("o/r")
		for name, value := range startGitHub(t, fake) {
			env[name] = value
		}
	}
	j.files = map[string]string{
		".github/workflows/shown.yml": ownWorkflow(t, text, store.URL),
		"config/production.toml":      "[context.secrets]\nA = \"$A\"\n",
		"prefect-secrets.toml":        "include = [\"SLACK_*\", \"AWS_*\"]\n\n[environments.production]\n",
	}
	log := j.run(t)
	checkNoLeak(t, log, hidden)
	want := shownSecrets
	if plans {
		want = []string{}
		if comments := fake.Comments(); len(comments) != 1 || !strings.Contains(comments[0].Body, "SLACK") {
			t.Errorf("the pull request has the comments %v", comments)
		}
	}
	if diff := cmp.Diff(want, store.names(t)); diff != "" {
		t.Errorf("names (-want +got):\n%s\n%s", diff, log)
	}
}

var artifact = regexp.MustCompile(`uses: actions/(up|down)load-artifact@v4\n +with: \{ name: plan(?:, path: plan.json)? \}`)

// ownWorkflow puts what this host has in place of what the page names: the Action, the
// store, and a directory in place of GitHub's artifacts.
func ownWorkflow(t *testing.T, text, url string) string {
	t.Helper()
	dir := t.TempDir()
	text = artifact.ReplaceAllStringFunc(text, func(step string) string {
		if strings.Contains(step, "/up") {
			return "run: cp plan.json '" + dir + "/'"
		}
		return "run: cp '" + dir + "/plan.json' ."
	})
	if !strings.Contains("\n"+text, "\non:") {
		text = "on: push\n" + text
	}
	return strings.NewReplacer("uses: "+shownAction, "uses: ./", shownURL, url, "${{ github.token }}", "${{ secrets.A_GITHUB_TOKEN }}").Replace(text)
}

// TestShownContainers runs the blocks of the pages that start the image.
func TestShownContainers(t *testing.T) {
	buildImage(t)
	for _, block := range shown(t, "container") {
		t.Run(block.String(), func(t *testing.T) {
			store, hidden := startStore(t), []string{canary(), canary()}
			text := strings.NewReplacer(shownURL, store.URL, shownImage, imageTag, "docker run ", "docker run --network host ").Replace(block.Text)
			cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", text)
			cmd.Dir = t.TempDir()
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "PREFECT_SECRETS_API_KEY=" + store.AdminKey,
				"SLACK_WEBHOOK_URL=" + hidden[0], "DEPLOY_KEY=" + hidden[1],
			}
			log, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, log)
			}
			checkNoLeak(t, log, append(hidden, store.AdminKey))
			if strings.HasSuffix(strings.TrimSpace(block.Text), " version") {
				checkLog(t, log, imageVersion)
			} else if diff := cmp.Diff([]string{"DEPLOY_KEY", "SLACK_WEBHOOK_URL"}, store.names(t)); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

func shown(t *testing.T, suite string) []blocks.Block {
	t.Helper()
	found, err := blocks.For(filepath.Clean(root(t)), suite)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
