package release

import "fmt"

// Config is what a release has read. A nil Config has no secrets and reads them
// locally. It prints as the number of its secrets.
type Config struct {
	version    Version
	root       *table
	lowerCased map[string]bool // the lower-case names of secrets that the environment set
}

// The releases in which Secret changed, as fixtures/prefect/secret-get.jsonl measures
// it. They say nothing about how a configuration is read.
var (
	readsContextFirst = Number{0, 7, 0} // and then the store, whose strings it parses as well
	existsInCloudOnly = Number{1, 2, 1} // as get since asksCloudOnly
)

func (c *Config) isSince(n Number) bool { return c == nil || c.version.Number().Compare(n) >= 0 }

// UseLocalSecrets reports whether cloud.use_local_secrets is on, as by default
// (config.toml of all releases). Only the boolean false turns it off: for Prefect the
// string "false" of 0.9 and the number 0 still mean local. In 0.6 it is the other way
// round: only true turns it on.
func (c *Config) UseLocalSecrets() bool {
	set := c.valueAt(path{"cloud", "use_local_secrets"})
	if !c.isSince(readsContextFirst) {
		return set == nil || set == true
	}
	return set != false
}

// ReadsContext reports whether a flow looks for secrets in its context.
func (c *Config) ReadsContext() bool {
	return c != nil && c.version != Documented && c.isSince(readsContextFirst) || c.UseLocalSecrets()
}

// ParsesStored reports whether Secret.get parses the JSON in a string of the store.
func (c *Config) ParsesStored() bool { return c.isSince(readsContextFirst) }

// ListsStore reports whether Secret.exists asks the store for a secret that is not in
// the context.
func (c *Config) ListsStore() bool {
	return c.ReadsStore() || !c.UseLocalSecrets() && !c.isSince(existsInCloudOnly)
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
