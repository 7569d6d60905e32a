package cloud

import (
	"context"
	"sync"
)

const (
	// sizeOfName is what a name takes beside its text while it is listed.
	sizeOfName = 16
	// sizeOfRow is what a row takes with its time, version and writer, before it is
	// text.
	sizeOfRow = 256
)

// sizes remember how many bytes the names of each tenant took when they were last
// listed.
type listSizes struct{ sync.Map }

func (s *listSizes) last(tenant string) int {
	size, _ := s.Load(tenant)
	n, _ := size.(int)
	return n
}

func (s *listSizes) record(tenant string, names []string) int {
	size := 0
	for _, name := range names {
		size += sizeOfName + len(name)
	}
	s.Store(tenant, size)
	return size
}

// list lists all names of the tenant. There is room for them before: for as many as
// there were the last time. Where somebody learns that there are more, while this
// request waits for its turn, it makes room again.
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

// hold makes room for a list of names, beyond what is held for the one before.
func (s *session) reserve(bytes int) error {
	more := bytes - s.reserved
	if more <= 0 {
		return nil
	}
	s.reserved = bytes
	return s.Grow(more)
}
