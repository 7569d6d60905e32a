package runner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
)

// TestCheck runs workflows/check.yml: the job fails, with annotations, a check run
// of all findings, and SARIF.
func TestCheck(t *testing.T) {
	fake := &githubtest.Server{Permissions: map[string]string{"checks": "write"}}
	hidden := canary()
	config := "[context.secrets]\n"
	for i := range 12 {
		config += fmt.Sprintf("S%d = \"%s\"\n", i, hidden)
	}
	log := job{
		workflow: "check.yml", env: startGitHub(t, fake), fails: true,
		secrets: map[string]string{"A_GITHUB_TOKEN": githubtest.Token},
		files: map[string]string{
			"config.toml": config,
			"flow.py":     "from prefect.client import Secret\nSecret('S1').get()\nSecret('NOWHERE').get()\n",
		},
	}.run(t)

	checkNoLeak(t, log, []string{hidden})
	checkLog(t, log,
		"::error col=8,endColumn=17,endLine=3,file=flow.py,line=3,", "endLine=2,file=config.toml,line=2,",
		"not annotated, since GitHub shows 10 of a kind: 0 errors, 2 warnings",
		`"error-count":"1"`, `"warning-count":"12"`, `"status":"failed"`,
		`"sarif-file":"prefect.sarif"`, `"ruleId":"undefined-secret"`,
	)
	runs := fake.CheckRuns()
	if len(runs) != 1 || len(runs[0].Annotations) != 13 || runs[0].Conclusion != "failure" || runs[0].Annotations[0].Path != "flow.py" {
		t.Errorf("the check runs are %+v", runs)
	}
	if strings.Contains(fmt.Sprint(runs), hidden) {
		t.Error("the check run shows a value")
	}
}
