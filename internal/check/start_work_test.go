package check

import (
	"fmt"
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
		commonStarts = startCache{} // what other tests have asked
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

// useTexts are settings with which releases fail later, or do not.
var useTexts = []string{
	"cloud = 1", "[cloud]\nagent = 'x'", "[cloud.agent]\nlevel = 'LOUD'", "[cloud.agent]\nname = 1", "[cloud.agent]\nlabels = 'a'", "engine = 1", "flows = 'x'",
	"[logging]\nformat = '%(a)s'", "[logging]\nformat = '%(a)s'\nlog_attributes = \"['a']\"", "[logging]\ndatefmt = 1", "[logging]\nlog_attributes = 'a'",
	"[tasks.defaults]\nmax_retries = 3", "[tasks.defaults]\nretry_delay = 10\nmax_retries = 1", "[tasks.defaults]\nretry_delay = 10", "[tasks.defaults]\ntimeout = 1.5",
	"[context]\nsecrets = 1", "[context]\ncase = 'x'", "[context]\ntags = 1", "[engine.executor]\ndefault_class = 1", "[tasks.defaults]\nmax_retries = '${server.port}'",
	"[logging]\nformat = '${backend} %(message)s'", "[cloud.agent]\nname = '${server.ui.host}'", "[cloud.agent]\nlevel = '${logging.level}'",
}

// TestStartNeedsNoOtherDefaults compares what releases make of a setting with the defaults
// that it is read with, and with all defaults.
func TestStartNeedsNoOtherDefaults(t *testing.T) {
	for _, text := range append(useTexts, startTexts...) {
		s := newSource("a.toml", text+"\n")
		s.opts.Env = []string{"A=['a']", "LOUD=loud"}
		for _, v := range s.settings() {
			in, ok := s.startInput(v)
			if !ok || !mayPreventStart(v) && !s.mayFailInUse(v) {
				continue
			}
			all := in
			all.startReadings = newStartReadings(text, in.env, nil)
			for _, version := range release.Any.Releases() {
				got, want := whatFails(in, version), whatFails(all, version)
				if got != want {
					t.Errorf("%s: %s in %s: got %q, and with all defaults %q", text, v.name, version, got, want)
				}
			}
		}
	}
}

func whatFails(in startInput, version release.Version) string {
	if failed := in.failure(version); failed != nil {
		return failed.Class + ": " + failed.Problem
	}
	if m := in.misuse(version); m != nil {
		return m.Fails + ": " + m.Class + ": " + m.Problem
	}
	config, _ := in.readAs(version)
	return fmt.Sprint(valueOf(config, in.path))
}

// TestUseIsAskedOnce takes the readings of a text away after the first answer.
func TestUseIsAskedOnce(t *testing.T) {
	for _, text := range useTexts {
		s := newSource("a.toml", text+"\n")
		in, ok := s.startInput(s.settings()[0])
		if !ok || in.env != nil {
			continue
		}
		for _, version := range []release.Version{release.Any, release.Documented, release.Latest()} {
			s.opts.Version = version
			want := s.useProblem(in)
			load, read := in.load, in.read
			in.load, in.read = nil, nil
			if got := s.useProblem(in); got != want {
				t.Errorf("%s in %s: got %v, want %v", text, version, got, want)
			}
			in.load, in.read = load, read
		}
	}
}
