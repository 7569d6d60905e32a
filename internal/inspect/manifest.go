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
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// defaultManifest is the manifest that is read if no other is named. A file with
// this name in any directory is a manifest.
const defaultManifest = "prefect-secrets.toml"

// ErrManifest means that the findings in a manifest, which were shown, have errors.
var ErrManifest = errors.New("the manifest has errors")

func isManifest(path string) bool { return filepath.Base(path) == defaultManifest }

// Manifest reads the manifest at path, or the default one, and shows the findings,
// if there are any. It fails if one of them is an error. Without a manifest it
// returns an empty one. It omits findings that matter to one environment alone.
func (c *Cache) Manifest(path string, show Show) (*secretsync.Manifest, error) {
	return c.valid(path, show, func(m *secretsync.Manifest) (*secretsync.Manifest, error) { return m, nil })
}

// Environment is [Cache.Manifest], for one of the manifest's environments.
func (c *Cache) Environment(path, environment string, show Show) (*secretsync.Manifest, error) {
	return c.valid(path, show, func(m *secretsync.Manifest) (*secretsync.Manifest, error) { return m.Environment(environment) })
}

// valid returns a part of the manifest at path, and shows what is wrong with that part.
func (c *Cache) valid(path string, show Show, part func(*secretsync.Manifest) (*secretsync.Manifest, error)) (*secretsync.Manifest, error) {
	path = manifestPath(path)
	if path == "" {
		return part(&secretsync.Manifest{})
	}
	parsed, err := c.manifest(path)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	manifest, err := parsed.manifest, parsed.err
	if err == nil {
		manifest, err = part(manifest)
	}
	problems := tomlfile.Problems(err)
	diagnostics := parsed.about(problems)
	if len(diagnostics) > 0 {
		if err := show(Findings{Diagnostics: diagnostics, Files: 1}); err != nil {
			return nil, err
		}
	}
	switch {
	case report.CountSeverities(diagnostics)[check.SeverityError] > 0:
		return nil, ErrManifest
	case parsed.err != nil || len(problems) > 0:
		return nil, fmt.Errorf("an ignore comment does not mend a manifest\n%w", err)
	}
	return manifest, err
}

// about returns the findings, of rule manifest only those about the given problems.
func (p parsedManifest) about(problems []tomlfile.Problem) []check.Diagnostic {
	return slices.DeleteFunc(slices.Clone(p.diagnostics), func(d check.Diagnostic) bool {
		is := func(p tomlfile.Problem) bool { return p.Line == d.Line && p.Column == d.Column }
		return d.Rule == "manifest" && !slices.ContainsFunc(problems, is)
	})
}

// manifestPath returns path or, if that is empty, the default manifest in the
// working directory, if it exists.
func manifestPath(path string) string {
	if path == "" {
		if _, err := os.Stat(defaultManifest); errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		return defaultManifest
	}
	return path
}

func parseManifest(path string, text []byte) parsedManifest {
	manifest, err := secretsync.ParseManifest(path, text)
	invalid := err
	if err == nil {
		invalid = manifest.CheckNames()
	}
	return parsedManifest{manifest, check.Manifest(filepath.ToSlash(path), text, tomlfile.Problems(invalid)), err}
}

// checkFile checks a config, or a file named like a manifest as a manifest.
func (c *Cache) checkFile(path string, o check.Options) ([]check.Diagnostic, error) {
	if isManifest(path) {
		parsed, err := c.manifest(path)
		return o.Selected(parsed.diagnostics), err
	}
	text, err := c.Read(path)
	if err != nil {
		return nil, err
	}
	return check.File(filepath.ToSlash(path), text, o), nil
}

// CheckManifest checks a manifest and the configs that the patterns match, and shows
// the findings. The error is an [exit.Error] if they reach the threshold.
func (c *Cache) CheckManifest(manifest string, patterns []string, o check.Options, threshold check.FailOn, show Show) error {
	configs, err := Expand(patterns)
	if err != nil {
		return err
	}
	findings, err := c.checkWithManifest(manifest, configs, o)
	if err != nil {
		return err
	}
	if err := show(findings); err != nil || !threshold.Fails(findings.Diagnostics) {
		return err
	}
	return &exit.Error{Code: exit.Failed}
}

// checkWithManifest checks configs and, unless its path is empty, a manifest of any name.
func (c *Cache) checkWithManifest(manifest string, configs Files, o check.Options) (Findings, error) {
	if manifest == "" {
		return c.checkAll(configs, o)
	}
	parsed, err := c.manifest(manifest)
	if err != nil {
		return Findings{}, fmt.Errorf("reading manifest: %w", err)
	}
	configs.Paths = without(configs.Paths, manifest)
	findings, err := c.checkAll(configs, o)
	findings.Diagnostics, findings.Files = slices.Concat(o.Selected(parsed.diagnostics), findings.Diagnostics), 1+findings.Files
	return findings, err
}

func without(paths []string, path string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return filepath.Clean(p) == filepath.Clean(path) })
}

// appendManifestSecrets appends the names of the secrets in any environment of a
// manifest, as each kind of store keeps them, unless the manifest is in sets already. An
// invalid manifest defines what could be read of it.
func appendManifestSecrets(sets []check.SecretSet, path string, parsed parsedManifest) []check.SecretSet {
	where := filepath.ToSlash(filepath.Clean(path))
	if parsed.manifest == nil || slices.ContainsFunc(sets, func(s check.SecretSet) bool { return s.Where == where }) {
		return sets
	}
	names := parsed.manifest.StoredNames()
	for _, kind := range storekind.All {
		if len(names[kind.Name]) == 0 {
			continue
		}
		set := check.SecretSet{Where: where, Names: names[kind.Name], Store: kind}
		if kind == storekind.Default {
			set.Lookup = check.LookupStore
		}
		sets = append(sets, set)
	}
	return sets
}
