package sync

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// paced is a store that is asked at the pace of its API, and again if a retry may
// help. The stores of one key's tenants share a pacer.
type paced struct {
	Store
	pacer    *pace.Pacer
	planning pace.Limits // of the requests for a plan
}

func (s *paced) names(ctx context.Context) (names []string, err error) {
	err = s.pacer.Do(ctx, pace.Write, func() error {
		names, err = s.ListSecrets(ctx)
		return err
	})
	return names, err
}

func (s *paced) overview(ctx context.Context, about []string) (found prefect.Overview, err error) {
	err = s.ask(ctx, func() error {
		found, err = s.GetOverview(ctx, about)
		return err
	})
	return found, err
}

// owners returns who wrote each of the names that exist; nil if the store never says.
func (s *paced) owners(ctx context.Context, names []string) (owners map[string]string, err error) {
	getter, ok := s.Store.(OwnerGetter)
	if !ok {
		return nil, nil
	}
	err = s.ask(ctx, func() error {
		owners, err = getter.GetOwners(ctx, names)
		return err
	})
	return owners, err
}

// compares reports whether the store is a [Comparer].
func (s *paced) compares() bool {
	_, ok := s.Store.(Comparer)
	return ok
}

// unchanged returns the names of those secrets whose value the store, a [Comparer],
// says that it has.
func (s *paced) unchanged(ctx context.Context, secrets []prefect.NamedValue) (names []string, err error) {
	if len(secrets) == 0 {
		return nil, nil
	}
	comparer := s.Store.(Comparer)
	err = s.ask(ctx, func() error {
		names, err = comparer.Unchanged(ctx, secrets)
		return err
	})
	return names, err
}

// ask sends a request for a plan.
func (s *paced) ask(ctx context.Context, send func() error) error {
	return s.pacer.Do(ctx, s.planning, send)
}

// pacedReader is a reader that is asked like a paced store.
type pacedReader struct {
	Reader
	pacer    *pace.Pacer
	planning pace.Limits
}

func (r *pacedReader) access(ctx context.Context, names []string) (found prefect.Access, err error) {
	err = r.pacer.Do(ctx, r.planning, func() error {
		found, err = r.GetAccess(ctx, names)
		return err
	})
	return found, err
}
