// Package storekind lists the kinds of stores that a run can write to, and what holds
// for each before a store is opened: the settings that choose it, the keys, the names.
package storekind

import (
	"errors"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// StoreSetting is the setting of a manifest that chooses a kind.
const StoreSetting = "store"

// Setting is a setting of a manifest that stores of one kind have, and that is required
// for them.
type Setting struct {
	Name    string
	Values  []string
	Meaning string // what the values are
}

// The options that a kind may refuse, by the names of their flags.
const (
	Tenant        = "tenant"
	Dialect       = "dialect"
	VerifyKeyFile = "verify-key-file"
	Overwrite     = "overwrite" // with the value owned
	APIKeyFile    = "api-key-file"
	StoreKeyFile  = "store-key-file"
)

// Kind is a kind of store.
type Kind struct {
	Name     string // the value of [StoreSetting]
	Settings []Setting
	// Refused says, for each option that has no meaning here, why or what to do instead.
	Refused map[string]string
	// KeyVariables are the environment variables in which a key is looked for, in order.
	KeyVariables []string
	// URLVariable is the environment variable in which a URL is looked for last.
	URLVariable string
	// ManifestURLFirst reports whether a URL in the manifest wins over the command's own
	// variable, which a job may share with a store of another kind.
	ManifestURLFirst bool
	// Embedded reports whether a store of this kind can be in this process.
	Embedded bool
	// Identity reports whether such a store can know a job on GitHub by its id token.
	Identity bool
	// CheckKey returns why a key is not sent to such a store. It never quotes the key.
	CheckKey func(Key) error

	storedName    func(string) (string, error)
	storedPattern func(string) (string, error)
}

// Key is a key that was found for a store.
type Key struct {
	Text     string
	Variable string // the environment variable that has it; empty for a file or an input
	Cloud    bool   // whether the store is in the cloud of its makers
}

// Default is the kind without the setting.
var Default = &Kind{
	Name:         "cloud-1",
	KeyVariables: apikey.Variables,
	URLVariable:  "PREFECT__CLOUD__API", // Prefect 1's own
	Embedded:     true,
	Identity:     true,
	CheckKey:     func(key Key) error { return apikey.Check(key.Text) },
}

// All lists every kind.
var All = []*Kind{Default, Blocks}

// Find returns the kind of a name, [Default] for an empty one; nil if it is unknown.
func Find(name string) *Kind {
	if name == "" {
		return Default
	}
	if i := slices.IndexFunc(All, func(k *Kind) bool { return k.Name == name }); i >= 0 {
		return All[i]
	}
	return nil
}

// OtherNames returns the names of all kinds but the default.
func OtherNames() (names []string) {
	for _, k := range All {
		if k != Default {
			names = append(names, k.Name)
		}
	}
	return names
}

// HasTenants reports whether such a store has tenants.
func (k *Kind) HasTenants() bool { return k.Refused[Tenant] == "" }

// StoredName returns the name under which such a store keeps a secret, and fails if
// there is none.
func (k *Kind) StoredName(name string) (string, error) {
	if k.storedName == nil {
		return name, nil
	}
	return k.storedName(name)
}

// StoredPattern returns the glob that matches, among the stored names, those of the names
// that a glob matches. It fails if there is none.
func (k *Kind) StoredPattern(glob string) (string, error) {
	if k.storedPattern == nil {
		return glob, nil
	}
	return k.storedPattern(glob)
}

// IsForeignKey reports whether err means that a key is one for another store.
func IsForeignKey(err error) bool {
	return errors.Is(err, apikey.ErrPrefectCloud) || errors.Is(err, apikey.ErrSecretsAPI) || errors.Is(err, apikey.ErrAuthString)
}
