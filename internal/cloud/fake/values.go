package fake

import (
	"encoding/json"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
	"github.com/prefect-secrets/prefect-secrets/internal/smallmap"
)

// values are all values that were ever sent to a fake or stored in it. They are
// behind a closure, so that printing a fake reaches none.
type values struct {
	mu     sync.Mutex
	set    func() *smallmap.Map[int] // the length of the name, by the name and the value
	finder *leaks.Finder             // nil if a value was added since
}

func (v *values) add(name string, raw json.RawMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.set == nil {
		set := &smallmap.Map[int]{}
		v.set = func() *smallmap.Map[int] { return set }
	}
	added := name + "\x00" + string(raw) // JSON has no such byte
	if _, ok := v.set().Get(added); !ok {
		v.set().Set(added, len(name))
		v.finder = nil
	}
}

func (v *values) clear() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.set, v.finder = nil, nil
}

// Leaks returns a finder of the values that were ever sent to the fake or stored in
// it, up to now. A fake that does not record finds none.
func (f *Fake) Leaks() *leaks.Finder {
	v := &f.sent
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.finder != nil {
		return v.finder
	}
	var secrets []leaks.Secret
	if v.set != nil {
		for both, n := range v.set().All() {
			secrets = append(secrets, leaks.Secret{Name: both[:n], Value: json.RawMessage(both[n+1:])})
		}
	}
	v.finder = leaks.NewFinder(secrets)
	return v.finder
}
