package cloud

import (
	"context"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

const (
	// nameOverhead is the bytes that a name takes in a list, in addition to its own.
	nameOverhead = 16
	// rowSize is the bytes that a row takes with its time, version and writer,
	// before it is written to the answer.
	rowSize = 256
)

// listSizes remembers how many bytes the names of each tenant took when they were
// last listed.
type listSizes struct{ sync.Map }

func (s *listSizes) last(tenant string) int {
	size, _ := s.Load(tenant)
	n, _ := size.(int)
	return n
}

func (s *listSizes) record(tenant string, names []string) int {
	size := 0
	for _, name := range names {
		size += nameOverhead + len(name)
	}
	s.Store(tenant, size)
	return size
}

// secretNames resolves secret_names.
func secretNames(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	names, err := s.names(ctx, f)
	s.budget.spendNames(names, 1)
	return names, err
}

// names returns the names that the key's patterns match, sorted. All fields of a
// request between two writes share one listing of the store, so the caller must not
// change the slice.
func (s *session) names(ctx context.Context, f *graphql.Field) ([]string, error) {
	if err := s.budget.check(); err != nil {
		return nil, err
	}
	if names := s.listed.Load(); names != nil {
		return *names, nil
	}
	all, err := s.list(ctx)
	if err != nil {
		return nil, s.storeError(f, err)
	}
	names := slices.DeleteFunc(all, func(name string) bool { return !s.key.reaches(name) })
	s.listed.Store(&names)
	return names, nil
}

// list returns all names of the tenant. Before it lists them it reserves the bytes
// that they took the last time. If that number has grown while the request waited
// for its turn, it gives up the turn and reserves more.
func (s *session) list(ctx context.Context) ([]string, error) {
	for {
		size := s.api.listSizes.last(s.tenant.ID)
		if err := s.reserve(size); err != nil {
			return nil, err
		}
		done, err := s.api.config.Bounds.List(ctx, s.key.Name)
		if err != nil {
			return nil, err
		}
		if s.api.listSizes.last(s.tenant.ID) > s.reserved {
			done()
			continue
		}
		names, err := s.api.config.Store.Names(ctx, s.tenant.ID)
		size = s.api.listSizes.record(s.tenant.ID, names)
		done()
		if err != nil {
			return nil, err
		}
		return names, s.reserve(size)
	}
}

// reserve makes sure that so many bytes are reserved for lists of names in all.
func (s *session) reserve(bytes int) error {
	more := bytes - s.reserved
	if more <= 0 {
		return nil
	}
	s.reserved = bytes
	return s.Grow(more)
}
