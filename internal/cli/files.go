package cli

import (
	"path/filepath"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// files are the configs and manifests of a run that needs them more than once:
// each is read once, and each manifest parsed once. A nil *files keeps nothing.
type files struct {
	mu        sync.Mutex
	texts     map[string][]byte
	manifests map[string]parsedManifest
}

// parsedManifest is what [parseManifest] returns.
type parsedManifest struct {
	manifest *secretsync.Manifest
	found    []check.Diagnostic
	err      error
}

func newFiles() *files {
	return &files{texts: map[string][]byte{}, manifests: map[string]parsedManifest{}}
}

// read is [configfile.Read].
func (f *files) read(path string) ([]byte, error) {
	if f == nil {
		return configfile.Read(path)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	name := filepath.Clean(path)
	if text, ok := f.texts[name]; ok {
		return text, nil
	}
	text, err := configfile.Read(path)
	if err == nil {
		f.texts[name] = text
	}
	return text, err
}

// manifest reads and parses a manifest. The error is about reading alone.
func (f *files) manifest(path string) (parsedManifest, error) {
	text, err := f.read(path)
	if err != nil {
		return parsedManifest{}, err
	}
	return f.parse(path, text), nil
}

func (f *files) parse(path string, text []byte) (read parsedManifest) {
	if f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		if read, ok := f.manifests[path]; ok {
			return read
		}
		defer func() { f.manifests[path] = read }()
	}
	read.manifest, read.found, read.err = parseManifest(path, text)
	return read
}
