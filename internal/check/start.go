package check

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkStarts reports settings that load but make import prefect fail, since Prefect
// sets up its context and Python's logging with them, and those with which it fails later.
func checkStarts(s *source, report func(finding)) {
	s.failing = map[tomlpos.NodeID]bool{}
	for _, v := range s.settings() {
		if f := s.settingProblem(v); f.message != "" {
			report(f)
			s.failing[v.Node] = true
		}
	}
}

// settingProblem returns a finding about a setting with which Prefect does not start, or
// fails later. Its message is empty if nothing is wrong, or nothing is known.
func (s *source) settingProblem(v *setting) (f finding) {
	mayStop, mayFail := mayPreventStart(v), s.mayFailInUse(v)
	if !mayStop && !mayFail {
		return f
	}
	in, ok := s.startInput(v)
	if !ok {
		return f
	}
	if mayStop {
		f = v.finding(s.startProblem(in))
	}
	if f.message == "" && mayFail {
		f = s.useProblem(in)
	}
	if v.isTableList {
		_, f.hint = explainTable(v.name, true)
	}
	return f
}

// startProblem returns what releases make of a setting that they cannot start with, or
// start with loggers that nobody meant. The message is empty if nothing is wrong.
func (s *source) startProblem(in startInput) (message, hint string) {
	failed, suffix := s.startFailure(in)
	if failed != nil {
		message, hint = fmt.Sprintf("import prefect fails with %s%s", failed.Class, suffix), failed.Problem
	}
	return s.withLetters(in, message, hint)
}

// startFailure returns why releases do not start with a setting, and which they are, or nil.
func (s *source) startFailure(in startInput) (failed *release.Error, suffix string) {
	suffix, fails := s.releasesStarted(func(version release.Version) bool {
		failure := in.failure(version)
		if failure != nil {
			failed = failure
		}
		return failure != nil
	})
	// A list of loggers is the right form since 0.11.2: without a release it stays.
	if fails && s.opts.Version == release.Any && in.Kind == tomlpos.Array && in.failure(release.Latest()) == nil {
		return nil, ""
	}
	return failed, suffix
}

// mayPreventStart reports whether Prefect needs a setting to start, and its value
// may be wrong.
func mayPreventStart(v *setting) bool {
	switch v.name {
	case "context", "context.config", "logging", "tasks", "tasks.defaults":
		return true
	case "logging.level":
		return !isLevel(v.str)
	case "logging.format":
		return !strings.Contains(v.str, "%(message)s")
	case extraLoggers:
		return v.str != "[]"
	}
	return false
}

// startInput is a setting with what it refers to, alone: nothing else in the file can
// fail.
type startInput struct {
	*setting
	*startReadings
	env   []string
	set   nameList // variables in the setting
	unset nameList // variables in the setting that are not set
}

// startReadings are what releases make of a text, each asked once. Settings whose text is
// the same share them.
type startReadings struct {
	mu   sync.Mutex
	load *release.Loader
	read map[release.Version]startReading
	uses map[useQuestion]useAnswer // of the settings in the text
}

func newStartReadings(text string, env, defaultsOf []string) *startReadings {
	return &startReadings{
		load: newStartLoader(text, env, defaultsOf),
		read: map[release.Version]startReading{},
		uses: map[useQuestion]useAnswer{},
	}
}

// startCache holds readings by their text.
type startCache struct {
	mu     sync.Mutex
	byText map[string]*startReadings
}

// commonStarts has the readings of short texts, such as those of the two settings that all
// configs of a repository have.
var commonStarts startCache

// What commonStarts has at most: texts, and bytes of a text.
const (
	maxCommonStarts = 64
	maxCommonText   = 256
)

// readings returns the readings of a text, and keeps them if there are fewer than most.
func (c *startCache) readings(text string, most int, make func() *startReadings) *startReadings {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.byText[text]; r != nil {
		return r
	}
	r := make()
	if c.byText == nil {
		c.byText = map[string]*startReadings{}
	}
	if len(c.byText) < most {
		c.byText[text] = r
	}
	return r
}

// cause says what the variables in the setting have to do with a problem, or returns "".
func (in startInput) cause() string {
	switch n := in.unset.len(); {
	case n > 0:
		return fmt.Sprintf(", in which %s %s not set,", in.unset.phrase("variable"), plural(n, "is", "are"))
	case in.set.len() > 0:
		return fmt.Sprintf(", with the value of %s in it,", in.set.phrase("variable"))
	}
	return ""
}

// startReading is what a release makes of a setting.
type startReading struct {
	config *release.Config
	err    error
}

// hint returns how to mend a setting with a problem: a variable that is not set comes first.
func (in startInput) hint(problem string) string {
	if n := in.unset.len(); n > 0 {
		it := plural(n, "it", "them")
		names := cmp.Or(strings.Join(in.unset.shown, " and "), it)
		return fmt.Sprintf("set %s where Prefect runs, and name %s with --assume-env if %s only not set here", names, it, plural(n, "it is", "they are"))
	}
	return problem
}

// startInput returns what a release reads of a setting. It returns false if that is
// not known: a reference leads to an unknown variable, or too far.
func (s *source) startInput(v *setting) (startInput, bool) {
	in := startInput{setting: v}
	tables := tableTexts{}
	tables.add(s, v)
	if !s.addBeside(v, tables) {
		return in, false
	}
	if strings.Contains(v.str, "$") {
		env, known := s.env()
		if !known || env.has(release.Variable(v.name)) || !s.addReferred(&in, tables) {
			return in, false
		}
		in.env = s.opts.Env
	} else if strings.Contains(v.str, "~") {
		return in, false
	}
	in.startReadings = s.readingsOf(tables.String(), in)
	return in, true
}

// readingsOf returns the readings of the text that a setting is part of. A release loads
// only the defaults beside it, unless it may refer to any.
func (s *source) readingsOf(text string, in startInput) *startReadings {
	read := func() *startReadings {
		var defaultsOf []string
		if !strings.Contains(text, "$") {
			defaultsOf = []string{strings.Clone(in.path[0])} // readings outlive the file
		}
		return newStartReadings(text, in.env, defaultsOf)
	}
	switch {
	case in.env != nil:
		return read()
	case len(text) <= maxCommonText:
		return commonStarts.readings(text, maxCommonStarts, read)
	case s.cachedStarts == nil:
		s.cachedStarts = &startCache{}
	}
	return s.cachedStarts.readings(text, math.MaxInt, read)
}

// addReferred adds the settings that a setting refers to, and says which variable it
// names. It returns false if what it refers to is not known.
func (s *source) addReferred(in *startInput, tables tableTexts) bool {
	env, _ := s.env()
	for _, ref := range release.References(in.str) {
		switch {
		case env.has(ref.Name):
			in.set.add(ref.Name)
		case s.isAssumed(ref.Name) || env.has(release.Variable(ref.Name)):
			return false
		case !ref.Braces || s.isVariable(ref):
			in.unset.add(ref.Name)
		case !tables.addKey(s, ref.Name):
			return false
		}
	}
	return true
}

// addBeside adds the settings on which it depends whether Prefect can use a setting. It
// returns false if one of them is not known.
func (s *source) addBeside(v *setting, tables tableTexts) bool {
	beside, _ := release.UsedWith(v.name)
	env, _ := s.env()
	for _, name := range beside {
		if env.has(release.Variable(name)) || !tables.addKey(s, name) {
			return false
		}
	}
	return true
}

// tableTexts are lines of TOML by the header of their table.
type tableTexts map[string][]string

func (t tableTexts) add(s *source, v *setting) {
	header := ""
	if len(v.path) > 1 {
		header = "[" + s.doc.Path(s.doc.Nodes[v.Node].Parent) + "]\n"
	}
	text := v.str
	if !v.isTableList {
		text = s.doc.Text[v.Start:v.End]
	}
	line := tomlpos.QuoteKey(v.path[len(v.path)-1]) + " = " + text + "\n"
	if !slices.Contains(t[header], line) {
		t[header] = append(t[header], line)
	}
}

// addKey adds the setting with a dotted name, if the file has it. It returns false if
// that refers to something else in turn.
func (t tableTexts) addKey(s *source, name string) bool {
	for _, v := range s.settings() {
		if v.name != name {
			continue
		}
		t.add(s, v)
		return !strings.ContainsAny(v.str, "$~")
	}
	return true
}

// String returns the text, which is the same in whatever order the lines were added.
func (t tableTexts) String() string {
	var text strings.Builder
	for _, header := range slices.Sorted(maps.Keys(t)) { // settings outside tables first
		text.WriteString(header)
		for _, line := range slices.Sorted(slices.Values(t[header])) {
			text.WriteString(line)
		}
	}
	return text.String()
}

// newStartLoader returns a loader that reads nothing from disk, and none of the
// variables that set settings.
func newStartLoader(text string, env, defaultsOf []string) *release.Loader {
	return release.NewLoader(release.Options{
		Text:       text,
		DefaultsOf: defaultsOf,
		Env:        slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, release.Prefix) }),
		ReadFile:   func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	})
}

// readAs reads the setting as a release does.
func (in startInput) readAs(version release.Version) (*release.Config, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	reading, ok := in.read[version]
	if !ok {
		reading.config, reading.err = in.load.Load(version)
		in.read[version] = reading
	}
	return reading.config, reading.err
}

// failure returns why a release does not start with a setting, or nil.
func (in startInput) failure(version release.Version) *release.Error {
	_, err := in.readAs(version)
	var failed *release.Error
	if !errors.As(err, &failed) || strings.Join(failed.Path, ".") != in.name {
		return nil // an error in the TOML or elsewhere is for other rules
	}
	return failed
}
