package cli_test

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// canaries returns values of every kind that a CI secret may have. Each contains a
// word that must not appear anywhere.
func canaries() map[string]string {
	return map[string]string{
		"PLAIN": canary, "DIGITS": "77001234567890",
		"OBJECT": `{"user": "u", "password": "` + canary + `"}`,
		"ARRAY":  `["` + canary + `", 77001234567890]`,
		"LINES":  canary + "\nsecond line " + canary + "\n", "COMMAND": "::set-output name=x::" + canary,
		"ESCAPES": "\x1b[31m" + canary + "%0A<<EOF", "QUOTED": `"` + canary + `"`,
		"PYTHON": `{"a": NaN, "b": "` + canary + `"}`, "LONG": strings.Repeat(canary, 8000),
		"UNICODE": "ü" + canary + "日本",
	}
}

// canaryConfigs are valid and invalid configs.
var canaryConfigs = map[string]string{
	"plain.toml": "[context.secrets]\nA = \"" + canary + "\" # " + canary + "\nB = '''\n" + canary +
		"\n'''\nC = [\"" + canary + "\"]\n[cloud]\napi_key = \"" + canary + "\"\n",
	"broken.toml":  "[context.secrets]\nA = \"" + canary + "\nB = " + canary + "\n",
	"broken2.toml": "x = \"ok\"\n" + canary + "\ny = {a = \"" + canary + "\"\n",
	"broken3.toml": "A = \"\"\"" + canary + "\\q" + canary + "\"\"\"\nA = 1\n",
	"ignore.toml": "A = 1 # prefect-secrets: ignore[" + canary + "] " + canary +
		"\nB = 2 # prefect-secrets: " + canary +
		"\nC = \"${B}\" # prefect-secrets: ignore[syntax] " + canary + "\n",
	"binary.toml": "A = \"" + canary + "\x00\xff\"\n",
}

// TestNoValueShows runs every command that reads values, in every format, through
// success, partial failure and refusal, and searches all output for the values.
func TestNoValueShows(t *testing.T) {
	server := startDevServer(t)
	w := githubtest.NewWorkspace(t, nil)
	inputsDir := t.TempDir()
	secrets := filepath.Join(inputsDir, "secrets.json")
	data, err := json.Marshal(canaries())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secrets, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range canaryConfigs {
		if err := os.WriteFile(filepath.Join(inputsDir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configs := filepath.Join(inputsDir, "*.toml")
	plain := filepath.Join(inputsDir, "plain.toml")
	key := []string{"PREFECT_SECRETS_API_KEY=" + server.AdminKey}
	wrongKey := []string{"PREFECT_SECRETS_API_KEY=" + canary}

	var shown strings.Builder
	run := func(env []string, stdin string, wantCode int, args ...string) {
		t.Helper()
		r := runCommand(t, env, stdin, args...)
		if r.code != wantCode {
			t.Errorf("%s: exit code %d, want %d: %.300s", strings.Join(args[:1], " "), r.code, wantCode,
				r.stderr)
		}
		shown.WriteString(githubtest.Unmasked(r.stdout) + r.stderr)
	}
	for _, format := range []string{"text", "json"} {
		run(key, "", exit.Partly, "sync", "--api-url", server.URL, "--secrets-file", secrets,
			"--config-files", plain, "--format", format)
		run(key, "", exit.OK, "plan", "--api-url", server.URL, "--secrets-file", secrets,
			"--config-files", plain, "--format", format)
		run(key, "", exit.Usage, "plan", "--api-url", server.URL, "--secrets-file", secrets,
			"--config-files", configs, "--format", format)
		run(key, "", exit.Partly, "sync", "--api-url", "embedded", "--secrets-file", secrets,
			"--format", format)
		run(wrongKey, "", exit.Refused, "sync", "--api-url", server.URL, "--secrets-file", secrets,
			"--format", format)
		run(wrongKey, "", exit.Refused, "names", "--api-url", server.URL, "--format", format)
	}
	for _, format := range diagnosticsFormats {
		for _, version := range []string{"documented", "0.9", "1.4"} {
			run([]string{"B=" + canary}, "", exit.Failed, "check", configs, "--format", format,
				"--require-env", "--prefect-version", version)
		}
		run(nil, "", exit.Failed, "check", configs, "--format", format)
		run(nil, "", exit.OK, "check", configs, "--format", format, "--fail-on", "never")
		run(nil, "", exit.Usage, "check", configs, "--format", format, "--fail-on", "some")
	}
	run(key, canary, exit.OK, "set", "NAME", "--api-url", server.URL)
	run(key, canary, exit.Usage, "set", "NAME", "--json", "--api-url", server.URL)
	run(key, strings.Repeat(canary, 200_000), exit.Usage, "set", "NAME", "--api-url", server.URL)
	run(nil, "", exit.Usage, "sync", "--api-url", "http://"+canary+"@x", "--secrets-file", secrets)
	for _, mode := range []string{"sync", "plan", "check"} {
		env := append([]string{
			"INPUT_MODE=" + mode, "INPUT_API-URL=" + server.URL, "INPUT_API-KEY=" + server.AdminKey,
			"INPUT_SECRETS=" + string(data), "INPUT_CONFIG-FILES=" + plain,
		}, w.Env...)
		run(env, "", map[string]int{"sync": exit.Partly}[mode], "action")
		wantCode := map[string]int{"check": exit.Failed, "sync": exit.Usage, "plan": exit.Usage}[mode]
		run(append(env, "INPUT_CONFIG-FILES="+configs), "", wantCode, "action")
		r := runCommand(t, append(env, "GITHUB_ACTIONS=false"), "", "action")
		shown.WriteString(r.stdout + r.stderr) // outside GitHub Actions a mask would show what it hides
	}

	all := shown.String() + readFiles(t, w.Dir)
	forms := []string{
		canary, url.QueryEscape(canary), base64.StdEncoding.EncodeToString([]byte(canary))[:12], "7700123",
		server.AdminKey, server.RunnerKey,
	}
	for _, form := range forms {
		if at := strings.Index(all, form); at >= 0 {
			t.Errorf("a value shows as %.6s…, after %q", form, all[max(0, at-60):at])
		}
	}
	if !strings.Contains(all, "DIGITS") || !strings.Contains(all, "plaintext-secret") {
		t.Error("the runs showed not even names")
	}
}

func readFiles(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
