package actions

import (
	"bufio"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// checkout is a clone of a repository, as actions/checkout makes it. The zero value is
// one of which nothing is known.
type checkout struct {
	root       string // its directory
	repository string // owner/name at the server of origin; empty if unknown
	server     string // the host of origin
	commit     string // whose files it has; empty if unknown
}

// checkoutOf returns the checkout that a file is in: the nearest directory above it that
// has a .git, which Git need not be there to read.
func checkoutOf(file string) (c checkout, ok bool) {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if git, found := gitDirectory(dir); found {
			return readCheckout(dir, git), true
		}
		if dir == filepath.Dir(dir) {
			return checkout{}, false
		}
	}
}

// gitDirectory returns the directory with Git's data about a checkout. In a submodule
// and a worktree .git is a file that names it.
func gitDirectory(dir string) (git string, ok bool) {
	path := filepath.Join(dir, ".git")
	info, err := os.Stat(path)
	if err != nil {
		return "", false
	}
	if info.IsDir() {
		return path, true
	}
	to, _ := strings.CutPrefix(strings.TrimSpace(readStart(path)), "gitdir: ")
	return under(dir, to), true
}

// readCheckout reads what Git's directory says about a checkout.
func readCheckout(root, git string) checkout {
	common := git // a worktree shares all but its HEAD
	if to := strings.TrimSpace(readStart(filepath.Join(git, "commondir"))); to != "" {
		common = under(git, to)
	}
	c := checkout{root: root}
	c.server, c.repository = splitRemote(originURL(readStart(filepath.Join(common, "config"))))
	head := strings.TrimSpace(readStart(filepath.Join(git, "HEAD")))
	if branch, ok := strings.CutPrefix(head, "ref: "); ok {
		head = branchCommit(common, branch)
	}
	if commitID().MatchString(head) {
		c.commit = head
	}
	return c
}

// branchCommit returns the last commit of a branch, which Git keeps in a file of its own
// or in a list of all.
func branchCommit(git, branch string) string {
	if !filepath.IsLocal(branch) {
		return ""
	}
	if commit := strings.TrimSpace(readStart(filepath.Join(git, branch))); commit != "" {
		return commit
	}
	for line := range strings.Lines(readStart(filepath.Join(git, "packed-refs"))) {
		if commit, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == branch {
			return commit
		}
	}
	return ""
}

// maxGitFile is how much of a file of Git's is read.
const maxGitFile = 4 << 20

// readStart returns the start of a file, or "" if it cannot be read.
func readStart(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxGitFile))
	if err != nil {
		return ""
	}
	return string(data)
}

// under returns a path that is relative to dir, or absolute.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

var (
	configSection = lazyregexp.New(`^\s*\[\s*(.*?)\s*\]`)
	configURL     = lazyregexp.New(`^(?i)\s*url\s*=\s*"?([^"\s]+)"?\s*$`)
)

// originURL returns the URL of the remote origin in a configuration of Git's.
func originURL(config string) string {
	isOrigin := false
	for lines := bufio.NewScanner(strings.NewReader(config)); lines.Scan(); {
		if m := configSection().FindStringSubmatch(lines.Text()); m != nil {
			isOrigin = m[1] == `remote "origin"`
		}
		if m := configURL().FindStringSubmatch(lines.Text()); m != nil && isOrigin {
			return m[1]
		}
	}
	return ""
}

// scpForm matches the short form of a remote over SSH, such as git@github.com:o/r.git.
var scpForm = lazyregexp.New(`^(?:[^/@:]+@)?([^/@:]+):([^/].*)$`)

// splitRemote returns host and owner/name of a remote's URL, or nothing if it is another
// path. The password that a URL may hold is dropped.
func splitRemote(remote string) (server, repository string) {
	var path string
	if m := scpForm().FindStringSubmatch(remote); m != nil {
		server, path = m[1], m[2]
	} else if u, err := url.Parse(remote); err == nil {
		server, path = u.Hostname(), u.Path
	}
	parts := strings.Split(strings.TrimSuffix(strings.Trim(path, "/"), ".git"), "/")
	n := len(parts)
	if server == "" || n < 2 || !segment().MatchString(parts[n-2]) || !segment().MatchString(parts[n-1]) {
		return "", ""
	}
	return strings.ToLower(strings.TrimPrefix(server, "ssh.")), parts[n-2] + "/" + parts[n-1]
}
