package prefect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
)

// Version says whose rules a configuration is read by.
type Version string

const (
	// Documented is Prefect as the documentation of its secrets tells it: 0.9.3,
	// but secrets that the environment sets always get lower-case names, and
	// nothing local is consulted once use_local_secrets is false.
	Documented Version = ""
	// V0_9 is Prefect 0.9.3, and as far as configuration goes 0.6.7 to 0.10.7.
	V0_9 Version = "0.9"
	// V1_4 is Prefect 1.4.1, and as far as configuration goes 0.15.0 to 1.4.1.
	V1_4 Version = "1.4"
)

// ParseVersion reads what the command's --prefect-version takes: documented, 0.9
// or 1.4, or the number of a release that reads its configuration as one of these
// does: 0.9.x, and 0.15.x to 1.4.x.
func ParseVersion(name string) (Version, error) {
	switch {
	case name == Documented.String():
		return Documented, nil
	case !releases.MatchString(name):
		return "", fmt.Errorf("unknown version %q of Prefect: it is documented, 0.9 or 1.4, or a release of 0.9, or one from 0.15 to 1.4, such as 0.9.3 or 1.4.1", name)
	case strings.HasPrefix(name, "0.9"):
		return V0_9, nil
	}
	return V1_4, nil
}

// releases are those whose configuration was measured to be read as V0_9 or V1_4
// are: 0.9.3, and 0.15.13 as 1.4.1.
var releases = regexp.MustCompile(`^(0\.9|0\.15|1\.[0-4])(\.[0-9]{1,3})?$`)

// String is the name by which [ParseVersion] knows v.
func (v Version) String() string {
	if v == Documented {
		return "documented"
	}
	return string(v)
}

func (v Version) defaults() []defaultSetting {
	if v == V1_4 {
		return defaults14
	}
	return defaults09
}

// box is the release of python-box that v was measured with.
func (v Version) box() string {
	if v == V1_4 {
		return box541
	}
	return box346
}

// ConfigOptions says where a config comes from.
type ConfigOptions struct {
	// Version is whose rules apply; the zero value is [Documented].
	Version Version
	// Path is the user's TOML file, which must be there. Empty means the file that
	// PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml; Prefect
	// ignores it where it is missing, and so does LoadConfig.
	Path string
	// Text is the TOML itself, instead of a file; Path then only names it in errors.
	Text string
	// BackendPath is the file with the backend that was switched to, which must be
	// there. Empty means the file that PREFECT__BACKEND_CONFIG_PATH names, else
	// ~/.prefect/backend.toml, if it is there and Version is V1_4: Prefect reads
	// it from 0.10.0 on.
	BackendPath string
	// NoDefaults reads the one file and the environment alone, as
	// load_configuration(path=FILE, env_var_prefix="PREFECT") does: no default
	// settings, no backend file, no task defaults.
	NoDefaults bool
	// Env is the environment as NAME=value, as os.Environ gives it; nil is an empty one.
	Env []string
}

// Config is what Prefect reads at import: its defaults, the user's file and the
// environment. The zero Config is Prefect's defaults as far as secrets go. It
// prints as the number of its secrets, never as their values.
type Config struct {
	root    func() *table // a closure, so that printing a Config cannot reach the values
	version Version
	folded  map[string]bool // lower-case names of secrets that the environment set
}

// LoadConfig reads a config by the rules of o.Version, as import prefect does.
//
// The error is a [*ConfigError] where Python raises one: TOML that does not parse
// or, for a release, that the parser inside Prefect refuses; a key below a value
// that is no table; a reserved key; a logging.level that is none. It is another
// if a file that o names cannot be read, or if the version is not known. No error
// quotes a value.
func LoadConfig(o ConfigOptions) (*Config, error) {
	if !slices.Contains([]Version{Documented, V0_9, V1_4}, o.Version) {
		return nil, fmt.Errorf("unknown version %q of Prefect", string(o.Version))
	}
	env := newEnvironment(o.Env)
	root, err := o.merged(env)
	if err != nil {
		return nil, err
	}
	f := flatten(root)
	for _, step := range []func() error{
		func() error { return f.addEnvironment(o.Version, env) },
		func() error { return f.expandTexts(o.Version, env) },
		f.resolve,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if root, err = f.nest(); err != nil {
		return nil, err
	}
	if err := o.finish(root); err != nil {
		return nil, err
	}
	return &Config{root: func() *table { return root }, version: o.Version, folded: f.foldedNames(o.Version)}, nil
}

// finish does what Prefect does with a config that it has read.
func (o ConfigOptions) finish(root *table) error {
	if err := root.validate(o.Version.box()); err != nil || o.NoDefaults {
		return err
	}
	if err := root.taskDefaults(o.Version); err != nil {
		return err
	}
	return root.checkStart(o.Version)
}

// merged is the defaults and, over them, the user's file and the backend's.
func (o ConfigOptions) merged(env environment) (*table, error) {
	root := newTable()
	if !o.NoDefaults {
		root = defaultTable(o.Version.defaults())
	}
	user, err := o.user(env)
	if err != nil {
		return nil, err
	}
	root.merge(user)
	if o.NoDefaults || o.Version != V1_4 && o.BackendPath == "" {
		return root, nil
	}
	backend, err := o.read(o.BackendPath, env.path("PREFECT__BACKEND_CONFIG_PATH", "~/.prefect/backend.toml"))
	if err != nil {
		return nil, err
	}
	root.merge(backend)
	return root, nil
}

func (o ConfigOptions) user(env environment) (*table, error) {
	if o.Text != "" {
		return o.decode(o.Path, o.Text)
	}
	return o.read(o.Path, env.path("PREFECT__USER_CONFIG_PATH", "~/.prefect/config.toml"))
}

// read reads the file that is named, or the one that is usual if it is there.
func (o ConfigOptions) read(named, usual string) (*table, error) {
	file, mayBeMissing := named, false
	if file == "" {
		file, mayBeMissing = usual, true
	}
	if file == "" {
		return newTable(), nil
	}
	data, err := configfile.Read(file)
	if mayBeMissing && (errors.Is(err, fs.ErrNotExist) || isDirectory(file)) {
		return newTable(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading config: %w", err)
	}
	return o.decode(file, string(data))
}

func (o ConfigOptions) decode(file, text string) (*table, error) {
	t, err := decodeTable(file, text)
	if err == nil && o.Version != Documented {
		err = refusedByPython(file, text)
	}
	return t, err
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// path is the file that a variable names, with ~ and variables in it expanded.
// Where there is no home, ~ leads nowhere.
func (e environment) path(variable, usual string) string {
	name, ok := e.values[variable]
	if !ok {
		name = usual
	}
	expanded, _ := Documented.expandAll(name, e).(string)
	if !ok && e.values["HOME"] == "" {
		return ""
	}
	return filepath.FromSlash(expanded)
}

// UserConfigPath is where Prefect looks for the user's file: where
// PREFECT__USER_CONFIG_PATH says, else ~/.prefect/config.toml. The environment is
// as os.Environ gives it; the path is empty if it does not say.
func UserConfigPath(environ []string) string {
	return newEnvironment(environ).path("PREFECT__USER_CONFIG_PATH", "~/.prefect/config.toml")
}

// Format writes how many secrets there are, whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "config with %d secrets", len(c.Secrets()))
}

// MarshalText writes what Format does.
func (c *Config) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(c)), nil }
