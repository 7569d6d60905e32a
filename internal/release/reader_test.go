package release_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestFilesOfReleases has what Prefect 0.9.3 and 1.4.1 make of each file, as measured: the
// settings beside the defaults, or the class of the error. The documented rules are those
// of TOML 1.0.
func TestFilesOfReleases(t *testing.T) {
	const invalid = "TomlDecodeError"
	for _, tt := range []struct{ text, release, documented string }{
		{"\ufeffq = 1\n", `"\ufeffq"=1`, `"q"=1`},
		{"\ufeff[q]\nr = 1\n", invalid, `"q.r"=1`},
		{"q = '\xff'\n", "UnicodeDecodeError", "UnicodeDecodeError"},
		{"q = '\xed\xa0\x80'\n", "UnicodeDecodeError", "UnicodeDecodeError"},
		{"\xff\xfeq\x00", "UnicodeDecodeError", "UnicodeDecodeError"},
		{"q = 1\rr = 2\r", `"q"=1 "r"=2`, invalid},
		{"q = '''x\r\ny'''\r\n", `"q"=x` + "\n" + `y`, `"q"=x` + "\r\n" + `y`},
		{"q = 'x\ry'\n", invalid, invalid},
		{"q = '\x00'\n", `"q"=` + "\x00", invalid},
		{"\x00 = 1\n", `"\x00"=1`, invalid},
		{"q == 1\n", `"q ="=1`, invalid},
		{"nä = 1\n", `"nä"=1`, invalid},
		{"q = ١٢\n", `"q"=12`, invalid},
		{"q = 99999999999999999999\n", `"q"=99999999999999999999`, invalid},
		{"q = " + strings.Repeat("1", 4301), invalid, invalid},
		{"q = [1, 2", `"q"=[1]`, invalid},
		{"q = \"\\u\\u0041\"\n", "IndexError", invalid},
		{"q = 1979-05-27T07:32:00." + strings.Repeat("1", 400), "OverflowError", `"q"=1979-05-27 07:32:00.111111111 +0000 datetime-local`},
		{"q.r = '''\nx\n'''\n", `"r"=x` + "\n", `"q.r"=x` + "\n"},
		{"q = {r = 1,}\n", invalid, `"q.r"=1`},
	} {
		for version, want := range map[release.Version]string{
			release.Number{0, 9, 3}.Version(): tt.release, release.Number{1, 4, 1}.Version(): tt.release, release.Documented: tt.documented,
		} {
			if got := readAlone(version, tt.text); got != want {
				t.Errorf("%.40q under %s: got %q, want %q", tt.text, version, got, want)
			}
		}
	}
}

// readAlone returns what a version reads in a text alone, without what it cannot be
// without.
func readAlone(version release.Version, text string) string {
	loaded, err := release.Load(release.Options{Version: version, Text: text, NoDefaults: true})
	var failed *release.Error
	if errors.As(err, &failed) {
		return failed.Class
	}
	var settings []string
	for _, e := range loaded.Entries() {
		if path := strings.Join(e.Path, "."); path != "context.secrets" {
			settings = append(settings, fmt.Sprintf("%q=%v", path, e.Value))
		}
	}
	return strings.Join(settings, " ")
}

// TestLimitsAreNotPythons has texts that end the reading here, and whose class of error
// in Python is not known.
func TestLimitsAreNotPythons(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\nb = " + strings.Repeat("[", 1<<10) + strings.Repeat("]", 1<<10): "config:2: it nests deeper than 100 levels: use fewer",
		"a = 1\nb =" + strings.Repeat("=", 1<<20):                               "config:2: the parser inside Prefect would take hours to read this",
	} {
		if _, err := release.Load(release.Options{Version: release.Number{1, 4, 1}.Version(), Text: text}); err == nil || err.Error() != want {
			t.Errorf("%.20q: got %v, want %s", text, err, want)
		}
	}
}

// TestErrorsShowNoPartOfAValue has values that the parser inside Prefect takes for a part
// of the key.
func TestErrorsShowNoPartOfAValue(t *testing.T) {
	const text = "[context.secrets.items]\ntoken=canary= 1\n"
	_, err := release.Load(release.Options{Version: release.Number{1, 4, 1}.Version(), Text: text})
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "items.token=***") {
		t.Errorf("got %v", err)
	}
}
