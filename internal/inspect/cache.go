package inspect

import (
	"path/filepath"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Cache holds the configs and manifests of a run that needs them more than once:
// each is read once, and each manifest parsed once. A nil *Cache keeps nothing.
type Cache struct {
	mu        sync.Mutex
	texts     map[string][]byte
	manifests map[string]parsedManifest
}

// parsedManifest is what [parseManifest] returns.
type parsedManifest struct {
	manifest    *secretsync.Manifest
	diagnostics []check.Diagnostic
	err         error
}

// NewCache returns an empty cache.
func NewCache() *Cache {
	return &Cache{texts: map[string][]byte{}, manifests: map[string]parsedManifest{}}
}

// Read is [configfile.Read].
func (c *Cache) Read(path string) ([]byte, error) {
	if c == nil {
		return configfile.Read(path)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	name := filepath.Clean(path)
	if text, ok := c.texts[name]; ok {
		return text, nil
	}
	text, err := configfile.Read(path)
	if err == nil {
		c.texts[name] = text
	}
	return text, err
}

// manifest reads and parses a manifest. The error is about reading alone.
func (c *Cache) manifest(path string) (parsedManifest, error) {
	text, err := c.Read(path)
	if err != nil {
		return parsedManifest{}, err
	}
	return c.parse(path, text), nil
}

func (c *Cache) parse(path string, text []byte) (read parsedManifest) {
	if c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if read, ok := c.manifests[path]; ok {
			return read
		}
		defer func() { c.manifests[path] = read }()
	}
	read.manifest, read.diagnostics, read.err = parseManifest(path, text)
	return read
}
