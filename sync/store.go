package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// How often a request is sent at most, beside those that were refused with HTTP
// 429, which are sent again for as long as the context lasts.
const (
	planAttempts  = 4  // nothing has happened yet, and somebody waits
	applyAttempts = 10 // up to a minute of waiting in all
)

// Store is the secrets of one tenant, behind an API. It asks at the pace that the
// API wants, and again where that may help. It is safe for concurrent use.
type Store struct {
	client *prefect.Client
	pacer  *pacer
}

// NewStore is the store that client speaks to.
func NewStore(client *prefect.Client) *Store { return &Store{client: client, pacer: new(pacer)} }

// ForTenant is another tenant's store behind the same API, by the tenant's id.
// Both share one pace and one count of requests.
func (s *Store) ForTenant(id string) (*Store, error) {
	client, err := s.client.ForTenant(id)
	if err != nil {
		return nil, err
	}
	return &Store{client: client, pacer: s.pacer}, nil
}

// Requests is how many requests were sent, those of the other tenants included.
func (s *Store) Requests() int64 { return s.client.Requests() }

// Tenants lists the tenants that the key may use.
func (s *Store) Tenants(ctx context.Context) (tenants []prefect.Tenant, err error) {
	err = s.ask(ctx, planAttempts, func() error {
		tenants, err = s.client.Tenants(ctx)
		return err
	})
	return tenants, err
}

func (s *Store) names(ctx context.Context, attempts int) (names []string, err error) {
	err = s.ask(ctx, attempts, func() error {
		names, err = s.client.SecretNames(ctx)
		return err
	})
	return names, err
}

func (s *Store) overview(ctx context.Context, about []string) (found prefect.Overview, err error) {
	err = s.ask(ctx, planAttempts, func() error {
		found, err = s.client.Overview(ctx, about)
		return err
	})
	return found, err
}

func (s *Store) access(ctx context.Context, about []string) (found prefect.Access, err error) {
	err = s.ask(ctx, planAttempts, func() error {
		found, err = s.client.KeyAccess(ctx, about)
		return err
	})
	return found, err
}

func (s *Store) owners(ctx context.Context, names []string) (owners prefect.Owners, err error) {
	err = s.ask(ctx, planAttempts, func() error {
		owners, err = s.client.SecretOwners(ctx, names)
		return err
	})
	return owners, err
}

// ask sends a request, again where that may help.
func (s *Store) ask(ctx context.Context, attempts int, send func() error) error {
	failures := 0
	var last error
	for {
		sent, err := s.pacer.wait(ctx, nil)
		if err == nil && failures > 0 {
			err = pause(ctx, nil, backoff(failures))
		}
		if err != nil {
			return notAgain(last, err)
		}
		last = send()
		s.pacer.heard(sent, last)
		if !errors.Is(last, prefect.ErrRateLimited) {
			failures++
		}
		if !prefect.Retryable(last) || failures >= attempts {
			return last
		}
	}
}

// notAgain is why a request that failed, if it was sent at all, is not sent again.
func notAgain(last, why error) error {
	if last == nil {
		return why
	}
	return fmt.Errorf("%w; not tried again: %w", last, why)
}
