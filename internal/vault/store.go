// Package vault is the [cloud.Store] in the KV engine (version 2) of HashiCorp
// Vault or OpenBao.
//
// A secret is at <mount>/data/<prefix>/<tenant>/<escaped name>, with the two fields
// value (its JSON as a string, so that every byte survives) and writer. Version and
// time are Vault's own. docs/vault-policy.hcl lists everything that the token must be
// allowed to do.
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

// Concurrency bounds the concurrent requests of one operation.
const Concurrency = 16

// Store stores secrets in Vault. It is safe for concurrent use, by any number of
// processes on the same paths too. Close ends its background work.
type Store struct {
	config Config
	client *client
	tokens *tokens
}

var _ cloud.Store = (*Store)(nil)

// New checks the configuration and reads the certificates. It sends no request to
// Vault: the first operation logs in.
func New(c Config) (*Store, error) {
	c.setDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	client, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Store{config: c, client: client, tokens: newTokens(c, client)}, nil
}

// Close stops renewing the token, which then expires. It returns nil.
func (s *Store) Close() error {
	s.tokens.close()
	return nil
}

// document is a secret as Vault stores it.
type document struct {
	Value  *string `json:"value"`
	Writer string  `json:"writer"`
}

// Set implements [cloud.Store] with one request, and with compare a read before it. On
// a mount that requires check-and-set it always reads first.
func (s *Store) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	path, err := s.secretPath(tenant, name)
	if err != nil {
		return false, err
	}
	encoded := string(value)
	doc := document{Value: &encoded, Writer: writer}
	if !compare {
		_, err := s.write(ctx, path, doc, nil)
		if !errors.Is(err, errCASRequired) {
			return err == nil, err
		}
	}
	return s.swap(ctx, path, doc, compare)
}

// swap reads and writes until nobody else writes in between. Once a write was sent more
// than once, a stored value that equals doc's may come from that write.
func (s *Store) swap(ctx context.Context, path string, doc document, compare bool) (bool, error) {
	mayHaveWritten := false
	for {
		old, err := s.read(ctx, path)
		if err != nil {
			return false, err
		}
		if compare && old.exists && subtle.ConstantTimeCompare([]byte(*old.doc.Value), []byte(*doc.Value)) == 1 {
			return mayHaveWritten, nil
		}
		resent, err := s.write(ctx, path, doc, &old.version)
		if !errors.Is(err, errCASMismatch) {
			return err == nil, err
		}
		mayHaveWritten = mayHaveWritten || resent
	}
}

// Get implements [cloud.Store].
func (s *Store) Get(ctx context.Context, tenant, name string) (json.RawMessage, error) {
	path, err := s.secretPath(tenant, name)
	if err != nil {
		return nil, err
	}
	stored, err := s.read(ctx, path)
	switch {
	case err != nil:
		return nil, err
	case !stored.exists:
		return nil, fmt.Errorf("%q: %w", name, cloud.ErrNotFound)
	case !json.Valid([]byte(*stored.doc.Value)):
		return nil, s.foreignError(path)
	}
	return json.RawMessage(*stored.doc.Value), nil
}

// Delete implements [cloud.Store]. It leaves no version.
func (s *Store) Delete(ctx context.Context, tenant, name string) error {
	path, err := s.secretPath(tenant, name)
	if err != nil {
		return err
	}
	_, err = s.do(ctx, request{method: http.MethodDelete, path: s.metadataPath(path), needs: "delete"})
	return err
}

// Names implements [cloud.Store] with one listing, and one more for each folder of
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
				if next = append(next, folders...); names == nil {
					names = found
				} else {
					names = append(names, found...)
				}
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

// Info implements [cloud.Store] with one request for each name, up to [Concurrency] at
// once.
func (s *Store) Info(ctx context.Context, tenant string, names ...string) (map[string]cloud.Info, error) {
	var mu sync.Mutex
	infos := make(map[string]cloud.Info, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(Concurrency)
	for _, name := range names {
		group.Go(func() error {
			path, err := s.secretPath(tenant, name)
			if err != nil {
				return err
			}
			stored, err := s.read(ctx, path)
			if err != nil || !stored.exists {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			infos[name] = cloud.Info{Version: stored.version, Updated: stored.created.UTC(), Writer: stored.doc.Writer}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return infos, nil
}

// Ping implements [cloud.Store]: it returns nil if Vault is unsealed and accepts the
// token. It does not retry.
func (s *Store) Ping(ctx context.Context) error {
	return s.operationError(ctx, false, s.tokens.ping(ctx), nil)
}

// storedSecret is what Vault stores at a path. Version is set also if the secret is
// deleted but its versions remain.
type storedSecret struct {
	exists  bool
	version int
	created time.Time
	doc     document
}
