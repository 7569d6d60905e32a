package fake

import (
	"encoding/json"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// values are all values that were ever sent to a fake or stored in it. They are
// behind a closure, so that printing a fake reaches none.
type values struct {
	mu     sync.Mutex
	set    func() map[value]struct{}
	finder *leaks.Finder // nil if a value was added since
}

type value struct{ name, json string }

func (v *values) add(name string, raw json.RawMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.set == nil {
		set := map[value]struct{}{}
		v.set = func() map[value]struct{} { return set }
	}
	added := value{name, string(raw)}
	if _, ok := v.set()[added]; !ok {
		v.set()[added], v.finder = struct{}{}, nil
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
		for s := range v.set() {
			secrets = append(secrets, leaks.Secret{Name: s.name, Value: json.RawMessage(s.json)})
		}
	}
	v.finder = leaks.NewFinder(secrets)
	return v.finder
}
