package inspect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// defaultManifest is read where no other is named, if it is there. A file of that
// name is a manifest wherever it is.
const defaultManifest = "prefect-secrets.toml"

func isManifest(path string) bool { return filepath.Base(path) == defaultManifest }

// Manifest reads the manifest at hand, and shows what check finds in it, if
// that is anything. One that check finds an error in is not for use.
func Manifest(path string, show Show) (*secretsync.Manifest, error) {
	path = manifestAtHand(path)
	if path == "" {
		return &secretsync.Manifest{}, nil
	}
	text, err := configfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	manifest, found, err := parseManifest(path, text)
	if len(found) > 0 {
		if err := show(Found{found, 1}); err != nil {
			return nil, err
		}
	}
	switch errs, _ := report.CountSeverities(found); {
	case errs > 0:
		return nil, errors.New("the manifest has errors; nothing was changed")
	case err != nil:
		return nil, fmt.Errorf("an ignore comment does not mend a manifest; nothing was changed\n%w", err)
	}
	return manifest, nil
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

// Environment is the manifest at hand, as it is for one of its environments.
func Environment(path, environment string, show Show) (*secretsync.Manifest, error) {
	manifest, err := Manifest(path, show)
	if err != nil {
		return nil, err
	}
	return manifest.Environment(environment)
}

// parseManifest reads a manifest and checks it. The error is that of
// [secretsync.ParseManifest].
func parseManifest(path string, text []byte) (*secretsync.Manifest, []check.Diagnostic, error) {
	manifest, err := secretsync.ParseManifest(path, text)
	var problems []check.Problem
	var bad *secretsync.ManifestError
	if errors.As(err, &bad) {
		for _, p := range bad.Problems {
			problems = append(problems, check.Problem(p))
		}
	}
	return manifest, check.Manifest(filepath.ToSlash(path), text, problems), err
}

// checkFile checks a config, or a file of a manifest's name as a manifest.
func checkFile(path string, text []byte, o check.Options) []check.Diagnostic {
	if isManifest(path) {
		_, found, _ := parseManifest(path, text)
		return found
	}
	return check.File(filepath.ToSlash(path), text, o)
}

// WithManifest checks a manifest and the configs that are named, if any, shows
// what was found, and exits with that.
func WithManifest(manifest string, patterns []string, o check.Options, threshold check.FailOn, show Show) error {
	configs, err := Expand(patterns)
	if err != nil {
		return err
	}
	found, err := besideManifest(manifest, configs, o)
	if err != nil {
		return err
	}
	if err := show(found); err != nil || !threshold.Fails(found.Diagnostics) {
		return err
	}
	return &exit.Error{Code: exit.Failed}
}

// besideManifest checks a manifest, whatever its name, and configs.
func besideManifest(manifest string, configs []string, o check.Options) (Found, error) {
	if manifest == "" {
		return checkAll(configs, o)
	}
	text, err := configfile.Read(manifest)
	if err != nil {
		return Found{}, fmt.Errorf("reading manifest: %w", err)
	}
	_, found, _ := parseManifest(manifest, text)
	others, err := checkAll(withoutFile(configs, manifest), o)
	return Found{slices.Concat(found, others.Diagnostics), 1 + others.Files}, err
}

func withoutFile(paths []string, path string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return filepath.Clean(p) == filepath.Clean(path) })
}

// withManifest adds the names that the manifest at hand gives to secrets.
func withManifest(known []check.Known, path string) ([]check.Known, error) {
	if path = manifestAtHand(path); path == "" {
		return known, nil
	}
	text, err := configfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	return withManifestText(known, path, text), nil
}

// withManifestText adds the names that a manifest gives to secrets in any of its
// environments. One that is not right has none; its own findings say why.
func withManifestText(known []check.Known, path string, text []byte) []check.Known {
	where := filepath.ToSlash(filepath.Clean(path))
	manifest, err := secretsync.ParseManifest(path, text)
	if err != nil || len(manifest.SecretNames()) == 0 || slices.ContainsFunc(known, func(k check.Known) bool { return k.Where == where }) {
		return known
	}
	return append(known, check.Known{Where: where, Names: manifest.SecretNames()})
}
