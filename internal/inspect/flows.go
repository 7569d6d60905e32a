package inspect

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// FlowOptions are the flows to check, and what defines the secrets that they read.
type FlowOptions struct {
	Given    option.Form
	Dirs     []string // directories of flow code, or files
	Configs  []string // files or patterns; empty means the one that Prefect reads, if it exists
	Manifest string   // empty means the one in the working directory, if it exists
	Env      []string // in which to look for Prefect's own config
	Check    check.Options
	Files    *Cache // files that were read already; nil for none
	// Stored returns the secrets in the store; nil means without a store. It may need
	// the manifest.
	Stored func(*Cache) (check.SecretSet, error)
}

// Flows are flows that were read, and the secrets that are defined for them.
type Flows struct {
	Reads   *check.FlowReads
	Defined []check.SecretSet

	options FlowOptions
	cache   *Cache
	configs Files
	files   int // how many flows
}

// LoadFlows reads flows, and the secrets that the configs, the environment, the
// manifest and the store define.
func LoadFlows(o FlowOptions) (*Flows, error) {
	configs, err := flowConfigs(o.Configs, o.Env)
	if err != nil {
		return nil, err
	}
	reads, files, err := ReadFlows(o.Dirs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Given.Label("flows"), err)
	}
	cache := cmp.Or(o.Files, NewCache())
	defined, err := cache.DefinedSecrets(configs.Paths, o.Manifest, o.Check)
	if err != nil {
		return nil, err
	}
	if o.Stored != nil {
		stored, err := o.Stored(cache)
		if err != nil {
			return nil, err
		}
		defined = append(defined, stored)
	}
	return &Flows{Reads: reads, Defined: defined, options: o, cache: cache, configs: configs, files: files}, nil
}

// Manifest is [Cache.Manifest] for the manifest of the options.
func (f *Flows) Manifest(show Show) (*secretsync.Manifest, error) {
	return f.cache.Manifest(f.options.Manifest, show)
}

// Check checks the flows, the configs and the manifest, and shows the findings. The
// error is an [exit.Error] if they reach the threshold.
func (f *Flows) Check(threshold check.FailOn, show Show) error {
	findings, err := f.cache.checkWithManifest(manifestPath(f.options.Manifest), f.configs, f.options.Check)
	if err != nil {
		return err
	}
	findings.Diagnostics = append(findings.Diagnostics, f.Reads.Check(f.Defined, f.options.Check)...)
	findings.Files += f.files
	if err := show(findings); err != nil {
		return err
	}
	if threshold.Fails(findings.Diagnostics) {
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

// WriteUnchecked writes how many reads are not checked, if any, and where each is.
func WriteUnchecked(w io.Writer, reads *check.FlowReads) {
	unknown := reads.Unknown()
	if len(unknown) == 0 {
		return
	}
	fmt.Fprintf(w, "prefect-secrets: reads under names that are computed, which are not checked: %d\n", len(unknown))
	for _, at := range unknown {
		fmt.Fprintf(w, "  %s:%d:%d\n", report.Safe(at.File), at.Line, at.Column)
	}
}

// flowConfigs returns the files that the patterns match, or without patterns the
// config that Prefect reads, if it exists.
func flowConfigs(patterns, env []string) (Files, error) {
	if len(patterns) > 0 {
		return Expand(patterns)
	}
	path := release.NewEnvironment(env).UserFile()
	if _, err := os.Stat(path); path == "" || errors.Is(err, fs.ErrNotExist) {
		return Files{}, nil
	}
	return Files{Paths: []string{path}}, nil
}

// isFlow reports whether a file may be flow code.
func isFlow(path string) bool {
	return strings.HasSuffix(path, ".py") || strings.HasSuffix(path, check.NotebookSuffix)
}

// checkpoints is the directory in which Jupyter keeps copies of notebooks.
const checkpoints = ".ipynb_checkpoints"

// ReadFlows reads every .py file and every notebook below dirs, which may also be
// files. Of other files that flows are deployed by, it reads those that refer to
// secrets, and those that dirs names.
func ReadFlows(dirs []string) (reads *check.FlowReads, files int, err error) {
	var flows []check.Flow
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == checkpoints {
				return fs.SkipDir
			}
			if err != nil || entry.IsDir() || path != dir && isPipe(path) {
				return err
			}
			found, err := readFlow(path, path == dir)
			flows = append(flows, found...)
			return err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if len(flows) == 0 {
		return nil, 0, fmt.Errorf("there is no .py file and no notebook in %s", strings.Join(dirs, ", "))
	}
	return check.ReadFlows(flows), len(flows), nil
}

// readFlow returns a file if it is one to check.
func readFlow(path string, named bool) ([]check.Flow, error) {
	mayRefer := check.IsReferenceFile(path)
	if !isFlow(path) && !mayRefer {
		return nil, nil
	}
	if mayRefer && !named {
		return readReferences(path)
	}
	text, err := configfile.Read(path)
	return []check.Flow{{Name: filepath.ToSlash(path), Text: text}}, err
}

// deploymentsFile is in what Prefect 2 and 3 look for deployments.
const deploymentsFile = "prefect.yaml"

// readReferences returns a file if it refers to secrets. One that is longer than any that
// flows are deployed by does not, nor does one of another program that cannot be read.
func readReferences(path string) ([]check.Flow, error) {
	if info, err := os.Stat(path); err != nil || info.Size() > check.MaxReferenceFile {
		return nil, nil
	}
	text, err := configfile.Read(path)
	switch {
	case err != nil && filepath.Base(path) == deploymentsFile:
		return nil, err
	case err != nil || !check.HasReferences(text):
		return nil, nil
	}
	return []check.Flow{{Name: filepath.ToSlash(path), Text: text}}, nil
}

// DefinedSecrets returns the secrets of the environment, of the configs and of the
// manifest.
func (c *Cache) DefinedSecrets(configs []string, manifest string, o check.Options) ([]check.SecretSet, error) {
	names, err := check.ConfigSecrets(nil, o)
	if err != nil {
		return nil, &exit.Error{Code: exit.Failed, Err: err}
	}
	environment := check.SecretSet{Where: "the environment", Names: names}
	if check.ConfigLookup(nil, o) == check.LookupOff {
		environment.Lookup = check.LookupOff
	}
	defined := []check.SecretSet{environment}
	for _, path := range configs {
		text, err := c.Read(path)
		if err != nil {
			return nil, fmt.Errorf("reading config: %w", err)
		}
		if isManifest(path) {
			defined = appendManifestSecrets(defined, path, c.parse(path, text))
			continue
		}
		// A config that no Prefect loads defines nothing; its own finding says why.
		if names, err := check.ConfigSecrets(text, o); err == nil {
			defined = append(defined, check.SecretSet{Where: displayName(path), Names: names, Lookup: check.ConfigLookup(text, o)})
		}
	}
	if manifest = manifestPath(manifest); manifest == "" {
		return defined, nil
	}
	parsed, err := c.manifest(manifest)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	return appendManifestSecrets(defined, manifest, parsed), nil
}
