// Package vault is the [cloud.Store] in the KV engine (version 2) of HashiCorp
// Vault or OpenBao.
//
// A secret stands at <mount>/data/<prefix>/<tenant>/<escaped name>, with the two
// fields value (its JSON as a text, so that every byte survives) and writer.
// Version and time are Vault's own. docs/vault-policy.hcl is all that the token
// must be allowed.
package vault

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Concurrency bounds the requests that one operation has under way.
const Concurrency = 16

// Store keeps secrets in Vault. It is safe for concurrent use, by any number of
// processes on the same paths. Close ends what it does in the background.
type Store struct {
	config Config
	client *client
	tokens *tokens
}

var _ cloud.Store = (*Store)(nil)

// New checks the configuration and reads the certificates. It asks Vault for
// nothing: the first operation logs in.
func New(c Config) (*Store, error) {
	if err := c.setDefaults(); err != nil {
		return nil, err
	}
	client, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Store{config: c, client: client, tokens: newTokens(c, client)}, nil
}

// Close stops renewing the token, which is left to expire. It returns nil.
func (s *Store) Close() error {
	s.tokens.close()
	return nil
}

// document is what a secret is in Vault.
type document struct {
	Value  *string `json:"value"`
	Writer string  `json:"writer"`
}

// Set implements [cloud.Store]: one request, and with compare a read before it.
// On a mount that demands check-and-set there is always a read.
func (s *Store) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	place, err := s.secretPath(tenant, name)
	if err != nil {
		return false, err
	}
	text := string(value)
	doc := document{Value: &text, Writer: writer}
	if !compare {
		_, err := s.write(ctx, place, doc, nil)
		if !errors.Is(err, errCASRequired) {
			return err == nil, err
		}
	}
	return s.swap(ctx, place, doc, compare)
}

// swap reads and writes until nobody else has written in between. Where a write
// was sent more than once, a value that equals ours may be of our own writing.
func (s *Store) swap(ctx context.Context, place string, doc document, compare bool) (bool, error) {
	maybeOurs := false
	for {
		old, err := s.read(ctx, place)
		if err != nil {
			return false, err
		}
		if compare && old.exists && subtle.ConstantTimeCompare([]byte(*old.doc.Value), []byte(*doc.Value)) == 1 {
			return maybeOurs, nil
		}
		again, err := s.write(ctx, place, doc, &old.version)
		if !errors.Is(err, errCASMismatch) {
			return err == nil, err
		}
		maybeOurs = maybeOurs || again
	}
}

// Get implements [cloud.Store].
func (s *Store) Get(ctx context.Context, tenant, name string) (json.RawMessage, error) {
	place, err := s.secretPath(tenant, name)
	if err != nil {
		return nil, err
	}
	r, err := s.read(ctx, place)
	switch {
	case err != nil:
		return nil, err
	case !r.exists:
		return nil, fmt.Errorf("%q: %w", name, cloud.ErrNotFound)
	case !json.Valid([]byte(*r.doc.Value)):
		return nil, s.foreignError(place)
	}
	return json.RawMessage(*r.doc.Value), nil
}

// Delete implements [cloud.Store]: no version is left.
func (s *Store) Delete(ctx context.Context, tenant, name string) error {
	place, err := s.secretPath(tenant, name)
	if err != nil {
		return err
	}
	_, err = s.do(ctx, request{method: http.MethodDelete, path: s.metadataPath(place), needs: "delete"})
	return err
}

// Names implements [cloud.Store]: one listing, and one more for each folder of
// names whose escaped form is longer than a segment.
func (s *Store) Names(ctx context.Context, tenant string) ([]string, error) {
	folder, err := s.tenantPath(tenant)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var names []string
	for parents := []string{""}; len(parents) > 0; {
		var next []string
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(Concurrency)
		for _, parent := range parents {
			group.Go(func() error {
				keys, err := s.list(ctx, folder+"/"+splitPath(parent))
				found, folders := splitKeys(parent, keys)
				mu.Lock()
				defer mu.Unlock()
				names, next = append(names, found...), append(next, folders...)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		parents = next
	}
	slices.Sort(names)
	return names, nil
}

// Info implements [cloud.Store]: one request for each name, 16 at a time.
func (s *Store) Info(ctx context.Context, tenant string, names ...string) (map[string]cloud.Info, error) {
	var mu sync.Mutex
	out := make(map[string]cloud.Info, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(Concurrency)
	for _, name := range names {
		group.Go(func() error {
			place, err := s.secretPath(tenant, name)
			if err != nil {
				return err
			}
			r, err := s.read(ctx, place)
			if err != nil || !r.exists {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			out[name] = cloud.Info{Version: r.version, Updated: r.created.UTC(), Writer: r.doc.Writer}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// Ping implements [cloud.Store]: Vault is unsealed and takes the token. It is not
// tried again.
func (s *Store) Ping(ctx context.Context) error {
	return s.operationError(ctx, ctx, s.tokens.ping(ctx), nil)
}

// held is what Vault has at a path. The version counts also where the secret is
// deleted but its versions are kept.
type storedSecret struct {
	exists  bool
	version int
	created time.Time
	doc     document
}
