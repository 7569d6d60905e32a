package cli

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

type keygenOptions struct {
	name, role, expires string
	tenants, patterns   []string
	rotate, keysFile    string
	keyFile, appendTo   string
	grace               time.Duration
	storeKey            bool
}

func (c *Command) keygen() *cobra.Command {
	var o keygenOptions
	cmd := &cobra.Command{
		Use:   "keygen",
		Short: "Make an API key, or the key of a file store",
		Long: `Keygen makes a key, prints it once, and prints the lines for the keys file of serve,
which have only its hash. With --rotate it makes a new key for a name that the keys
file has: the name keeps the secrets that it owns, and the previous key is valid
until --grace is over.`,
		Example: `# a key for CI, its hash added to the keys file
prefect-secrets keygen --name ci --role admin --tenant data \
  --key-file ci.key --append keys.toml

# another key for the same name; the old one works for one more day
prefect-secrets keygen --rotate ci --keys-file keys.toml --grace 24h`,
		Args: noArguments("the key's name is given by --name"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := exclusive(cmd.Flags(), "rotate", "name", "role", "tenant", "pattern", "expires", "store-key", "append"); err != nil {
				return err
			}
			if err := exclusive(cmd.Flags(), "store-key", "name", "role", "tenant", "pattern", "expires", "append"); err != nil {
				return err
			}
			return c.runKeygen(o)
		},
	}
	key := section(cmd.Flags(), "New key")
	key.text(&o.name, "name", "NAME", "", "name of the key; the store records it with each secret that the key sets")
	key.text(&o.role, "role", "ROLE", "", cloud.RolesHelp())
	key.repeated(&o.tenants, "tenant", "TENANT", "slug or id of a tenant; the first is the default")
	key.repeated(&o.patterns, "pattern", "GLOB", "names that the key reaches; default: all")
	key.text(&o.expires, "expires", "DATE", "", "when the key expires, such as 2027-01-31T00:00:00Z; default: never")
	rotation := section(cmd.Flags(), "Rotation")
	rotation.text(&o.rotate, "rotate", "NAME", "", "make a new key for this name of --keys-file")
	rotation.text(&o.keysFile, "keys-file", "FILE", "", "keys file that has the name; it is not changed")
	rotation.duration(&o.grace, "grace", 7*24*time.Hour, "how long the previous key of --rotate stays valid")
	output := section(cmd.Flags(), outputTitle)
	output.text(&o.keyFile, "key-file", "FILE", "", "write the key to this new file, with mode 0600, and do not print it")
	output.text(&o.appendTo, "append", "FILE", "", "add the lines to this keys file, and do not print them; needs --key-file")
	output.toggle(&o.storeKey, "store-key", "print a key for serve --store file:PATH and nothing else")
	return cmd
}

func (c *Command) runKeygen(o keygenOptions) error {
	if o.storeKey {
		return c.giveKey(o.keyFile, filestore.NewKey())
	}
	if o.appendTo != "" && o.keyFile == "" {
		return usagef("keygen --append needs --key-file, the file for the key itself")
	}
	makeKey, advice := o.newKey, "put these lines into the keys file of serve:"
	if o.rotate != "" {
		makeKey, advice = o.rotatedKey, "put these lines into the keys file in place of the key's:"
	}
	k, err := makeKey()
	if err != nil {
		return err
	}
	text := keysfile.NewKey()
	k.Hash = sha256.Sum256([]byte(text))
	switch {
	case o.keyFile == "":
		_, err = fmt.Fprintf(c.Stdout, "the key, shown this once:\n\n%s\n\n%s\n\n%s", text, advice, keysfile.Format(k))
		return err
	case o.appendTo == "":
		if err := c.giveKey(o.keyFile, text); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Stdout, "\n%s\n\n%s", advice, keysfile.Format(k))
		return err
	}
	return c.addKey(o, k, text)
}

// giveKey prints a key, or writes it to a new file.
func (c *Command) giveKey(file, text string) error {
	if file == "" {
		_, err := fmt.Fprintln(c.Stdout, text)
		return err
	}
	if err := privatefile.WriteNew(file, text+"\n"); err != nil {
		return fmt.Errorf("--key-file: %w", err)
	}
	_, err := fmt.Fprintf(c.Stdout, "wrote the key to %s\n", report.Safe(file))
	return err
}

// addKey writes a key to its file and adds it to the keys file: both, or none.
func (c *Command) addKey(o keygenOptions, k cloud.Key, text string) error {
	if err := privatefile.WriteNew(o.keyFile, text+"\n"); err != nil {
		return fmt.Errorf("--key-file: %w", err)
	}
	if err := keysfile.Append(o.appendTo, k); err != nil {
		_ = os.Remove(o.keyFile)
		return fmt.Errorf("--append: %w", err)
	}
	_, err := fmt.Fprintf(c.Stdout, "wrote the key to %s and added it to %s; a running serve reads it within 5 s\n",
		report.Safe(o.keyFile), report.Safe(o.appendTo))
	return err
}

// newKey returns the key that the flags describe, still without a hash.
func (o keygenOptions) newKey() (k cloud.Key, err error) {
	switch {
	case o.name == "":
		return k, usagef("keygen needs --name: the name of the key; the store records it with each secret that the key sets")
	case o.role == "":
		return k, usagef("keygen needs --role: %s", cloud.RolesHelp())
	case !cloud.Role(o.role).Valid():
		return k, usagef("invalid --role: use %s", cloud.RolesHelp())
	case len(o.tenants) == 0:
		return k, usagef("keygen needs --tenant, the slug or id of at least one tenant")
	}
	k = cloud.Key{Name: o.name, Role: cloud.Role(o.role), Tenants: o.tenants, Patterns: o.patterns}
	if o.expires != "" {
		if k.Expires, err = time.Parse(time.RFC3339, o.expires); err != nil {
			return k, fmt.Errorf("--expires: %q is not a date and time with its offset: write it as in 2027-01-31T00:00:00Z", o.expires)
		}
		if !k.Expires.After(time.Now()) {
			return k, fmt.Errorf("--expires: %s is in the past: the key would never be accepted", o.expires)
		}
	}
	return k, keysfile.Check(k)
}

// rotatedKey returns the key that --rotate names, still without a new hash. Its present
// hash becomes its previous one.
func (o keygenOptions) rotatedKey() (k cloud.Key, err error) {
	if o.keysFile == "" {
		return k, usagef("keygen --rotate needs --keys-file, the file that has the key")
	}
	if o.grace < 0 {
		return k, errors.New("--grace: a time must not be negative")
	}
	text, err := os.ReadFile(o.keysFile)
	if err != nil {
		return k, fmt.Errorf("reading keys file: %w", err)
	}
	keys, err := keysfile.Parse(o.keysFile, text)
	if err != nil {
		return k, err
	}
	return keys.Rotate(o.rotate, time.Now().Add(o.grace))
}
