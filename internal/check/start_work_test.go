package check

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// startTexts are settings that releases start with in different ways.
var startTexts = []string{
	"[logging]\nlevel = '10'", "[logging]\nlevel = 'debug'", "[logging]\nlevel = 1.5", "[logging]\nlevel = '$A'", "[logging]\nlevel = '$LOUD'",
	"[logging]\nformat = '12'", "[logging]\nformat = 1", "context = 'x'", "context = '{\"a\": 1}'", "[context]\nconfig = 1", "logging = '{}'", "logging = []",
	"[logging]\nextra_loggers = ['a']", "[logging]\nextra_loggers = [1]", "[logging]\nextra_loggers = 'a, b'", "[logging]\nextra_loggers = \"['a']\"",
	"[logging]\nextra_loggers = '$A'", "[logging]\nextra_loggers = '${mine.a}'\n[mine]\na = \"['a']\"", "[logging]\nextra_loggers = '12'", "[logging]\nextra_loggers = '{1}'",
}

// TestStartIsReadOnce counts how often a setting is read: once for each way in which
// releases start with it, whatever is asked. It holds the shortcut to the answer of
// every release.
func TestStartIsReadOnce(t *testing.T) {
	const most = 5 + 1 // each way, and the latest release for a list
	for _, text := range append(startTexts, "[logging]\nextra_loggers = ["+strings.Repeat("'a',", 1000)+"]") {
		s := newSource("a.toml", text+"\n")
		s.opts.Env = []string{"A=['a']", "LOUD=loud"}
		in, ok := s.startInput(s.settings()[0])
		if !ok {
			t.Fatalf("%s: nothing is known of it", text)
		}
		s.startProblem(in)
		if n := len(in.read); n == 0 || n > most {
			t.Errorf("%.60s: read %d times, want at most %d", text, n, most)
		}
		compareEachRelease(t, s, in)
	}
}

// compareEachRelease compares what WhereStarted says of a setting with what every
// release says.
func compareEachRelease(t *testing.T, s *source, in startInput) {
	t.Helper()
	for name, holds := range map[string]func(release.Version) bool{
		"fails": func(v release.Version) bool { return in.failure(v) != nil },
		"letters": func(v release.Version) bool {
			c, err := in.readAs(v)
			return err == nil && isLetters(v, valueOf(c, in.path))
		},
	} {
		short, _ := s.releasesStarted(holds)
		long, _ := inReleases(release.Any.WhereEach(holds))
		if short != long {
			t.Errorf("%s: %s %q, and asked one by one %q", s.doc.Text, name, short, long)
		}
	}
}
