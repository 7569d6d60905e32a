package inspect

import (
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Cache holds the configs and manifests of a run that needs them more than once. It
// reads each file once, and parses each manifest once. A nil *Cache reads a file
// every time.
type Cache struct {
	mu        sync.Mutex
	texts     map[string][]byte
	manifests map[string]parsedManifest
}

// parsedManifest is a manifest that was parsed and checked, with all its environments. err
// is that of [secretsync.ParseManifest].
type parsedManifest struct {
	manifest    *secretsync.Manifest
	diagnostics []check.Diagnostic
	err         error
}

// NewCache returns an empty cache.
func NewCache() *Cache {
	return &Cache{texts: map[string][]byte{}, manifests: map[string]parsedManifest{}}
}

// Stdin is the path of standard input, once [Cache.ReadStdin] has read it.
const Stdin = "-"

// displayName returns what messages call the file at a path.
func displayName(path string) string {
	if path == Stdin {
		return "standard input"
	}
	return filepath.ToSlash(path)
}

// ReadStdin reads a config from standard input.
func (c *Cache) ReadStdin(r io.Reader) error {
	text, err := configfile.ReadFrom(r, "standard input")
	c.texts[Stdin] = text
	return err
}

// Read is [configfile.Read], of a file only once.
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

// manifest reads and parses a manifest. The error is only about reading.
func (c *Cache) manifest(path string) (parsedManifest, error) {
	if userfile.IsDir(path) {
		return parsedManifest{}, fmt.Errorf("%s is a directory: give the file, such as %s", path, filepath.Join(path, defaultManifest))
	}
	text, err := c.Read(path)
	if err != nil {
		return parsedManifest{}, err
	}
	return c.parse(path, text), nil
}

func (c *Cache) parse(path string, text []byte) parsedManifest {
	if c == nil {
		return parseManifest(path, text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	parsed, ok := c.manifests[path]
	if !ok {
		parsed = parseManifest(path, text)
		c.manifests[path] = parsed
	}
	return parsed
}
