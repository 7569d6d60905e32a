package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
)

// Options says where a config comes from.
type Options struct {
	// Version is whose rules apply; the zero value, [Any], is read as [Documented].
	Version Version
	// Path is the user's TOML file, which must exist. Empty means the file that
	// PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml; Prefect ignores
	// that file if it is missing, and so does [Load].
	Path string
	// Text is the TOML itself, instead of a file; Path then only names it in errors.
	Text string
	// BackendPath is the file with the backend that was switched to, which must exist.
	// Empty means the file that PREFECT__BACKEND_CONFIG_PATH names, else
	// ~/.prefect/backend.toml, if it exists and Version is one that reads it.
	BackendPath string
	// NoDefaults reads only the one file and the environment, as
	// load_configuration(path=FILE, env_var_prefix="PREFECT") does: no default
	// settings, no backend file, no task defaults.
	NoDefaults bool
	// DefaultsOf limits the default settings to those below these names, such as logging;
	// nil means all. It saves most of the work for a question about a setting that
	// refers to no other.
	DefaultsOf []string
	// ReadFile reads a file that Prefect reads; its error for a missing file is
	// [fs.ErrNotExist]. Nil reads from disk, and at most 16 MiB.
	ReadFile func(name string) ([]byte, error)
	// Env is the environment as NAME=value, as os.Environ returns it; nil is an empty
	// one.
	Env []string
}

// Load reads a config by the rules of o.Version, as import prefect does.
//
// The error is an [*Error] where Python raises one: TOML that does not parse or, for
// a release, that the parser inside Prefect refuses; a key below a value that is not
// a table; a reserved key; an invalid logging.level. It is another if a file that o
// names cannot be read. No error quotes a value.
func Load(o Options) (*Config, error) { return NewLoader(o).Load(o.Version) }

// Loader loads one config by the rules of several releases, and parses its text once for
// those that read TOML with the same parser.
type Loader struct {
	o      Options
	parsed map[bool]parsedText // by Version.HasOwnReader
}

type parsedText struct {
	table *table
	err   error
}

// NewLoader returns a loader that ignores o.Version.
func NewLoader(o Options) *Loader { return &Loader{o, map[bool]parsedText{}} }

// Load is the function [Load] for a version.
func (l *Loader) Load(v Version) (*Config, error) {
	l.o.Version = v.ReadAs()
	env := NewEnvironment(l.o.Env)
	files, err := l.files(env)
	if err != nil {
		return nil, err
	}
	return input{version: l.o.Version, files: files, noDefaults: l.o.NoDefaults, defaultsOf: l.o.DefaultsOf, env: env}.load()
}

// files returns what Prefect reads over its defaults: the user's file, then the
// backend's. A missing file is nil.
func (l *Loader) files(env Environment) ([]*table, error) {
	o := l.o
	user, err := l.user(env)
	if err != nil || o.NoDefaults || !o.Version.does(readsBackendFile) && o.BackendPath == "" {
		return []*table{user}, err
	}
	backend, err := o.read(o.BackendPath, env.backendFile())
	return []*table{user, backend}, err
}

func (l *Loader) user(env Environment) (*table, error) {
	if l.o.Text == "" {
		return l.o.read(l.o.Path, env.UserFile())
	}
	reader := l.o.Version.HasOwnReader()
	parsed, ok := l.parsed[reader]
	if !ok {
		parsed.table, parsed.err = l.o.Version.decodeFile(l.o.Path, l.o.Text)
		l.parsed[reader] = parsed
	}
	return parsed.table, parsed.err
}

// read reads the named file or, if none is named, the fallback, which may be
// missing. The table of a missing file is nil.
func (o Options) read(named, fallback string) (*table, error) {
	file, mayBeMissing := named, false
	if file == "" {
		file, mayBeMissing = fallback, true
	}
	if file == "" {
		return nil, nil
	}
	read := o.ReadFile
	if read == nil {
		read = configfile.Read
	}
	data, err := read(file)
	if mayBeMissing && (errors.Is(err, fs.ErrNotExist) || isDirectory(file)) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading config: %w", err)
	}
	return o.Version.decodeFile(file, string(data))
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
