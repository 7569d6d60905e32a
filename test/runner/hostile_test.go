package runner

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHostileValues checks that no value is executed as a command, and no part of
// one is shown.
func TestHostileValues(t *testing.T) {
	store := startStore(t)
	// The longest secret that GitHub allows, in bytes. The workflow writes four more
	// of them to a file, because the environment holds at most two.
	long := canary()
	long += strings.Repeat("x", 48<<10-len(long))
	hidden := map[string]string{
		"SET_OUTPUT": "::set-output name=INJECTED::" + canary() + "\n::warning::" + canary(),
		"ENCODED":    "%0A::error::" + canary() + "%0D%25",
		"HEREDOC":    "x<<EOF\nINJECTED=" + canary() + "\nEOF\nstatus<<EOF",
		"TERMINAL":   "\x1b]0;" + canary() + "\x07\x1b[2J\x1b[31m",
		"STOP":       "::stop-commands::" + canary(),
		"QUOTES":     "'\"`$(touch /tmp/x)${HOME}\\" + canary(),
		"JSON":       `{"key": "` + canary() + `", "list": [1, 2]}`,
		"LONG":       long,
	}
	secrets := map[string]string{"PREFECT_SECRETS_API_KEY": store.AdminKey, "FROM_ENV": canary()}
	for name, value := range hidden {
		secrets[name] = value
	}
	log := job{
		workflow: "hostile.yml", secrets: secrets, vars: map[string]string{"PREFECT_API_URL": store.URL},
	}.run(t)

	want := []string{
		"COPY_1", "COPY_2", "COPY_3", "COPY_4", "ENCODED", "FROM_ENV", "HEREDOC", "HOOK_FROM_ENV",
		"JSON", "LONG", "QUOTES", "SET_OUTPUT", "STOP", "TERMINAL",
	}
	if diff := cmp.Diff(want, store.names(t)); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	checkLog(t, log, "injected::\n", `"status":"success"`)
	for name, value := range hidden {
		for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '"' }) {
			if strings.Contains(part, "canary") && bytes.Contains(log, []byte(part)) {
				t.Errorf("the log shows a part of %s", name)
			}
		}
	}
	if bytes.Contains(log, []byte("::warning::canary")) || bytes.Contains(log, []byte("\x1b]0;")) {
		t.Error("a value was executed")
	}
}
