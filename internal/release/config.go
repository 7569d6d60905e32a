package release

import "fmt"

// Config is what a release has read. A nil Config is its defaults as far as
// secrets go.
type Config struct {
	version    Version
	root       *Table
	lowerCased map[string]bool // names of secrets that the environment set
}

// useLocalSecrets is where the setting stands (config.toml of 0.9.3 and 1.4.1),
// with true as its default.
var useLocalSecrets = path{"cloud", "use_local_secrets"}

// UseLocalSecrets is cloud.use_local_secrets. Only the boolean false turns it off:
// to Prefect the text "false" of 0.9 and the number 0 still mean local.
func (c *Config) UseLocalSecrets() bool { return c.valueAt(useLocalSecrets) != false }

// ReadsContext reports whether secrets are looked for in the context at all.
func (c *Config) ReadsContext() bool {
	return c != nil && c.version != Documented || c.UseLocalSecrets()
}

// ReadsStore reports whether a secret that the context does not have is asked of
// the store. From 0.14.5 on only a cloud backend has one (PrefectHQ/prefect #4003).
func (c *Config) ReadsStore() bool {
	if c.UseLocalSecrets() {
		return false
	}
	return c.version != V1_4 || c.valueAt(path{"backend"}) == "cloud"
}

// LowerCased is the name of a secret that the environment set and that has another
// for that reason, given in any case; false if there is no such secret.
func (c *Config) LowerCased(name string) (lower string, ok bool) {
	lower = EnvironmentName(name)
	return lower, c != nil && c.lowerCased[lower]
}

// valueAt is a setting's value; nil if there is none.
func (c *Config) valueAt(p path) any {
	if c == nil {
		return nil
	}
	if l := c.root.leafAt(p); l != nil {
		return l.value
	}
	return nil
}

// Secrets are the entries of [context.secrets], in a map of the caller's own.
func (c *Config) Secrets() map[string]any {
	if c == nil {
		return nil
	}
	secrets, ok := c.root.tableAt(path{"context", "secrets"})
	if !ok {
		return nil
	}
	return secrets.goMap()
}

// Format writes how many secrets there are, whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "config with %d secrets", len(c.Secrets()))
}
