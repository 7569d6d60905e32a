package release

import "fmt"

// Config is what a release has read. A nil Config has no secrets and reads them
// locally. It prints as the number of its secrets.
type Config struct {
	version    Version
	root       *table
	lowerCased map[string]bool // the lower-case names of secrets that the environment set
}

// UseLocalSecrets reports whether cloud.use_local_secrets is on, as by default
// (config.toml of 0.9.3 and 1.4.1). Only the boolean false turns it off: for Prefect
// the string "false" of 0.9 and the number 0 still mean local.
func (c *Config) UseLocalSecrets() bool {
	return c.valueAt(path{"cloud", "use_local_secrets"}) != false
}

// ReadsContext reports whether a flow looks for secrets in its context.
func (c *Config) ReadsContext() bool {
	return c != nil && c.version != Documented || c.UseLocalSecrets()
}

// ReadsStore reports whether a flow asks the store for a secret that is not in its
// context. From 0.14.5 on only a cloud backend has one (PrefectHQ/prefect #4003).
func (c *Config) ReadsStore() bool {
	if c.UseLocalSecrets() {
		return false
	}
	return !c.version.does(asksCloudOnly) || c.valueAt(path{"backend"}) == "cloud"
}

// LowerCased returns the lower-case name of a secret that the environment set,
// whatever the case of name, and whether there is such a secret.
func (c *Config) LowerCased(name string) (lower string, ok bool) {
	lower = EnvironmentName(name)
	return lower, c != nil && c.lowerCased[lower]
}

// valueAt returns a setting's value; nil if it is missing.
func (c *Config) valueAt(p path) any {
	if c == nil {
		return nil
	}
	if l := c.root.leafAt(p); l != nil {
		return l.value
	}
	return nil
}

// Secrets returns the entries of [context.secrets] in a new map.
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

// Format writes the number of secrets, whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "config with %d secrets", len(c.Secrets()))
}
