package inspect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// defaultManifest is read where no other is named, if it is there. A file of that
// name is a manifest wherever it is.
const defaultManifest = "prefect-secrets.toml"

func isManifest(path string) bool { return filepath.Base(path) == defaultManifest }

// Manifest reads the manifest at hand, and shows what check finds in it, if
// that is anything. One that check finds an error in is not for use.
func (c *Cache) Manifest(path string, show Show) (*secretsync.Manifest, error) {
	path = manifestPath(path)
	if path == "" {
		return &secretsync.Manifest{}, nil
	}
	read, err := c.manifest(path)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	if len(read.diagnostics) > 0 {
		if err := show(Findings{read.diagnostics, 1}); err != nil {
			return nil, err
		}
	}
	switch errs, _ := report.CountSeverities(read.diagnostics); {
	case errs > 0:
		return nil, errors.New("the manifest has errors; nothing was changed")
	case read.err != nil:
		return nil, fmt.Errorf("an ignore comment does not mend a manifest; nothing was changed\n%w", read.err)
	}
	return read.manifest, nil
}

// manifestPath is the file that is named, else the one in the working directory,
// else nothing.
func manifestPath(path string) string {
	if path == "" {
		if _, err := os.Stat(defaultManifest); errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		return defaultManifest
	}
	return path
}

// Environment is the manifest at hand, as it is for one of its environments.
func (c *Cache) Environment(path, environment string, show Show) (*secretsync.Manifest, error) {
	manifest, err := c.Manifest(path, show)
	if err != nil {
		return nil, err
	}
	return manifest.Environment(environment)
}

// parseManifest reads a manifest and checks it. The error is that of
// [secretsync.ParseManifest].
func parseManifest(path string, text []byte) (*secretsync.Manifest, []check.Diagnostic, error) {
	manifest, err := secretsync.ParseManifest(path, text)
	return manifest, check.Manifest(filepath.ToSlash(path), text, tomlfile.Problems(err)), err
}

// checkFile checks a config, or a file of a manifest's name as a manifest.
func (c *Cache) checkFile(path string, o check.Options) ([]check.Diagnostic, error) {
	if isManifest(path) {
		read, err := c.manifest(path)
		return read.diagnostics, err
	}
	text, err := c.Read(path)
	if err != nil {
		return nil, err
	}
	return check.File(filepath.ToSlash(path), text, o), nil
}

// CheckManifest checks a manifest and the configs that are named, if any, shows
// what was found, and exits with that.
func CheckManifest(manifest string, patterns []string, o check.Options, threshold check.FailOn, show Show) error {
	configs, err := Expand(patterns)
	if err != nil {
		return err
	}
	found, err := (*Cache)(nil).checkWithManifest(manifest, configs, o)
	if err != nil {
		return err
	}
	if err := show(found); err != nil || !threshold.Fails(found.Diagnostics) {
		return err
	}
	return &exit.Error{Code: exit.Failed}
}

// checkWithManifest checks a manifest, whatever its name, and configs.
func (c *Cache) checkWithManifest(manifest string, configs []string, o check.Options) (Findings, error) {
	if manifest == "" {
		return c.checkAll(configs, o)
	}
	read, err := c.manifest(manifest)
	if err != nil {
		return Findings{}, fmt.Errorf("reading manifest: %w", err)
	}
	others, err := c.checkAll(without(configs, manifest), o)
	return Findings{slices.Concat(read.diagnostics, others.Diagnostics), 1 + others.Files}, err
}

func without(paths []string, path string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return filepath.Clean(p) == filepath.Clean(path) })
}

// appendManifestSecrets adds the names that a manifest gives to secrets in any of its
// environments. One that is not right has none; its own findings say why.
func appendManifestSecrets(known []check.SecretSet, path string, read parsedManifest) []check.SecretSet {
	where := filepath.ToSlash(filepath.Clean(path))
	if read.err != nil || len(read.manifest.SecretNames()) == 0 || slices.ContainsFunc(known, func(k check.SecretSet) bool { return k.Where == where }) {
		return known
	}
	return append(known, check.SecretSet{Where: where, Names: read.manifest.SecretNames()})
}
