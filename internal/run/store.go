package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// WithStore calls use with the store that o or the manifest names, within the timeout
// of o, as one tenant. The manifest may be in cache, which may be nil. Notes go to stderr.
func WithStore(ctx context.Context, cache *inspect.Cache, o connect.Options, stderr io.Writer, use func(context.Context, *connect.Connection) error) (err error) {
	manifest, err := cache.Environment(o.ManifestFile, o.Environment, inspect.ShowText(stderr))
	if err != nil {
		return err
	}
	if o.Tenants, err = oneTenant(o, manifest.Tenants); err != nil {
		return err
	}
	conn, err := connect.Open(o, placeOf(manifest))
	if err != nil {
		return err
	}
	defer func() { err = prepared{conn: conn}.close(err) }()
	if conn.URL == connect.Embedded {
		return errors.New("the embedded store starts empty and ends with this process: pass the URL of a store, or embedded:PATH to keep it in a file")
	}
	if conn.Ambiguous {
		if err := report.OriginText(stderr, conn.KeyFrom, conn.KeyNote, conn.URLFrom); err != nil {
			return err
		}
	}
	conn.Pacer.Waiting = pace.Once(func(reason string) {
		_, _ = fmt.Fprintln(stderr, report.Safe(WaitingText(conn.URL, reason)))
	})
	conn.Pacer.Watch(conn.Store)
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if err := conn.SelectTenant(ctx, o.Tenants); err != nil {
		return err
	}
	return use(ctx, conn)
}

// oneTenant returns the tenant that o or the manifest's environment names; none means the
// key's own. An Action, which has no input for it, uses that if the environment names several.
func oneTenant(o connect.Options, ofManifest []string) ([]string, error) {
	switch {
	case len(o.Tenants) > 1:
		return nil, errors.New("--tenant: this command needs exactly one tenant")
	case len(o.Tenants) == 1 || o.Environment == "":
		return o.Tenants, nil
	case len(ofManifest) <= 1:
		return ofManifest, nil
	case o.Given == option.Input:
		return nil, nil
	}
	return nil, fmt.Errorf("environment %s has several tenants: name one with --tenant: %s", o.Environment, strings.Join(ofManifest, ", "))
}

// placeOf returns where a manifest says that the store is.
func placeOf(m *secretsync.Manifest) connect.Place {
	return connect.Place{URL: m.APIURL, Kind: m.Store, Settings: m.Settings}
}

// StoredSecrets lists the secrets in the store, for checks of flows.
func StoredSecrets(ctx context.Context, cache *inspect.Cache, o connect.Options, stderr io.Writer) (stored check.SecretSet, err error) {
	err = WithStore(ctx, cache, o, stderr, func(ctx context.Context, conn *connect.Connection) error {
		names, err := ListNames(ctx, conn)
		stored = SecretsOf(names, conn.Kind)
		return err
	})
	return stored, err
}

// SecretsOf returns the names in a store of a kind as the secrets that it defines.
func SecretsOf(names []string, kind string) check.SecretSet {
	return check.SecretSet{Where: "the store", Names: names, Lookup: check.LookupStore, Store: storekind.Find(kind)}
}

// ListNames lists the names in the store of a connection.
func ListNames(ctx context.Context, conn *connect.Connection) (names []string, err error) {
	err = conn.Ask(ctx, func() error {
		names, err = conn.Store.ListSecrets(ctx)
		return err
	})
	return names, err
}

// WaitingText returns what a run says, once, while it waits for the store at url.
func WaitingText(url, reason string) string {
	return fmt.Sprintf("waiting for %s: %s", address.Display(url), reason)
}
