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

// TestConfigPadsNothingToALongValue has one long value, which does not make the lines of
// the other settings longer.
func TestConfigPadsNothingToALongValue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	const length = 10_000
	text := "[logging]\nextra_loggers = \"['" + strings.Repeat("a", length) + "']\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runCommand(t, nil, "", "config", "--prefect-version", "1.4", "--file", file)
	if got.code != 0 || !strings.Contains(got.stdout, strings.Repeat("a", length)) {
		t.Fatalf("exit %d: %s", got.code, got.stderr)
	}
	for line := range strings.Lines(got.stdout) {
		if len(line) > 1000 && !strings.HasPrefix(line, "logging.extra_loggers ") {
			t.Errorf("a line of %d bytes: %s", len(line), strings.Fields(line)[0])
		}
	}
}

// TestConfigTakesNoArgument has a file given as for check.
func TestConfigTakesNoArgument(t *testing.T) {
	got := runCommand(t, nil, "", "config", "config.toml")
	if got.code != 2 || !strings.Contains(got.stderr, "name the config with --file") {
		t.Errorf("%+v", got)
	}
}
