package fake

import (
	"encoding/json"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// values are all that were ever sent to a fake or put into it. They stand behind a
// closure, so that printing a fake reaches none.
type values struct {
	mu   sync.Mutex
	seen func() map[value]struct{}
	made *leaks.Finder // nil if a value was added since
}

type value struct{ name, json string }

func (v *values) add(name string, raw json.RawMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		seen := map[value]struct{}{}
		v.seen = func() map[value]struct{} { return seen }
	}
	added := value{name, string(raw)}
	if _, known := v.seen()[added]; !known {
		v.seen()[added], v.made = struct{}{}, nil
	}
}

func (v *values) clear() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen, v.made = nil, nil
}

// finder searches for the values so far. It is made once for as long as no value is
// added.
func (v *values) finder() *leaks.Finder {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.made != nil {
		return v.made
	}
	var secrets []leaks.Secret
	if v.seen != nil {
		for s := range v.seen() {
			secrets = append(secrets, leaks.Secret{Name: s.name, Value: json.RawMessage(s.json)})
		}
	}
	v.made = leaks.NewFinder(secrets)
	return v.made
}

// Leaks returns a finder of the values that were ever sent to the fake, or put
// into it, up to now. A fake that does not record finds none.
func (f *Fake) Leaks() *leaks.Finder { return f.seen.finder() }
