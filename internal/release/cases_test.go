package release_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

const casesDir = "../../fixtures/prefect/"

// configCase is one row of fixtures/prefect/config-cases: a configuration, and
// what the real release made of it.
type configCase struct {
	ID       string
	Mode     string // interp: load_configuration of the one file; user: import prefect
	TOML     *string
	Env      orderedEnv
	Backend  string
	Files    map[string]string
	Expected struct {
		Flat, Changed, Removed, Baseline []wantEntry
		Error                            *struct{ Class string }
	}
}

type wantEntry struct {
	Path  []any
	Type  string
	Value json.RawMessage
	Repr  *string
}

// orderedEnv is an environment in the order of the case, in which Prefect reads it.
type orderedEnv []string

func (e *orderedEnv) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	var words []string
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if word, ok := token.(string); ok {
			words = append(words, word)
		}
	}
	for pair := range slices.Chunk(words, 2) {
		*e = append(*e, pair[0]+"="+pair[1])
	}
	return nil
}

func TestCasesOfReleases(t *testing.T) {
	runCases(t, casesDir)
}

// TestRandomCasesOfReleases compares with what the real releases have just answered
// to test/prefect/run.sh, which sets CONFIG_CASES_DIR.
func TestRandomCasesOfReleases(t *testing.T) {
	if dir := os.Getenv("CONFIG_CASES_DIR"); dir != "" {
		runCases(t, dir+"/")
	}
}

func runCases(t *testing.T, dir string) {
	files, err := filepath.Glob(dir + "config-cases-*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "config-cases-"), ".jsonl")
		t.Run(name, func(t *testing.T) { runFile(t, file, name) })
	}
}

// runFile compares a release with one file of cases.
func runFile(t *testing.T, file, name string) {
	v, err := release.ParseVersion(name)
	if err != nil {
		t.Fatal(err)
	}
	cases := readCases(t, file)
	if len(cases) < 150 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		if problem := c.run(t, v); problem != "" {
			t.Errorf("%s: %s\n\ttoml %q env %v", c.ID, problem, text(c.TOML), c.Env)
		}
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func readCases(t *testing.T, path string) []configCase {
	t.Helper()
	var cases []configCase
	for _, line := range readLines(t, path) {
		var c configCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if c.ID != "" {
			cases = append(cases, c)
		}
	}
	return cases
}

func readLines(t *testing.T, path string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]byte
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		lines = append(lines, bytes.Clone(scanner.Bytes()))
	}
	return lines
}

func (c *configCase) run(t *testing.T, v release.Version) string {
	t.Helper()
	home := t.TempDir()
	env := []string{"HOME=" + home}
	for _, entry := range c.Env {
		env = append(env, strings.ReplaceAll(entry, "/home/user", home))
	}
	options := release.Options{Version: v, Env: env, NoDefaults: c.Mode == "interp"}
	var defaults *release.Config
	if c.Mode == "user" {
		defaults = load(t, release.Options{Version: v, Env: env[:1]})
	}
	c.writeFiles(t, home)
	if c.Mode == "interp" {
		options.Text = *c.TOML + "\n"
		if *c.TOML != "" {
			options.Text = *c.TOML
		}
	}
	loaded, err := release.Load(options)
	if want := c.Expected.Error; want != nil || err != nil {
		return compareErrors(err, want)
	}
	if c.Mode == "interp" {
		return compareEntries(loaded.Entries(), c.Expected.Flat, home)
	}
	return c.compareUser(defaults, loaded, home)
}

func load(t *testing.T, o release.Options) *release.Config {
	t.Helper()
	loaded, err := release.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func (c *configCase) writeFiles(t *testing.T, home string) {
	t.Helper()
	files := map[string]string{}
	for name, content := range c.Files {
		files[name] = content
	}
	if c.Mode == "user" && c.TOML != nil {
		files[".prefect/config.toml"] = *c.TOML
	}
	if c.Backend != "" {
		files[".prefect/backend.toml"] = c.Backend
	}
	for name, content := range files {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(content, "/home/user", home)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func compareErrors(err error, want *struct{ Class string }) string {
	var e *release.Error
	switch {
	case want == nil:
		return fmt.Sprintf("error %v", err)
	case err == nil:
		return fmt.Sprintf("no error, want %s", want.Class)
	case !errors.As(err, &e) || e.Class != want.Class:
		return fmt.Sprintf("error %v, want %s", err, want.Class)
	}
	return ""
}

func compareEntries(got []release.Entry, want []wantEntry, home string) string {
	texts := map[string]string{}
	for _, e := range got {
		texts[fmt.Sprintf("%q", e.Path)] = entryText(e)
	}
	for _, w := range want {
		key := fmt.Sprintf("%q", pathOf(w))
		if texts[key] != strings.ReplaceAll(w.text(), "/home/user", home) {
			return fmt.Sprintf("%s is %s, want %s", key, texts[key], w.text())
		}
		delete(texts, key)
	}
	if len(texts) > 0 {
		return fmt.Sprintf("surplus: %v", texts)
	}
	return ""
}

func pathOf(w wantEntry) []string {
	var p []string
	for _, part := range w.Path {
		p = append(p, fmt.Sprint(part))
	}
	return p
}

// text returns type and value as the cases write them: JSON if there is any, else
// the repr.
func (w wantEntry) text() string {
	if w.Repr != nil {
		return w.Type + " " + *w.Repr
	}
	var s string
	if w.Type == "NoneType" {
		return "NoneType null"
	}
	if json.Unmarshal(w.Value, &s) == nil {
		return w.Type + " " + s
	}
	if w.Type == "float" {
		f, _ := strconv.ParseFloat(string(w.Value), 64)
		return fmt.Sprint(w.Type, " ", f)
	}
	return w.Type + " " + string(w.Value)
}

// entryText returns type and value as [wantEntry.text] does.
func entryText(e release.Entry) string {
	var value string
	switch v := e.Value.(type) {
	case nil:
		value = "null"
	case bool, int64, *big.Int, string:
		value = fmt.Sprint(v)
	case float64:
		value = strings.TrimPrefix(strings.ToLower(fmt.Sprint(v)), "+")
	case time.Duration:
		value = fmt.Sprintf("seconds=%.1f", v.Seconds())
	case time.Time:
		value = isoformat(e.Type(), v)
	default:
		value = e.Repr()
	}
	return e.Type() + " " + value
}

func isoformat(kind string, t time.Time) string {
	layout := map[string]string{"date": "2006-01-02", "time": "15:04:05", "datetime": "2006-01-02T15:04:05"}[kind]
	if t.Nanosecond() != 0 {
		layout += ".000000"
	}
	if kind == "datetime" && !strings.HasSuffix(t.Location().String(), "-local") {
		layout += "-07:00"
	}
	return t.Format(layout)
}

// compareUser compares what a user's file changes.
func (c *configCase) compareUser(defaults, loaded *release.Config, home string) string {
	if len(c.Expected.Baseline) > 0 {
		if problem := compareEntries(defaults.Entries(), c.Expected.Baseline, home); problem != "" {
			return "baseline: " + problem
		}
	}
	before := map[string]string{}
	for _, e := range defaults.Entries() {
		before[fmt.Sprintf("%q", e.Path)] = entryText(e)
	}
	var changed []release.Entry
	for _, e := range loaded.Entries() {
		key := fmt.Sprintf("%q", e.Path)
		if before[key] != entryText(e) {
			changed = append(changed, e)
		}
		delete(before, key)
	}
	if len(before) != len(c.Expected.Removed) {
		return fmt.Sprintf("removed: %v", before)
	}
	return compareEntries(changed, c.Expected.Changed, home)
}
