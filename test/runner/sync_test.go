package runner

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSync runs workflows/sync.yml, the step that most users will write.
func TestSync(t *testing.T) {
	store := startStore(t)
	canaries := []string{canary(), canary(), canary(), canary(), canary(), canary()}
	deployKey := []string{"first line " + canaries[0], "second line " + canaries[1], "third line " + canaries[2]}
	secrets := map[string]string{
		"DEPLOY_KEY":              strings.Join(deployKey, "\n"),
		"GCP_CREDENTIALS":         `{"type": "service_account", "token": "` + canaries[3] + `"}`,
		"SLACK_WEBHOOK":           `https://hooks.example.invalid/$HOME/"quoted"/%0A/` + canaries[4],
		"GITHUB_TOKEN":            canaries[5],
		"PREFECT_SECRETS_API_KEY": store.AdminKey,
		"RENAMED_API_KEY":         store.AdminKey,
	}
	log := job{
		workflow: "sync.yml",
		secrets:  secrets,
		vars:     map[string]string{"PREFECT_API_URL": store.URL},
	}.run(t)

	synced := []string{"DEPLOY_KEY", "GCP_CREDENTIALS", "SLACK_WEBHOOK"}
	if diff := cmp.Diff(synced, store.names(t)); diff != "" {
		t.Errorf("names in the store (-want +got):\n%s", diff)
	}
	checkNoLeak(t, log, append(canaries, store.AdminKey))
	checkMasked(t, log, len(deployKey))
	checkOutputs(t, log, synced)
	checkSummary(t, log, synced)
}

func checkNoLeak(t *testing.T, log []byte, hidden []string) {
	t.Helper()
	for i, value := range hidden {
		if bytes.Contains(log, []byte(value)) {
			t.Errorf("the job's log shows secret %d", i)
		}
	}
}

// checkMasked checks that each line of the secret that the later step printed is
// completely masked.
func checkMasked(t *testing.T, log []byte, lines int) {
	t.Helper()
	if got := bytes.Count(log, []byte("later step: ***\n")); got != lines {
		t.Errorf("the later step shows %d masked lines, want %d", got, lines)
	}
}

func checkOutputs(t *testing.T, log []byte, names []string) {
	t.Helper()
	for _, want := range []string{
		"output status=success\n",
		fmt.Sprintf("output created-count=%d\n", len(names)),
		fmt.Sprintf("output created-names=[\"%s\"]\n", strings.Join(names, `","`)),
	} {
		if !bytes.Contains(log, []byte(want)) {
			t.Errorf("the later step does not show %q", want)
		}
	}
}

// checkSummary checks the job summary, which act prints to the log after its step. A
// value would be masked there, so it must not hold a mask either.
func checkSummary(t *testing.T, log []byte, names []string) {
	t.Helper()
	_, rest, found := bytes.Cut(log, []byte("Summary - "))
	if !found {
		t.Fatal("the action wrote no job summary")
	}
	summary, _, _ := bytes.Cut(rest, []byte("\n[sync/sync]"))
	for _, name := range names {
		row := "| `+`\u00a0created | `" + name + "`"
		if !bytes.Contains(summary, []byte(row)) {
			t.Errorf("the job summary has no row %q", row)
		}
	}
	if bytes.Contains(summary, []byte("***")) {
		t.Errorf("the job summary holds the value of a secret:\n%s", summary)
	}
}
