package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

var diagnosticsFormats = []string{"text", "github", "json", "sarif", "markdown"}

// TestCheckOddFiles checks files that are not text, or unusual text. Each has at most
// one diagnostic, with a position, in every format, and no value is printed.
func TestCheckOddFiles(t *testing.T) {
	const good = "[cloud]\nheartbeat_interval = 30.0\n"
	for _, tt := range []struct {
		name, text, want string
		code             int
	}{
		{"empty", "", "check: 1 file, 0 errors, 0 warnings", exit.OK},
		{"crlf", strings.ReplaceAll(good, "\n", "\r\n"), "check: 1 file, 0 errors, 0 warnings", exit.OK},
		{"bom", "\ufeff" + good, "error: a byte order mark", exit.Failed},
		{"bom-broken", "\ufeffA = " + canary + "\n", "odd.toml:1:5: error:", exit.Failed},
		{"crlf-broken", "[a]\r\nA = " + canary + "\r\n", "odd.toml:2:5: error:", exit.Failed},
		{"lone-return", "[a]\rA = '" + canary + "'", "odd.toml:1:4: error: carriage return without a line feed", exit.Failed},
		{"nul", "A = '" + canary + "\x00" + canary + "'\n", "the file has a NUL byte", exit.Failed},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00" + canary + "\x00\xff\xfe", "error: the file ", exit.Failed},
		{
			"invalid-utf8", good + "# \xc3\x28 " + canary + "\n",
			"odd.toml:3:3: error: the file is not UTF-8", exit.Failed,
		},
		{"utf16", "\xff\xfeA\x00=\x00'\x00" + canary, "the file is UTF-16", exit.Failed},
		{"deep", "A = " + strings.Repeat("[", 100_000) + "'" + canary, "levels deep", exit.Failed},
		{"one-line", "A = '" + canary + strings.Repeat("x", 1<<20), "error: this string has no closing quote", exit.Failed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "odd.toml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, format := range diagnosticsFormats {
				r := runCommand(t, nil, "", "check", path, "--format", format)
				if r.code != tt.code || r.stderr != "" || format == "text" && !strings.Contains(r.stdout, tt.want) {
					t.Errorf("%s: exit code %d, want %d: %s\n%.300s", format, r.code, tt.code, r.stderr,
						r.stdout)
				}
				if strings.Contains(r.stdout, canary) {
					t.Errorf("%s shows a value", format)
				}
			}
			r := runCommand(t, nil, "", "config", "--file", path, "--reveal")
			problem, isByte := strings.CutPrefix(tt.want, "the file ")
			if !isByte {
				problem, isByte = strings.CutPrefix(tt.want, "odd.toml:3:3: error: the file ")
			}
			if isByte &&
				(r.code != exit.Failed || !strings.Contains(r.stderr, problem) || !strings.Contains(r.stderr, "odd.toml:")) {
				t.Errorf("config: exit code %d: %s", r.code, r.stderr)
			}
			if strings.Contains(r.stderr, canary) {
				t.Error("config shows a value in an error")
			}
		})
	}
}

// TestCheckUnreadableFiles checks files that cannot be read: the exit code is 2, and
// the error names the file and the reason.
func TestCheckUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.Symlink("loop.toml", at("loop.toml")),
		os.Symlink("gone.toml", at("dangling.toml")),
		os.Mkdir(at("config"), 0o700),
		os.WriteFile(at("large.toml"), nil, 0o600),
		os.Truncate(at("large.toml"), 100<<20),
		os.WriteFile(at("largest.toml"), []byte("# "+strings.Repeat("x", 16<<20-2)), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"missing.toml":  `missing.toml": no such file`,
		"missing*.toml": `missing*.toml": no such file, and as a pattern it matches none`,
		"loop.toml":     "loop.toml: too many levels of symbolic links",
		"dangling.toml": "dangling.toml: no such file or directory",
		"config":        "config: neither a Prefect config nor a manifest is below it",
		"large.toml":    "large.toml is longer than 16 MiB",
		"[.toml":        "not a glob",
	} {
		r := runCommand(t, nil, "", "check", at(name))
		if r.code != exit.Usage || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit code %d: %s", name, r.code, r.stderr)
		}
		if r := runCommand(t, nil, "", "config", "--file", at(name)); r.code != exit.Usage ||
			r.stdout != "" || !strings.Contains(r.stderr, name) {
			t.Errorf("config of %s: exit code %d: %s", name, r.code, r.stderr)
		}
	}
	if r := runCommand(t, nil, "", "config", "--file", at("large.toml")); !strings.Contains(r.stderr, "longer than 16 MiB") {
		t.Errorf("config of a long file: %s", r.stderr)
	}
	if r := runCommand(t, nil, "", "check", at("largest.toml")); r.code != exit.OK {
		t.Errorf("a file of 16 MiB: exit code %d: %s%s", r.code, r.stderr, r.stdout)
	}
}

// Without a PATH, a config that is not there is not the user's pattern.
func TestCheckWithoutAPath(t *testing.T) {
	home := t.TempDir()
	r := runCommand(t, []string{"HOME=" + home}, "", "check")
	want := "no PATH given, and there is no " + filepath.Join(home, ".prefect", "config.toml") + ", which Prefect would read: give one, as in prefect-secrets check FILE"
	if r.code != exit.Usage || !strings.Contains(r.stderr, want) {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}
