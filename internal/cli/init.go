package cli

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

func (c *Command) init() *cobra.Command {
	var tenant cloud.Tenant
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make the keys and the keys file of a new store",
		Long: `Init makes what serve needs for a store of one tenant, each in a file of its own
with mode 0600 in DIR, which is this directory by default: the keys file, the key of
the store's file, an admin key for CI and a runner key for agents. It prints the
next commands, and no key. It replaces no file.`,
		Example: `prefect-secrets init
prefect-secrets init store --tenant data-team`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return oneArg("DIR")(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return c.runInit(cmp.Or(slices.Concat(args, []string{"."})...), tenant)
		},
	}
	s := section(cmd.Flags(), "Tenant")
	s.text(&tenant.Slug, "tenant", "SLUG", "default", "short name of a team or a stage")
	s.text(&tenant.ID, "tenant-id", "UUID", "", "id of the tenant, such as that of a Prefect Server (default: a random one)")
	return cmd
}

// newStore are the files that init makes.
type newStore struct {
	tenant cloud.Tenant
	files  []newFile
}

type newFile struct{ name, text, purpose string }

func (c *Command) runInit(dir string, tenant cloud.Tenant) error {
	if !keysfile.IsSlug(tenant.Slug) {
		return fmt.Errorf("--tenant: %q is not a slug: use letters, digits, - _ and . alone, such as data-team", tenant.Slug)
	}
	tenant.ID = strings.ToLower(cmp.Or(tenant.ID, newUUID()))
	if !cloud.IsUUID(tenant.ID) {
		return errors.New("--tenant-id: this is not a UUID")
	}
	store := makeStore(tenant)
	if err := store.write(dir); err != nil {
		return err
	}
	_, err := fmt.Fprint(c.Stdout, store.describe(dir))
	return err
}

// makeStore makes the keys of a store with one tenant.
func makeStore(tenant cloud.Tenant) *newStore {
	s := &newStore{tenant: tenant}
	keys := keysfile.FormatTenant(s.tenant)
	s.files = []newFile{
		{"keys.toml", "", "the tenant, and its keys as hashes: the keys file of serve"},
		{"store.key", filestore.NewKey() + "\n", "opens the store's file: keep a copy away from its backups"},
	}
	for _, k := range []struct {
		role    cloud.Role
		purpose string
	}{
		{cloud.Admin, "for CI: sets and deletes secrets, and is refused their values"},
		{cloud.Runner, "for agents and flows: reads secrets"},
	} {
		text := keysfile.NewKey()
		key := cloud.Key{Name: string(k.role), Role: k.role, Tenants: []string{tenant.Slug}, Hash: sha256.Sum256([]byte(text))}
		keys += "\n" + keysfile.Format(key)
		s.files = append(s.files, newFile{string(k.role) + ".key", text + "\n", k.purpose})
	}
	s.files[0].text = keys
	return s
}

// newUUID returns a random UUID, of version 4.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// write makes the files, and the directory if it is missing. If one of the files exists
// already, or cannot be written, it leaves none behind.
func (s *newStore) write(dir string) (err error) {
	var existing []string
	for _, f := range s.files {
		if _, err := os.Lstat(filepath.Join(dir, f.name)); err == nil {
			existing = append(existing, f.name)
		}
	}
	if len(existing) > 0 {
		return fmt.Errorf("%s has %s already: init replaces no file, so choose another directory", report.Safe(dir), strings.Join(existing, ", "))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var made []string
	defer func() {
		if err != nil {
			for _, path := range made {
				_ = os.Remove(path)
			}
		}
	}()
	for _, f := range s.files {
		path := filepath.Join(dir, f.name)
		if err := privatefile.WriteNew(path, f.text); err != nil {
			return err
		}
		made = append(made, path)
	}
	return nil
}

// describe says what was made, and which commands are next.
func (s *newStore) describe(dir string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "made a store's keys in %s, for the tenant %s (%s):\n\n", report.Safe(dir), s.tenant.Slug, s.tenant.ID)
	for _, f := range s.files {
		fmt.Fprintf(&b, "  %-11s %s\n", f.name, f.purpose)
	}
	at := func(name string) string { return shellQuote(filepath.Join(dir, name)) }
	fmt.Fprintf(&b, `
Start the store:

  prefect-secrets serve --store %s --store-key-file %s --keys-file %s

Write a secret from standard input, and list the names, in another terminal:

  prefect-secrets set NAME --api-url http://127.0.0.1:4200 --api-key-file %s
  prefect-secrets names --api-url http://127.0.0.1:4200 --api-key-file %[4]s
`, shellQuote("file:"+filepath.Join(dir, "secrets.db")), at("store.key"), at("keys.toml"), at("admin.key"))
	return b.String()
}

// unquoted are the strings that mean themselves in a shell.
var unquoted = lazyregexp.New(`^[\w@%+=:,./-]+$`)

// shellQuote returns a string as one word of a POSIX shell.
func shellQuote(s string) string {
	if unquoted().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
