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
		Short: "Make a key for serve, or for the file that it keeps secrets in",
		Long: `Keygen makes a key, prints it this once, and prints the lines for the keys file
of serve, which hold its hash alone. With --rotate it makes a new key for a name
that the keys file has: the name stays, and with it what the name owns, and the
key before is good until --grace is over.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return c.runKeygen(o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "name of the key; the store records it with each secret that the key sets")
	f.StringVar(&o.role, "role", "", cloud.RolesHelp())
	f.StringArrayVar(&o.tenants, "tenant", nil, "slug or id of a tenant (repeatable); the first is the default")
	f.StringArrayVar(&o.patterns, "pattern", nil, "glob over the names that the key reaches (repeatable); default: all")
	f.StringVar(&o.expires, "expires", "", "when the key is refused, such as 2027-01-31T00:00:00Z; default: never")
	f.StringVar(&o.rotate, "rotate", "", "make a new key for this name of --keys-file")
	f.StringVar(&o.keysFile, "keys-file", "", "keys file to look the name up in; it is not changed")
	f.DurationVar(&o.grace, "grace", 7*24*time.Hour, "how long the key before --rotate is good")
	f.StringVar(&o.keyFile, "key-file", "", "write the key to this new file, with mode 0600, and do not print it")
	f.StringVar(&o.appendTo, "append", "", "add the lines to this keys file, and do not print them; needs --key-file")
	f.BoolVar(&o.storeKey, "store-key", false, "print a key for serve --store file:PATH and nothing else")
	for _, name := range []string{"name", "role", "tenant", "pattern", "expires", "store-key"} {
		cmd.MarkFlagsMutuallyExclusive("rotate", name)
	}
	for _, name := range []string{"name", "role", "tenant", "pattern", "expires"} {
		cmd.MarkFlagsMutuallyExclusive("store-key", name)
	}
	cmd.MarkFlagsMutuallyExclusive("rotate", "append")
	cmd.MarkFlagsMutuallyExclusive("store-key", "append")
	return cmd
}

func (c *Command) runKeygen(o keygenOptions) error {
	if o.storeKey {
		return c.giveKey(o.keyFile, filestore.NewKey())
	}
	if o.appendTo != "" && o.keyFile == "" {
		return errors.New("keygen --append needs --key-file, the file for the key itself")
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
		return k, errors.New("keygen needs --name: the name of the key; the store records it with each secret that the key sets")
	case o.role == "":
		return k, errors.New("keygen needs --role: " + cloud.RolesHelp())
	case !cloud.Role(o.role).Valid():
		return k, errors.New("--role: use " + cloud.RolesHelp())
	case len(o.tenants) == 0:
		return k, errors.New("keygen needs --tenant, the slug or id of at least one tenant")
	}
	k = cloud.Key{Name: o.name, Role: cloud.Role(o.role), Tenants: o.tenants, Patterns: o.patterns}
	if o.expires != "" {
		if k.Expires, err = time.Parse(time.RFC3339, o.expires); err != nil {
			return k, fmt.Errorf("--expires: %q is no date and time with its offset: write it such as 2027-01-31T00:00:00Z", o.expires)
		}
		if !k.Expires.After(time.Now()) {
			return k, fmt.Errorf("--expires: %s is over: a key that expires then is refused from the start", o.expires)
		}
	}
	return k, keysfile.Check(k)
}

// rotatedKey returns the key that --rotate names, still without a new hash. Its present
// hash becomes its previous one.
func (o keygenOptions) rotatedKey() (k cloud.Key, err error) {
	if o.keysFile == "" {
		return k, errors.New("keygen --rotate needs --keys-file, the file that has the key")
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
