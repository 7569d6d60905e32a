// Package config reads the configuration of Prefect 0.x and 1.x as import prefect
// does: its defaults, the user's file and the environment. [Load] returns a
// [Config], whose secrets prefect.WithConfig adds to a context.
package config

import (
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// Version is the Prefect by whose rules a configuration is read: [Documented], or the
// number of a release from 0.6.7 to 1.4.1, such as "0.13.19"; "0.13" is the latest
// patch of 0.13. The zero value is read as Documented.
type Version string

// Documented is Prefect as the documentation of its secrets describes it: 0.9.3, but
// secrets that the environment sets always get lower-case names, and nothing local is
// consulted once use_local_secrets is false.
const Documented Version = "documented"

// ParseVersion reads documented or the number of a release, and returns it with its
// patch. It fails for a release that [Load] does not know.
func ParseVersion(name string) (Version, error) {
	version, err := release.ParseVersion(name)
	if err != nil {
		return "", err
	}
	return Version(version.String()), nil
}

// Options says where a config comes from.
type Options struct {
	// Version is whose rules apply; the zero value is read as [Documented].
	Version Version
	// Path is the user's TOML file, which must exist. Empty means the file that
	// PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml; Prefect ignores
	// that file if it is missing, and so does [Load].
	Path string
	// Text is the TOML itself, instead of a file; Path then only names it in errors.
	Text string
	// Env is the environment as NAME=value, as os.Environ returns it; nil is an empty
	// one.
	Env []string
}

// Config is what Prefect reads at import: its defaults, the user's file and the
// environment. The zero Config has no secrets and reads them locally. A Config
// prints as the number of its secrets, never as their values.
type Config struct {
	read func() *release.Config // a closure, so that printing a Config cannot reach the values
}

// Load reads a config by the rules of o.Version, as import prefect does.
//
// The error is an [*Error] where Python raises an exception: TOML that does not parse
// or, for a release, that the parser inside Prefect refuses; a key below a value that
// is not a table; a reserved key; an invalid logging.level. It is another error if a
// file that o names cannot be read, or if the version is unknown. No error quotes a
// value.
func Load(o Options) (*Config, error) {
	version, err := release.VersionOf(string(o.Version))
	if err != nil {
		return nil, err
	}
	read, err := release.Load(release.Options{Version: version, Path: o.Path, Text: o.Text, Env: o.Env})
	var failed *release.Error
	if errors.As(err, &failed) {
		return nil, (*Error)(failed)
	}
	if err != nil {
		return nil, err
	}
	return &Config{read: func() *release.Config { return read }}, nil
}

// release returns nil for the zero Config.
func (c *Config) release() *release.Config {
	if c == nil || c.read == nil {
		return nil
	}
	return c.read()
}

// Secrets returns the entries of [context.secrets] in a new map.
func (c *Config) Secrets() map[string]any { return c.release().Secrets() }

// UseLocalSecrets reports whether cloud.use_local_secrets is on. Only the boolean
// false turns it off: for Prefect the string "false" of 0.9 and the number 0 still
// mean local. In 0.6 only true turns it on.
func (c *Config) UseLocalSecrets() bool { return c.release().UseLocalSecrets() }

// ReadsContext reports whether a flow looks for secrets in its context: under the
// releases from 0.7 on even if UseLocalSecrets is false.
func (c *Config) ReadsContext() bool { return c.release().ReadsContext() }

// ReadsStore reports whether a flow asks the store for a secret that is not in its
// context. From 0.14.5 on it does so only if backend is cloud.
func (c *Config) ReadsStore() bool { return c.release().ReadsStore() }

// ListsStore reports whether a flow that asks if a secret exists asks the store for it.
// From 1.2.1 on it does so only if backend is cloud.
func (c *Config) ListsStore() bool { return c.release().ListsStore() }

// ParsesStored reports whether a flow gets the JSON in a string of the store parsed, as
// it does from 0.7 on.
func (c *Config) ParsesStored() bool { return c.release().ParsesStored() }

// LowerCased returns the lower-case name that [Documented] gives to a secret that
// the environment sets, whatever the case of name, and whether there is such a
// secret.
func (c *Config) LowerCased(name string) (lower string, ok bool) {
	return c.release().LowerCased(name)
}

// Format writes the number of secrets, whatever the verb.
func (c *Config) Format(f fmt.State, verb rune) { c.release().Format(f, verb) }

// MarshalText returns what Format writes.
func (c *Config) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(c)), nil }

// Error is why a configuration cannot be loaded. It holds no value.
type Error struct {
	Class   string   // of the Python exception with which import prefect fails
	File    string   // the TOML file at fault, as it was named; empty if none is
	Line    int      // in File, counted from 1; 0 if it is unknown
	Env     string   // the environment variable at fault; empty if none is
	Path    []string // the setting at fault; empty if none is
	Problem string   // what is wrong
}

// Error returns the position, the problem and, in brackets, Python's class of error.
func (e *Error) Error() string { return (*release.Error)(e).Error() }
