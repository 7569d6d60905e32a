package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// backupOptions are the flags of backup.
type backupOptions struct {
	connect connect.Options // the running server whose file store is copied
	store   string          // or a file store that no server has open
	force   bool
}

func (c *Command) backup() *cobra.Command {
	var o backupOptions
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy a file store, sealed as it is, to FILE",
		Long: `Backup writes the whole of a file store, as it is at one moment, to FILE with mode
0600. While serve has the store open, ask it with --api-url and an admin key of
every tenant; else name the file with --store. The copy is sealed with the store's key:
keep that key somewhere else, because nobody can read a backup without it.`,
		Example: `# of a server that runs
prefect-secrets backup secrets.backup --api-url https://secrets.example.com \
  --api-key-file admin.key

# of a file that no server has open
prefect-secrets backup secrets.backup --store file:secrets.db \
  --store-key-file store.key`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.runBackup(cmd.Context(), o, args[0]) },
	}
	connectFlags(cmd.Flags(), &o.connect)
	section(cmd.Flags(), storeTitle).text(&o.store, "store", "file:PATH", "", "store that no server has open")
	section(cmd.Flags(), outputTitle).toggle(&o.force, "force", "replace FILE if it exists")
	return cmd
}

func (c *Command) runBackup(ctx context.Context, o backupOptions, path string) error {
	if o.store != "" && o.connect.APIURL != "" {
		return usagef("--store and --api-url: give one of them")
	}
	if o.connect.Timeout <= 0 {
		return usagef("--timeout: it must be longer than 0")
	}
	ctx, cancel := context.WithTimeout(ctx, o.connect.Timeout)
	defer cancel()
	source, err := c.backupSource(o)
	if err != nil {
		return err
	}
	if err := filestore.SaveBackup(path, o.force, func(w io.Writer) error { return source(ctx, w) }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Stdout, "backed up to %s\n", report.Safe(path))
	return err
}

// backupSource opens the store and returns the function that copies it.
func (c *Command) backupSource(o backupOptions) (func(context.Context, io.Writer) error, error) {
	if o.store == "" {
		return c.serverBackup(o.connect)
	}
	path, err := filePath(o.store)
	if err != nil {
		return nil, err
	}
	config := filestore.Config{Path: path, Now: time.Now, MustExist: true}
	store, err := c.openFileStore(config, fileFlags{o.connect.StoreKeyFile})
	if err != nil {
		return nil, err
	}
	return store.Backup, nil
}

// serverBackup returns a function that fetches the backup from a running server.
func (c *Command) serverBackup(o connect.Options) (func(context.Context, io.Writer) error, error) {
	conn, err := connect.OpenServer(c.withEnv(o))
	if errors.Is(err, connect.ErrNoURL) {
		return nil, usagef("nothing to back up: give --store file:PATH, or --api-url of a server that runs")
	}
	if err != nil {
		return nil, err
	}
	target, ok := address.Absolute(conn.URL)
	if !ok {
		return nil, errors.New("--api-url: it is not a URL")
	}
	target.Path, target.RawPath, target.RawQuery = filestore.BackupPath, "", ""
	return func(ctx context.Context, w io.Writer) error {
		return fetchBackup(ctx, w, conn.Transport, target.String(), conn.Key.RevealText())
	}, nil
}

// fetchBackup copies the backup at target to w. It follows no redirect, which would
// send the key elsewhere.
func fetchBackup(ctx context.Context, w io.Writer, transport http.RoundTripper, target, key string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return errors.New("--api-url: it is not a URL")
	}
	r.Header.Set("Authorization", "Bearer "+key)
	client := http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("asking for the backup: %w", httperr.Cause(err))}
	}
	defer resp.Body.Close()
	if err := backupStatus(resp.StatusCode); err != nil {
		return err
	}
	if _, err = io.Copy(w, resp.Body); err != nil {
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("copying the backup: %w", err)}
	}
	return nil
}

func backupStatus(status int) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized, http.StatusForbidden:
		return &exit.Error{Code: exit.Refused, Err: errors.New("the server refused the key: a backup needs an admin key of every tenant")}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return &exit.Error{Code: exit.Failed, Err: errors.New("the server gives no backup: it does not keep its secrets in a file store")}
	}
	return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("the server answered the backup with status %d", status)}
}

func (c *Command) restore() *cobra.Command {
	var store string
	var file fileFlags
	var force bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Verify a backup and make it the file store",
		Long: `Restore opens every secret of the backup FILE with the store's key. Only if none is
damaged, it copies the backup to the store's path. It replaces an existing store
only with --force, and never while a server has it open.`,
		Example: `prefect-secrets restore secrets.backup --store file:secrets.db \
  --store-key-file store.key`,
		Args: oneArg("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if store == "" {
				return usagef("restore needs --store file:PATH, the store to make")
			}
			path, err := filePath(store)
			if err != nil {
				return err
			}
			key, err := c.storeKey(file)
			if err != nil {
				return err
			}
			if err := filestore.Restore(args[0], path, key, force); err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.Stdout, "restored %s\n", report.Safe(path))
			return err
		},
	}
	s := section(cmd.Flags(), storeTitle)
	s.text(&store, "store", "file:PATH", "", "store to make")
	storeKeyFlag(s, &file.keyFile)
	s.toggle(&force, "force", "replace the store if it exists")
	return cmd
}
