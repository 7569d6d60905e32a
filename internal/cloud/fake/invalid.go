package fake

import "sync"

// maxInvalid bounds how many refused documents are remembered.
const maxInvalid = 1000

// invalid is why documents were refused.
type invalid struct {
	mu       sync.Mutex
	messages []string
}

func (i *invalid) add(message string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.messages) < maxInvalid {
		i.messages = append(i.messages, message)
	}
}

func (i *invalid) list() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string{}, i.messages...)
}

func (i *invalid) clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.messages = nil
}

// Invalid is why documents were refused that did not fit the schema: at most the
// first 1,000, and none where [Config] has an OnInvalid of its own.
func (f *Fake) Invalid() []string { return f.refused.list() }
