package fake

import "sync"

// maxInvalid bounds how many invalid documents are recorded.
const maxInvalid = 1000

// invalidDocuments records why documents were refused.
type invalidDocuments struct {
	mu       sync.Mutex
	messages []string
}

func (d *invalidDocuments) add(message string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.messages) < maxInvalid {
		d.messages = append(d.messages, message)
	}
}

func (d *invalidDocuments) list() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string{}, d.messages...)
}

func (d *invalidDocuments) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages = nil
}
