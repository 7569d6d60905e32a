package actions

import (
	"strings"
	"testing"
)

func TestStepsAreDistinguished(t *testing.T) {
	base := []string{"GITHUB_WORKFLOW=deploy", "GITHUB_JOB=plan", "GITHUB_ACTION=__self", "INPUT_MATRIX=null"}
	others := map[string]string{
		"GITHUB_WORKFLOW=check": "check / plan", "GITHUB_JOB=sync": "deploy / sync",
		"GITHUB_ACTION=__self_2": "deploy / plan", "GITHUB_ACTION=dry": "deploy / plan / dry",
		"INPUT_ENVIRONMENT=staging":                                       "deploy / plan / staging",
		"INPUT_ENVIRONMENT=production":                                    "deploy / plan / production",
		"INPUT_MATRIX={\n  \"os\": \"linux\",\n  \"on\": {\"a\": [1]}\n}": `deploy / plan / (on: {"a":[1]}, os: linux)`,
		"INPUT_MATRIX=mine":                                               "deploy / plan / (mine)",
		"INPUT_MATRIX={\"x\": \"" + strings.Repeat("ä", 300) +
			"\"}": "deploy / plan / (x: " + strings.Repeat("ä", 197) + "…)",
	}
	keys := map[string]string{newStepID(base).key(): "deploy / plan"}
	for changed, name := range others {
		id := newStepID(append([]string{changed}, base...))
		if id.String() != name {
			t.Errorf("%s: %q, want %q", changed, id, name)
		}
		if other, ok := keys[id.key()]; ok {
			t.Errorf("%s has the key of %s", changed, other)
		}
		keys[id.key()] = changed
	}
	for _, empty := range []string{"INPUT_MATRIX={}", "INPUT_MATRIX="} {
		if newStepID(append([]string{empty}, base...)) != newStepID(base) {
			t.Errorf("%s is another step", empty)
		}
	}
}

func newStepID(env []string) stepID { return newRunner(new(strings.Builder), env).stepID() }
