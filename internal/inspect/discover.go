package inspect

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// maxEntries is how many files and directories below a directory are looked at. A
// checkout of a large project has some 100,000; one that has more is likely not meant.
const maxEntries = 500_000

// discovery is what was found below a directory.
type discovery struct {
	dir       string
	configs   []string
	manifests []string
	others    []string // .toml files that are neither
	foreign   int      // .toml files that by their names are never Prefect's
	entries   int      // files and directories so far
	seen      map[string]bool
}

// discover finds the configs and manifests below a directory. It does not look into
// hidden directories except .prefect, nor into those that package managers fill. It
// follows links to files that are below the directory too, and none to directories.
func discover(dir string) (*discovery, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	d := &discovery{dir: dir, seen: map[string]bool{}}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("looking for configs in %s: %w", dir, err)
		}
		if d.entries++; d.entries > maxEntries {
			return fmt.Errorf("%s has more than %d files and directories below it: give the directories that hold the configs", dir, maxEntries)
		}
		if entry.IsDir() {
			return d.enter(root, name)
		}
		return d.add(root, name, entry)
	})
	if err == nil && len(d.configs)+len(d.manifests) == 0 {
		err = d.nothing()
	}
	return d, err
}

// filledDirectories are filled by package managers and compilers.
var filledDirectories = []string{"node_modules", "site-packages", "__pycache__", "__pypackages__", "venv"}

// enter returns [fs.SkipDir] for a directory that holds other people's files.
func (d *discovery) enter(root *os.Root, name string) error {
	base := path.Base(name)
	switch {
	case name == "." || base == prefectHome:
		return nil
	case strings.HasPrefix(base, "."), slices.Contains(filledDirectories, base):
		return fs.SkipDir
	}
	// Python's venv and virtualenv both write this file.
	if _, err := root.Lstat(path.Join(name, "pyvenv.cfg")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// add adds a file, if it is a config or a manifest.
func (d *discovery) add(root *os.Root, name string, entry fs.DirEntry) error {
	if path.Ext(name) != ".toml" {
		return nil
	}
	file := filepath.Join(d.dir, filepath.FromSlash(name))
	info, err := root.Stat(name)
	if err != nil && entry.Type()&fs.ModeSymlink != 0 {
		return nil // it leads nowhere, or out of the directory
	}
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(file); err != nil || d.seen[real] || !info.Mode().IsRegular() {
		return err
	} else {
		d.seen[real] = true
	}
	if isManifest(name) {
		d.manifests = append(d.manifests, file)
		return nil
	}
	if slices.Contains(otherPrograms, path.Base(name)) {
		d.foreign++
		return nil
	}
	is, broken, err := isConfig(file)
	switch {
	case err != nil:
		return fmt.Errorf("looking for configs in %s: %w", d.dir, err)
	case is:
		d.configs = append(d.configs, file)
	case broken:
		d.others = append(d.others, filepath.ToSlash(name)+" (not TOML)")
	default:
		d.others = append(d.others, filepath.ToSlash(name))
	}
	return nil
}

// prefectHome is the directory in which Prefect looks for its config.
const prefectHome = ".prefect"

// otherPrograms are the names of TOML files that are never Prefect's, though tables in
// them may look so.
var otherPrograms = []string{"pyproject.toml", "poetry.toml", "Cargo.toml", "netlify.toml", "pixi.toml"}

// isConfig reports whether a TOML file is a config: by its place if Prefect reads it
// there, by its tables, and where these are not certain by its name or directory. One that
// does not parse counts if it may be one, and else is broken.
func isConfig(file string) (is, broken bool, err error) {
	base, dir := filepath.Base(file), filepath.Base(filepath.Dir(file))
	if base == "config.toml" && dir == prefectHome {
		return true, false, nil
	}
	text, err := configfile.Read(file)
	if errors.Is(err, configfile.ErrTooLong) {
		return false, false, nil
	}
	likeness := check.Recognise(text)
	if likeness == check.Certain || likeness == check.Possible && isNamedForPrefect(base, dir) {
		return true, false, err
	}
	broken = !check.IsTOML(text)
	return broken && likeness == check.Possible && base != "prefect.toml", broken, err
}

// isNamedForPrefect reports whether the name of a file or its directory says that it
// is Prefect's. A prefect.toml is most likely one of Prefect 3.
func isNamedForPrefect(base, dir string) bool {
	return base != "prefect.toml" && strings.Contains(base, "prefect") || dir == "prefect" || dir == prefectHome
}

// nothing returns the error for a directory with neither configs nor manifests.
func (d *discovery) nothing() error {
	others := ""
	if n := len(d.others) + d.foreign; n > 0 {
		others = fmt.Sprintf("; what it has of other programs: %s", report.Plural(n, ".toml file"))
	}
	if len(d.others) > 0 {
		others += ", such as " + d.leftOut()
	}
	return fmt.Errorf("%s: neither a Prefect config nor a manifest is below it: looked for .toml files with tables of Prefect's, such as [context.secrets] or [cloud.agent], and for %s%s; a config that has neither is found by its own name: give the file",
		d.dir, defaultManifest, others)
}

// String says how many configs and manifests were found.
func (d *discovery) String() string {
	found := fmt.Sprintf("%s: found %s and %s among %s", d.dir, report.Plural(len(d.configs), "config"),
		report.Plural(len(d.manifests), "manifest"), report.Plural(len(d.configs)+len(d.manifests)+len(d.others)+d.foreign, ".toml file"))
	if len(d.others) == 0 {
		return found
	}
	return found + "; left out, because nothing in them is Prefect's alone: " + d.leftOut()
}

// leftOut returns the names of the files that are not checked: all of a few, those that do
// not parse first.
func (d *discovery) leftOut() string {
	const most = 5
	names := slices.Clone(d.others)
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(strings.Count(b, " (not TOML)"), strings.Count(a, " (not TOML)"))
	})
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
