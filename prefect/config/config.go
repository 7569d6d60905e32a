// Package config reads the configuration of Prefect 0.x and 1.x as import prefect
// does: its defaults, the user's file and the environment. [Load] gives a [Config],
// whose secrets prefect.WithConfig puts into a context.
package config

import (
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// Config is what Prefect reads at import: its defaults, the user's file and the
// environment. The zero Config is Prefect's defaults as far as secrets go. It
// prints as the number of its secrets, never as their values.
type Config struct {
	read func() *release.Config // a closure, so that printing a Config cannot reach the values
}

// Load reads a config by the rules of o.Version, as import prefect does.
//
// The error is an [*Error] where Python raises one: TOML that does not parse or,
// for a release, that the parser inside Prefect refuses; a key below a value that
// is no table; a reserved key; a logging.level that is none. It is another if a
// file that o names cannot be read, or if the version is not known. No error
// quotes a value.
func Load(o Options) (*Config, error) {
	read, err := o.load()
	var failed *release.Failure
	if errors.As(err, &failed) {
		return nil, (*Error)(failed)
	}
	if err != nil {
		return nil, err
	}
	return &Config{read: func() *release.Config { return read }}, nil
}

func (o Options) load() (_ *release.Config, err error) {
	if o.Version, err = o.Version.ReadAs(); err != nil {
		return nil, err
	}
	env := release.NewEnvironment(o.Env)
	files, err := o.files(env)
	if err != nil {
		return nil, err
	}
	return release.Load(release.Input{Version: o.Version, Files: files, NoDefaults: o.NoDefaults, Env: env})
}

// release is nil for the zero Config.
func (c *Config) release() *release.Config {
	if c == nil || c.read == nil {
		return nil
	}
	return c.read()
}

// Secrets are the entries of [context.secrets], in a map of the caller's own.
func (c *Config) Secrets() map[string]any { return c.release().Secrets() }

// UseLocalSecrets is cloud.use_local_secrets: whether secrets are read from the
// context. Only the boolean false turns it off: to Prefect the text "false" of
// 0.9 and the number 0 still mean local.
func (c *Config) UseLocalSecrets() bool { return c.release().UseLocalSecrets() }

// ReadsContext reports whether a flow looks for secrets in the context at all: the
// releases do even where UseLocalSecrets is false.
func (c *Config) ReadsContext() bool { return c.release().ReadsContext() }

// ReadsStore reports whether a flow asks the store for a secret that the context
// does not have. With [V1_4] it does only if backend is cloud.
func (c *Config) ReadsStore() bool { return c.release().ReadsStore() }

// LowerCased is the lower-case name that [Documented] gives to a secret that the
// environment sets, whatever the case of name; false if it sets none of that name.
func (c *Config) LowerCased(name string) (lower string, ok bool) {
	return c.release().LowerCased(name)
}

// Format writes how many secrets there are, whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "config with %d secrets", len(c.Secrets()))
}

// MarshalText writes what Format does.
func (c *Config) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(c)), nil }
