package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// defaultManifest is read where no other is named, if it is there. A file of that
// name is a manifest wherever it is.
const defaultManifest = "prefect-secrets.toml"

func isManifest(path string) bool { return filepath.Base(path) == defaultManifest }

// readManifest reads the manifest at hand, and shows what check finds in it, if
// that is anything. One that check finds an error in is not for use.
func readManifest(path string, show func(checked) error) (*secretsync.Manifest, error) {
	return (*files)(nil).readManifest(path, show)
}

// readManifest is that of files which may have been read.
func (f *files) readManifest(path string, show func(checked) error) (*secretsync.Manifest, error) {
	path = manifestAtHand(path)
	if path == "" {
		return &secretsync.Manifest{}, nil
	}
	read, err := f.manifest(path)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	if len(read.found) > 0 {
		if err := show(checked{read.found, 1}); err != nil {
			return nil, err
		}
	}
	switch errs, _ := report.CountSeverities(read.found); {
	case errs > 0:
		return nil, errors.New("the manifest has errors; nothing was changed")
	case read.err != nil:
		return nil, fmt.Errorf("an ignore comment does not mend a manifest; nothing was changed\n%w", read.err)
	}
	return read.manifest, nil
}

// manifestAtHand is the file that is named, else the one in the working directory,
// else nothing.
func manifestAtHand(path string) string {
	if path == "" {
		if _, err := os.Stat(defaultManifest); errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		return defaultManifest
	}
	return path
}

// parseManifest reads a manifest and checks it. The error is that of
// [secretsync.ParseManifest].
func parseManifest(path string, text []byte) (*secretsync.Manifest, []check.Diagnostic, error) {
	manifest, err := secretsync.ParseManifest(path, text)
	return manifest, check.Manifest(filepath.ToSlash(path), text, tomlfile.Problems(err)), err
}

// check checks a config, or a file of a manifest's name as a manifest.
func (f *files) check(path string, o check.Options) ([]check.Diagnostic, error) {
	if isManifest(path) {
		read, err := f.manifest(path)
		return read.found, err
	}
	text, err := f.read(path)
	if err != nil {
		return nil, err
	}
	return check.File(filepath.ToSlash(path), text, o), nil
}

// checkWithManifest checks a manifest and the configs that are named, if any, shows
// what was found, and exits with that.
func checkWithManifest(manifest string, patterns []string, o check.Options, threshold check.FailOn, show func(checked) error) error {
	configs, err := expandPatterns(patterns)
	if err != nil {
		return err
	}
	found, err := (*files)(nil).checkBesideManifest(manifest, configs, o)
	if err != nil {
		return err
	}
	if err := show(found); err != nil || !threshold.Fails(found.diagnostics) {
		return err
	}
	return &exitError{code: ExitFailed}
}

// checkBesideManifest checks a manifest, whatever its name, and configs.
func (f *files) checkBesideManifest(manifest string, configs []string, o check.Options) (checked, error) {
	if manifest == "" {
		return f.checkAll(configs, o)
	}
	read, err := f.manifest(manifest)
	if err != nil {
		return checked{}, fmt.Errorf("reading manifest: %w", err)
	}
	others, err := f.checkAll(withoutFile(configs, manifest), o)
	return checked{slices.Concat(read.found, others.diagnostics), 1 + others.files}, err
}

func withoutFile(paths []string, path string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return filepath.Clean(p) == filepath.Clean(path) })
}

// withManifest adds the names that a manifest gives to secrets in any of its
// environments. One that is not right has none; its own findings say why.
func withManifest(known []check.Known, path string, read parsedManifest) []check.Known {
	where := filepath.ToSlash(filepath.Clean(path))
	if read.err != nil || len(read.manifest.SecretNames()) == 0 || slices.ContainsFunc(known, func(k check.Known) bool { return k.Where == where }) {
		return known
	}
	return append(known, check.Known{Where: where, Names: read.manifest.SecretNames()})
}

// showOnStderr shows what check finds in a manifest to a command that is about
// something else.
func (c *Command) showOnStderr(found checked) error {
	return report.DiagnosticsText(c.Stderr, found.diagnostics, found.files)
}
