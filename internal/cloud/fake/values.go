package fake

import (
	"encoding/json"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// values are all that were ever sent to a fake or put into it.
type values struct {
	mu   sync.Mutex
	seen map[value]struct{}
}

type value struct{ name, json string }

func (v *values) add(name string, raw json.RawMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		v.seen = map[value]struct{}{}
	}
	v.seen[value{name, string(raw)}] = struct{}{}
}

func (v *values) clear() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = nil
}

func (v *values) secrets() []leaks.Secret {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := make([]leaks.Secret, 0, len(v.seen))
	for s := range v.seen {
		out = append(out, leaks.Secret{Name: s.name, Value: json.RawMessage(s.json)})
	}
	return out
}

// Leaks are the names of the secrets of which a value that was ever sent to the
// fake, or put into it, stands in data, in one of the forms that package leaks
// knows. They are sorted. A fake that does not record finds none.
func (f *Fake) Leaks(data []byte) []string {
	return leaks.NewFinder(f.seen.secrets()).Names(data)
}
