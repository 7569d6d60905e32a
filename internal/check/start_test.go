package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStart has settings with which import prefect fails after it has read the
// config, as config.Load finds out, and settings with which it starts.
func TestStart(t *testing.T) {
	const fails = " import prefect fails with "
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"[logging]\nlevel = 'debug'", []string{"2 type: with this logging.level" + fails + "ValueError"}},
		{"logging = { level = 1.5 }", []string{"1 type: with this logging.level" + fails + "TypeError"}},
		{
			"[logging]\nlevel = '10'",
			[]string{"2 type: with this logging.level" + fails + "ValueError in 0.6.7 to 0.11.1"},
		},
		{"[logging]\nformat = 'x'", []string{"2 type: with this logging.format" + fails + "ValueError"}},
		{
			"[logging]\nextra_loggers = 1",
			[]string{"2 type: with this logging.extra_loggers" + fails + "TypeError in 0.9.4 to 1.4.1"},
		},
		{"[context]\nconfig = 1", []string{"2 type: with this context.config" + fails + "AttributeError"}},
		{"context = 'x'", []string{"1 type: with this context" + fails + "ValueError"}},
		{"logging = 1", []string{"1 type: with this logging" + fails + "AttributeError"}},
		{"[logging]\nlevel = 'NOTSET'\nformat = '%(name)s'\nextra_loggers = ['a']", nil},
		{"[logging]\nlevel = '$LEVEL'\nformat = '%(message)s'\nextra_loggers = [1, 'a']", nil},
		{"[mine]\nlevel = 'debug'\n[context]\nfoo = 1", nil},
	} {
		got := outline(File("a.toml", []byte(tt.text), Options{Rules: []string{"type"}}))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

// TestUnsetLevelIsToldOnce has a level from a variable that is not set: one finding,
// whose hint speaks of the variable, unless the rule type is not applied.
func TestUnsetLevelIsToldOnce(t *testing.T) {
	const text = "[logging]\nlevel = '$LEVEL'\n"
	found := File("a.toml", []byte(text), Options{Env: []string{"A=b"}})
	if len(found) != 1 || found[0].Rule != "type" || !strings.HasPrefix(found[0].Hint, "set LEVEL where Prefect runs") {
		t.Errorf("found %+v", found)
	}
	found = File("a.toml", []byte(text), Options{Env: []string{"A=b"}, Rules: []string{"unset-env"}})
	if len(found) != 1 || found[0].Rule != "unset-env" {
		t.Errorf("with unset-env alone: %+v", found)
	}
}

// TestLevelHints has levels and what to write instead.
func TestLevelHints(t *testing.T) {
	for level, want := range map[string]string{
		"debug": "levels are in capitals: use DEBUG",
		"loud":  "it is not a level: use one of CRITICAL, FATAL, ERROR, WARN, WARNING, INFO, DEBUG, NOTSET",
	} {
		found := File("a.toml", []byte("[logging]\nlevel = '"+level+"'\n"), Options{})
		if len(found) != 1 || found[0].Hint != want {
			t.Errorf("%s: %+v", level, found)
		}
	}
}

// TestLettersAreToldOnce has an extra_loggers that some releases refuse and others take
// for letters: that is one fault.
func TestLettersAreToldOnce(t *testing.T) {
	const text = "[logging]\nextra_loggers = 'snowflake, boto3'\n"
	const letters = ", and Prefect takes each letter of it for the name of a logger"
	for version, want := range map[string]string{
		"":       "2 type: with this logging.extra_loggers import prefect fails with ValueError in 0.9.6 to 0.11.1" + letters + " in 0.11.2 to 1.4.1",
		"0.10.7": "2 type: with this logging.extra_loggers import prefect fails with ValueError",
		"1.4.1":  "2 type: logging.extra_loggers is one string" + letters,
	} {
		opts := Options{}
		if version != "" {
			opts.Version = mustParseVersion(t, version)
		}
		if diff := cmp.Diff([]string{want}, outline(File("a.toml", []byte(text), opts))); diff != "" {
			t.Errorf("%q: %s", version, diff)
		}
	}
}

// TestStartNamesAllVariables has a level of several variables.
func TestStartNamesAllVariables(t *testing.T) {
	for env, want := range map[string]string{
		"":            "with this logging.level, in which the variables A, B and C are not set, import prefect fails with ValueError",
		"A=x B=x":     "with this logging.level, in which the variable C is not set, import prefect fails with ValueError",
		"A=x B=x C=x": "with this logging.level, with the value of the variables A, B and C in it, import prefect fails with ValueError",
	} {
		found := File("a.toml", []byte("[logging]\nlevel = '$A$B$C'\n"), Options{Env: append([]string{"Z=z"}, strings.Fields(env)...)})
		if diff := cmp.Diff([]string{"2 type: " + want}, outline(found)); diff != "" {
			t.Errorf("%s: %s", env, diff)
		}
	}
}
