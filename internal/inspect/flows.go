package inspect

import (
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
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// FlowOptions say which flows are read, and what they are checked beside.
type FlowOptions struct {
	Dirs     []string // directories of flow code, or files
	Configs  []string // or patterns of them; empty means the one that Prefect reads, if it is there
	Manifest string   // empty means the one in the working directory, if it is there
	Env      []string // where Prefect's own config is looked for
	Check    check.Options
	// Stored lists the names that the store has; nil if no store counts. It may need
	// the manifest.
	Stored func(*Cache) ([]string, error)
}

// Flows are flows that were read, and the secrets that there are for them.
type Flows struct {
	Reads *check.FlowReads
	Known []check.Known

	options FlowOptions
	cache   *Cache
	configs []string
	files   int
}

// ReadBeside reads flows, and the names that the configs, the environment, the manifest
// and the store have.
func ReadBeside(o FlowOptions) (*Flows, error) {
	configs, err := configsBesideFlows(o.Configs, o.Env)
	if err != nil {
		return nil, err
	}
	reads, files, err := ReadFlows(o.Dirs)
	if err != nil {
		return nil, fmt.Errorf("--flows: %w", err)
	}
	cache := NewCache()
	known, err := cache.Configured(configs, o.Manifest, o.Check)
	if err != nil {
		return nil, err
	}
	if o.Stored != nil {
		stored, err := o.Stored(cache)
		if err != nil {
			return nil, err
		}
		known = append(known, check.Known{Where: "the store", Names: stored})
	}
	return &Flows{Reads: reads, Known: known, options: o, cache: cache, configs: configs, files: files}, nil
}

// Manifest is [Cache.Manifest] for the one beside the flows.
func (f *Flows) Manifest(show Show) (*secretsync.Manifest, error) {
	return f.cache.Manifest(f.options.Manifest, show)
}

// Check checks the flows, and the configs and the manifest beside them, and exits with
// what they say.
func (f *Flows) Check(threshold check.FailOn, show Show) error {
	found, err := f.cache.besideManifest(manifestAtHand(f.options.Manifest), f.configs, f.options.Check)
	if err != nil {
		return err
	}
	found.Diagnostics = append(found.Diagnostics, f.Reads.Undefined(f.Known, f.options.Check)...)
	found.Files += f.files
	if err := show(found); err != nil {
		return err
	}
	if threshold.Fails(found.Diagnostics) {
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

// TellComputed says how many reads are not checked.
func TellComputed(w io.Writer, reads *check.FlowReads) {
	if n := len(reads.Unknown()); n > 0 {
		fmt.Fprintf(w, "prefect-secrets: reads under names that are computed, which are not checked: %d\n", n)
	}
}

// configsBesideFlows are the configs that are named, else the one that Prefect
// reads if it is there.
func configsBesideFlows(patterns, env []string) ([]string, error) {
	if len(patterns) > 0 {
		return Expand(patterns)
	}
	path := release.NewEnvironment(env).UserFile()
	if _, err := os.Stat(path); path == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return []string{path}, nil
}

// ReadFlows reads every .py file below the directories, or the files themselves.
func ReadFlows(dirs []string) (reads *check.FlowReads, files int, err error) {
	var flows []check.Flow
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".py") {
				return err
			}
			text, err := configfile.Read(path)
			flows = append(flows, check.Flow{Name: filepath.ToSlash(path), Text: text})
			return err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if len(flows) == 0 {
		return nil, 0, fmt.Errorf("there is no .py file in %s", strings.Join(dirs, ", "))
	}
	return check.Flows(flows), len(flows), nil
}

// Configured are the secrets of the configs, of the environment and of the manifest.
func (c *Cache) Configured(configs []string, manifest string, o check.Options) ([]check.Known, error) {
	names, err := check.ConfigSecrets(nil, o)
	if err != nil {
		return nil, &exit.Error{Code: exit.Failed, Err: err}
	}
	known := []check.Known{{Where: "the environment", Names: names}}
	for _, path := range configs {
		text, err := c.Read(path)
		if err != nil {
			return nil, fmt.Errorf("reading config: %w", err)
		}
		if isManifest(path) {
			known = withManifest(known, path, c.parse(path, text))
			continue
		}
		// A config that no Prefect loads has none; its own finding says why.
		if names, err := check.ConfigSecrets(text, o); err == nil {
			known = append(known, check.Known{Where: filepath.ToSlash(path), Names: names})
		}
	}
	if manifest = manifestAtHand(manifest); manifest == "" {
		return known, nil
	}
	read, err := c.manifest(manifest)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	return withManifest(known, manifest, read), nil
}
