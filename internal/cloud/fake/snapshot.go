package fake

import (
	"fmt"
	"net/http"
	"sync"
)

// maxSnapshots bounds what is remembered until a reset.
const maxSnapshots = 1000

// snapshots are states to go back to, by their number from 1.
type snapshots struct {
	mu   sync.Mutex
	list []func()
}

func (s *snapshots) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

// Snapshot remembers the secrets of all tenants and returns a function that goes
// back to them, any number of times. Calls, faults and keys stay as they are.
func (f *Fake) Snapshot() (restore func()) {
	back := f.store.Snapshot()
	return func() {
		f.Interrupt()
		back()
	}
}

func (f *Fake) snapshot(*http.Request, []byte) (any, error) {
	f.saved.mu.Lock()
	defer f.saved.mu.Unlock()
	if len(f.saved.list) >= maxSnapshots {
		return nil, fmt.Errorf("there are %d snapshots already: reset forgets them", maxSnapshots)
	}
	f.saved.list = append(f.saved.list, f.Snapshot())
	return map[string]int{"snapshot": len(f.saved.list)}, nil
}

func (f *Fake) restore(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Snapshot int `json:"snapshot"`
	}
	if err := strict(body, &in); err != nil {
		return nil, unreadable(`{"snapshot": NUMBER}`)
	}
	f.saved.mu.Lock()
	defer f.saved.mu.Unlock()
	if in.Snapshot < 1 || in.Snapshot > len(f.saved.list) {
		return nil, fmt.Errorf("there is no snapshot %d; there are %d", in.Snapshot, len(f.saved.list))
	}
	f.saved.list[in.Snapshot-1]()
	return done{}, nil
}
