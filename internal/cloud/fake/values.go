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
}

type value struct{ name, json string }

func (v *values) add(name string, raw json.RawMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		seen := map[value]struct{}{}
		v.seen = func() map[value]struct{} { return seen }
	}
	v.seen()[value{name, string(raw)}] = struct{}{}
}

func (v *values) clear() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = nil
}

// finder looks for the values so far.
func (v *values) finder() *leaks.Finder {
	v.mu.Lock()
	defer v.mu.Unlock()
	var secrets []leaks.Secret
	if v.seen != nil {
		for s := range v.seen() {
			secrets = append(secrets, leaks.Secret{Name: s.name, Value: json.RawMessage(s.json)})
		}
	}
	return leaks.NewFinder(secrets)
}

// Leaks is how to find the values that were ever sent to the fake, or put into it,
// up to now. A fake that does not record finds none.
func (f *Fake) Leaks() *leaks.Finder { return f.seen.finder() }
