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

// Pace is what stores share that one API stands behind: how fast it may be asked.
// Until the API asks for fewer requests it holds nobody up. The zero value is ready
// to use; it is safe for concurrent use.
type Pace struct{ pacer pacer }

// Of is the store at this pace. A store without a pace gets one of its own from
// each function of this package.
func (p *Pace) Of(store Store) Store {
	if already, ok := store.(*paced); ok {
		store = already.Store
	}
	return &paced{Store: store, pacer: &p.pacer}
}

// paced is a store that is asked at the pace that its API wants, and again where
// that may help.
type paced struct {
	Store
	pacer *pacer
}

func pacedStore(store Store) *paced {
	if p, ok := store.(*paced); ok {
		return p
	}
	return &paced{Store: store, pacer: new(pacer)}
}

func (s *paced) names(ctx context.Context, attempts int) (names []string, err error) {
	err = s.ask(ctx, attempts, func() error {
		names, err = s.ListSecrets(ctx)
		return err
	})
	return names, err
}

func (s *paced) overview(ctx context.Context, about []string) (found prefect.Overview, err error) {
	err = s.ask(ctx, planAttempts, func() error {
		found, err = s.GetOverview(ctx, about)
		return err
	})
	return found, err
}

// access is the zero value where the store says nothing of keys.
func (s *paced) access(ctx context.Context, about []string) (found prefect.Access, err error) {
	teller, ok := s.Store.(AccessTeller)
	if !ok {
		return found, nil
	}
	err = s.ask(ctx, planAttempts, func() error {
		found, err = teller.GetAccess(ctx, about)
		return err
	})
	return found, err
}

func (s *paced) owners(ctx context.Context, names []string) (owners map[string]string, err error) {
	teller, ok := s.Store.(OwnerTeller)
	if !ok {
		return nil, nil
	}
	err = s.ask(ctx, planAttempts, func() error {
		owners, err = teller.GetOwners(ctx, names)
		return err
	})
	return owners, err
}

func (s *paced) compares() bool {
	_, ok := s.Store.(Comparer)
	return ok
}

// unchanged are those of the secrets that the store can tell that it has.
func (s *paced) unchanged(ctx context.Context, secrets []prefect.NamedValue) (names []string, err error) {
	if len(secrets) == 0 {
		return nil, nil
	}
	comparer := s.Store.(Comparer)
	err = s.ask(ctx, planAttempts, func() error {
		names, err = comparer.Unchanged(ctx, secrets)
		return err
	})
	return names, err
}

// ask sends a request, again where that may help.
func (s *paced) ask(ctx context.Context, attempts int, send func() error) error {
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
