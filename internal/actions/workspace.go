package actions

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// workspace finds the files of a run in the repositories that it has checked out.
type workspace struct {
	dir        string // GITHUB_WORKSPACE
	server     string // the host of GitHub's pages
	repository string // the run's own, as owner/name
	commit     string // which the run checks out unless it is told another one

	found map[string]checkout // by directory
}

// place is where a file is at GitHub.
type place struct {
	repository string
	commit     string // empty if unknown
	path       string // from the root of the repository, with slashes
}

func (r *Runner) workspace(event Event) *workspace {
	w := &workspace{
		dir: r.getenv("GITHUB_WORKSPACE"), commit: r.getenv("GITHUB_SHA"), repository: event.Owner + "/" + event.Repo,
		found: map[string]checkout{},
	}
	if server, err := url.Parse(r.getenv("GITHUB_SERVER_URL")); err == nil {
		w.server = strings.ToLower(server.Hostname())
	}
	return w
}

// place returns where a file is, or false if it is in no repository at GitHub.
func (w *workspace) place(file string) (place, bool) {
	c, path, ok := w.locate(file)
	if !ok || c.repository == "" || c.server != w.server {
		return place{}, false
	}
	return place{c.repository, c.commit, path}, true
}

// locate returns the checkout that a file is in, and its path from the root of that with
// slashes. It reports false if it is in none.
func (w *workspace) locate(file string) (c checkout, path string, ok bool) {
	if file == "" {
		return c, "", false
	}
	file = realPath(file)
	c = w.checkout(file)
	path, err := filepath.Rel(c.root, file)
	return c, filepath.ToSlash(path), c.root != "" && err == nil && isBelow(path)
}

// checkout returns the checkout that a file is in.
func (w *workspace) checkout(file string) checkout {
	dir := filepath.Dir(file)
	c, ok := w.found[dir]
	if ok {
		return c
	}
	if c, ok = checkoutOf(file); !ok {
		c = w.withoutGit(file)
	}
	w.found[dir] = c
	return c
}

// withoutGit returns the workspace as a checkout, if a file is in it: actions/checkout
// makes no .git where it finds no Git. A workspace that is not here is mounted as the
// working directory.
func (w *workspace) withoutGit(file string) checkout {
	if w.dir == "" {
		return checkout{}
	}
	root := realPath(w.dir)
	if _, err := os.Stat(root); err != nil {
		root = realPath(".")
	}
	path, err := filepath.Rel(root, file)
	if err != nil || !isBelow(path) || hasCheckouts(root) {
		return checkout{}
	}
	return checkout{root: root, repository: w.repository, server: w.server, commit: w.commit}
}

// hasCheckouts reports whether a directory below dir, or one below that, is a checkout:
// then dir is not.
func hasCheckouts(dir string) bool {
	for _, pattern := range []string{"*/.git", "*/*/.git"} {
		if found, err := fs.Glob(os.DirFS(dir), pattern); err != nil || len(found) > 0 {
			return true
		}
	}
	return false
}

// path returns the path of a file from the root of the run's own repository. A checkout
// whose origin is unknown counts as one of that.
func (w *workspace) path(file string) (path string, ok bool) {
	c, path, ok := w.locate(file)
	if w.isForeign(c) {
		return "", false
	}
	return path, ok
}

// isForeign reports whether a checkout is of another repository than the run's.
func (w *workspace) isForeign(c checkout) bool {
	return c.repository != "" && (c.server != w.server || !strings.EqualFold(c.repository, w.repository))
}

// annotated returns the path of a file for an annotation, or "" if that would be another
// file's.
func (w *workspace) annotated(file string) string {
	switch c, path, ok := w.locate(file); {
	case w.isForeign(c):
		return ""
	case ok:
		return path
	}
	return file
}

// realPath returns the absolute path of a file, without symbolic links if it exists.
func realPath(file string) string {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real
	}
	return absolute
}

func isBelow(path string) bool {
	return path != "." && path != ".." && !strings.HasPrefix(filepath.ToSlash(path), "../")
}
