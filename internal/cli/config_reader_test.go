package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigReadsAsTheRelease has a file that only the parser inside Prefect reads: lines
// end in a carriage return or a line feed, and a part of a value belongs to the key.
func TestConfigReadsAsTheRelease(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	text := "# a\rnäme = 'x'\r\npassword=canary= 'y'\n[context.secrets]\ntoken=canary == 'z'\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "json"} {
		got := runCommand(t, nil, "", "config", "--prefect-version", "1.4", "--file", file, "--format", format)
		if got.code != 0 || strings.Contains(got.stdout+got.stderr, "canary") {
			t.Fatalf("%s: %+v", format, got)
		}
		for _, want := range []string{"näme", "password=***", "token=***", file + ":1", file + ":2", file + ":4"} {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%s: no %s in %s", format, want, got.stdout)
			}
		}
	}
	got := runCommand(t, nil, "", "config", "--file", file)
	if got.code == 0 || !strings.Contains(got.stderr, file+":1: not valid TOML: prefect-secrets check shows the place [TomlDecodeError]") {
		t.Errorf("%+v", got)
	}
}
