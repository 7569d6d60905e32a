package docs

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// hash stands for the hashes that the pages leave out.
const hash = `"sha256:` + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" + `"`

// keyOf is what a part of a key's table needs around it to be a keys file.
const keyOf = `url = "https://secrets.example.com"

[[tenants]]
id = "3f6c1de4-8b0e-4bb5-9f0e-0a1f4a2f6f57"
slug = "data"

[[keys]]
name = "ci"
role = "admin"
tenants = ["data"]
`

// TestKeysFiles starts a server with each keys file that the pages show.
func TestKeysFiles(t *testing.T) {
	for _, block := range suiteBlocks(t, "keysfile") {
		text := block.Text
		if !strings.Contains(text, "[[tenants]]") {
			if strings.HasPrefix(text, "[[") { // it is not about the key
				text = `hash = "sha256:…"` + "\n\n" + text
			}
			text = keyOf + text
		}
		for strings.Contains(text, `"sha256:…"`) { // each one is another
			text = strings.Replace(text, `"sha256:…"`, strings.Replace(hash, "0", string(rune('a'+strings.Count(text, "…"))), 1), 1)
		}
		startServer(t, text)
	}
}

// startServer starts a server with a keys file, and returns its URL and the path of
// its audit log.
func startServer(t *testing.T, keys string) (url, audit string) {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "keys.toml"), keys)
	audit = filepath.Join(dir, "audit.log")
	server := binary.Serve(t, binary.Options{Dir: dir}, "--store", "memory", "--keys-file", "keys.toml", "--audit-log", audit)
	return server.URL, audit
}

var member = regexp.MustCompile(`"(\w+)":`)

// TestAuditLine compares the audit line that docs/serve.md shows with one that a server
// writes.
func TestAuditLine(t *testing.T) {
	dir := t.TempDir()
	o := binary.Options{Dir: dir}
	if code, p := binary.Run(t, o, "init"); code != 0 {
		t.Fatal(p.Stderr)
	}
	url, audit := startServer(t, readFile(t, filepath.Join(dir, "keys.toml")))
	o.Stdin = "a value"
	if code, p := binary.Run(t, o, "set", "APP", "--api-url", url, "--api-key-file", "admin.key"); code != 0 {
		t.Fatal(p.Stderr)
	}
	for _, block := range suiteBlocks(t, "audit") {
		var shown struct{ Operation string }
		if err := json.Unmarshal([]byte(block.Text), &shown); err != nil {
			t.Fatal(err)
		}
		written := ""
		for line := range strings.Lines(readFile(t, audit)) {
			if strings.Contains(line, `"operation":"`+shown.Operation+`"`) {
				written = line
			}
		}
		names := func(line string) (list []string) {
			for _, m := range member.FindAllStringSubmatch(line, -1) {
				list = append(list, m[1])
			}
			return list
		}
		if diff := cmp.Diff(names(written), names(block.Text)); diff != "" {
			t.Errorf("%v has other members than a server's line (-server +page):\n%s", block, diff)
		}
	}
}

// TestManifests checks the manifests that the pages show.
func TestManifests(t *testing.T) {
	for _, block := range suiteBlocks(t, "manifest") {
		checkFiles(t, block.String(), map[string]string{"prefect-secrets.toml": block.Text})
	}
}

var hookArgs = regexp.MustCompile(`(?m)^ +args: (\[.*\])$`)

// TestPreCommit runs the command of the hook with the arguments that a page gives it.
func TestPreCommit(t *testing.T) {
	for _, block := range suiteBlocks(t, "precommit") {
		m := hookArgs.FindStringSubmatch(block.Text)
		if m == nil {
			t.Fatalf("%v has no args", block)
		}
		var args []string
		for arg := range strings.SplitSeq(strings.Trim(m[1], "[]"), ", ") {
			args = append(args, strings.Trim(arg, `"`))
		}
		checkFiles(t, block.String(), map[string]string{"config.toml": "[context.secrets]\nA = \"$AWS_KEY\"\n"}, args...)
	}
}

// checkFiles runs check over files, and fails for any finding.
func checkFiles(t *testing.T, what string, files map[string]string, args ...string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(dir, name), text)
	}
	code, p := binary.Run(t, binary.Options{Dir: dir}, append([]string{"check", ".", "--fail-on", "warning"}, args...)...)
	if code != 0 || !strings.Contains(p.Stdout.String(), "1 file, 0 errors, 0 warnings") {
		t.Errorf("%s: exit code %d\n%s%s", what, code, p.Stdout, p.Stderr)
	}
}
