package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// Options says where a config comes from.
type Options struct {
	// Version is whose rules apply; the zero value, [Any], is read as [Documented].
	Version Version
	// Path is the user's TOML file, which must be there. Empty means the file that
	// PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml; Prefect
	// ignores it where it is missing, and so does [Load].
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
	// ReadFile reads a file that Prefect reads. Nil means from disk, and no file of
	// more than 16 MiB. That a file is missing is an error that is [fs.ErrNotExist].
	ReadFile func(name string) ([]byte, error)
	// Env is the environment as NAME=value, as os.Environ gives it; nil is an empty one.
	Env []string
}

// files are what Prefect reads: the user's and, over it, the backend's.
func (o Options) files(env release.Environment) ([]*release.Table, error) {
	user, err := o.user(env)
	if err != nil || o.NoDefaults || o.Version != V1_4 && o.BackendPath == "" {
		return []*release.Table{user}, err
	}
	backend, err := o.read(o.BackendPath, env.BackendFile())
	return []*release.Table{user, backend}, err
}

func (o Options) user(env release.Environment) (*release.Table, error) {
	if o.Text != "" {
		return o.Version.Decode(o.Path, o.Text)
	}
	return o.read(o.Path, env.UserFile())
}

// read reads the file that is named, or the usual one if it is there. Where there is
// no file the table is nil.
func (o Options) read(named, usual string) (*release.Table, error) {
	file, mayBeMissing := named, false
	if file == "" {
		file, mayBeMissing = usual, true
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
	return o.Version.Decode(file, string(data))
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// UserConfigPath is where Prefect looks for the user's file: where
// PREFECT__USER_CONFIG_PATH says, else ~/.prefect/config.toml. The environment is
// as os.Environ gives it; the path is empty if it does not say.
func UserConfigPath(environ []string) string {
	return release.NewEnvironment(environ).UserFile()
}
