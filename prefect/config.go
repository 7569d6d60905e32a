package prefect

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// Version is whose rules a config is read by.
type Version string

// Documented is the user's documentation of secrets: Prefect 0.9's rules, where
// secrets that the environment sets always get lower-case names, and where
// nothing local is consulted once use_local_secrets is false.
const Documented Version = ""

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
	// Env is the environment as NAME=value, as os.Environ gives it; nil is an empty one.
	Env []string
}

// Config is what Prefect reads at import: its defaults, the user's file and the
// environment. The zero Config is Prefect's defaults. It prints as the names of
// its secrets, never as their values.
type Config struct {
	tree   func() map[string]any // a closure, so that printing a Config cannot reach the values
	folded map[string]bool       // lower-case names of secrets that the environment set
}

// useLocalSecrets is where the setting stands (Prefect 0.9.3, config.toml), with
// true as its default.
var useLocalSecrets = path{"cloud", "use_local_secrets"}

// LoadConfig reads a config by the rules of o.Version. It fails if a file that o
// names cannot be read, if the TOML does not parse, if the environment sets a key
// below one that is not a table, or if two secrets that the environment sets fold
// to one name. The error says where, and never quotes a value.
func LoadConfig(o ConfigOptions) (*Config, error) {
	if o.Version != Documented {
		return nil, fmt.Errorf("unknown version %q of Prefect", string(o.Version))
	}
	env := parseEnv(o.Env)
	name, text, err := o.read(env)
	if err != nil {
		return nil, err
	}
	file := map[string]any{}
	if _, err := toml.Decode(text, &file); err != nil {
		return nil, tomlError(name, err)
	}
	return loadTree(file, o.Env, env)
}

func loadTree(file map[string]any, environ []string, env map[string]string) (*Config, error) {
	s := newSettings()
	s.set(useLocalSecrets, true, fromDefault)
	s.addTable(nil, file)
	if err := s.addEnvironment(environ); err != nil {
		return nil, err
	}
	if err := s.expand(env); err != nil {
		return nil, err
	}
	s.resolve()
	tree := s.tree()
	return &Config{tree: func() map[string]any { return tree }, folded: s.folded}, nil
}

func (o ConfigOptions) read(env map[string]string) (name, text string, err error) {
	if o.Text != "" {
		return o.Path, o.Text, nil
	}
	name, mayBeMissing := o.Path, false
	if name == "" {
		name, mayBeMissing = userConfigPath(env), true
	}
	if name == "" {
		return "", "", nil
	}
	data, err := os.ReadFile(name)
	if mayBeMissing && (errors.Is(err, fs.ErrNotExist) || isDirectory(name)) {
		return name, "", nil
	}
	if err != nil {
		return name, "", fmt.Errorf("reading config: %w", err)
	}
	return name, string(data), nil
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// UserConfigPath is where Prefect looks for the user's file: where
// PREFECT__USER_CONFIG_PATH says, else ~/.prefect/config.toml. The environment is
// as os.Environ gives it; the path is empty if it does not say.
func UserConfigPath(environ []string) string { return userConfigPath(parseEnv(environ)) }

func userConfigPath(env map[string]string) string {
	if name, ok := env["PREFECT__USER_CONFIG_PATH"]; ok {
		return expandOnce(name, env)
	}
	if env["HOME"] == "" {
		return ""
	}
	return filepath.Join(env["HOME"], ".prefect", "config.toml")
}

// tomlError says where the TOML does not parse. The decoder's own text is not
// kept, for it quotes values.
func tomlError(name string, err error) error {
	if name == "" {
		name = "config"
	}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s: not valid TOML near line %d: prefect-secrets check shows the place", name, parse.Position.Line)
	}
	return fmt.Errorf("%s: not valid TOML", name)
}

func parseEnv(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	return env
}

// UseLocalSecrets is cloud.use_local_secrets: whether secrets are read from the
// context. Only the boolean false turns it off: to Prefect 0.9 the text "false"
// still means local.
func (c *Config) UseLocalSecrets() bool {
	cloud, _ := c.section()["cloud"].(map[string]any)
	return cloud["use_local_secrets"] != false
}

// Secrets are the entries of [context.secrets], in a map of the caller's own.
func (c *Config) Secrets() map[string]any {
	context, _ := c.section()["context"].(map[string]any)
	secrets, _ := context["secrets"].(map[string]any)
	return maps.Clone(secrets)
}

func (c *Config) section() map[string]any {
	if c == nil || c.tree == nil {
		return nil
	}
	return c.tree()
}

// Format writes the names of the secrets, whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) {
	names := make([]string, 0)
	for name := range c.Secrets() {
		names = append(names, name)
	}
	_, _ = io.WriteString(f, "config with "+fmt.Sprint(len(names))+" secrets")
}
