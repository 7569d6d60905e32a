package fake

import (
	"fmt"
	"net/http"
	"sync"
)

// maxSnapshots bounds how many snapshots there are until a reset.
const maxSnapshots = 1000

// snapshots are the functions that restore snapshots; the first has the number 1.
type snapshots struct {
	mu   sync.Mutex
	list []func()
}

func (s *snapshots) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

// Snapshot remembers the secrets of all tenants, and returns a function that restores
// them, any number of times. Calls, faults and keys stay as they are.
func (f *Fake) Snapshot() (restore func()) {
	restoreMemory := f.memory.Snapshot()
	return func() {
		f.Interrupt()
		restoreMemory()
	}
}

func (f *Fake) addSnapshot(*http.Request, []byte) (any, error) {
	f.snapshots.mu.Lock()
	defer f.snapshots.mu.Unlock()
	if len(f.snapshots.list) >= maxSnapshots {
		return nil, fmt.Errorf("there are already %d snapshots: reset removes them", maxSnapshots)
	}
	f.snapshots.list = append(f.snapshots.list, f.Snapshot())
	return map[string]int{"snapshot": len(f.snapshots.list)}, nil
}

func (f *Fake) restoreSnapshot(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Snapshot int `json:"snapshot"`
	}
	if err := decodeStrict(body, &in); err != nil {
		return nil, errInvalidBody(`{"snapshot": NUMBER}`)
	}
	f.snapshots.mu.Lock()
	defer f.snapshots.mu.Unlock()
	if in.Snapshot < 1 || in.Snapshot > len(f.snapshots.list) {
		return nil, fmt.Errorf("there is no snapshot %d (of %d)", in.Snapshot, len(f.snapshots.list))
	}
	f.snapshots.list[in.Snapshot-1]()
	return noResult{}, nil
}
