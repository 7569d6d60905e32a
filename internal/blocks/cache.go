package blocks

import "sync"

// cache holds the ids that a client has read: those of documents by name, and those of the
// type and schema for new documents. The zero value is ready to use. A stale id is found
// when the API does not know it.
type cache struct {
	mu     sync.Mutex
	ids    map[string]string
	schema schema
}

// setIDs replaces all ids of documents with those of a complete list.
func (c *cache) setIDs(documents []document) {
	ids := make(map[string]string, len(documents))
	for _, d := range documents {
		ids[d.Name] = d.ID
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = ids
}

// id returns the cached id of a name's document, or "".
func (c *cache) id(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids[name]
}

// setID caches the id of a name's document; "" removes it.
func (c *cache) setID(name, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		c.ids = map[string]string{}
	}
	c.ids[name] = id
}

func (c *cache) getSchema() schema {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.schema
}

func (c *cache) setSchema(s schema) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.schema = s
}
