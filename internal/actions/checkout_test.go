package actions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const otherSHA = "1111111111111111111111111111111111111111"

// writeFiles writes files below dir, by their path.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// gitConfig is a configuration as actions/checkout writes it, with a remote origin.
func gitConfig(origin string) string {
	return "[core]\n\trepositoryformatversion = 0\n[remote \"upstream\"]\n\turl = https://github.com/up/stream\n" +
		"[remote \"origin\"]\n\turl = " + origin + "\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n" +
		"[gc]\n\tauto = 0\n[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic ***\n"
}

// A link and an annotation are for the repository, the path and the commit that
// actions/checkout has checked out, wherever that is.
func TestACheckoutSaysWhereItsFilesAre(t *testing.T) {
	const blob, own = "https://github.com/acme/flows/blob/", "https://github.com/acme/flows"
	detached := func(dir, origin, commit string) map[string]string {
		return map[string]string{dir + ".git/HEAD": commit + "\n", dir + ".git/config": gitConfig(origin)}
	}
	for name, tt := range map[string]struct {
		files     map[string]string
		file      string
		want      string // the link to line 2
		annotated string
	}{
		"a merge commit":      {detached("", own, mergeSHA), "config/a.toml", blob + mergeSHA + "/config/a.toml#L2", "config/a.toml"},
		"ref: the head":       {detached("", own, headSHA), "a.toml", blob + headSHA + "/a.toml#L2", "a.toml"},
		"path: app":           {detached("app/", own, mergeSHA), "app/config/a.toml", blob + mergeSHA + "/config/a.toml#L2", "config/a.toml"},
		"path: deep/in/it":    {detached("deep/in/it/", own, mergeSHA), "deep/in/it/a.toml", blob + mergeSHA + "/a.toml#L2", "a.toml"},
		"another repository":  {detached("shared/", "https://github.com/acme/shared", otherSHA), "shared/a.toml", "https://github.com/acme/shared/blob/" + otherSHA + "/a.toml#L2", ""},
		"a fork":              {detached("", "https://github.com/fork/flows", headSHA), "a.toml", "https://github.com/fork/flows/blob/" + headSHA + "/a.toml#L2", ""},
		"another server":      {detached("lib/", "https://gitlab.com/acme/flows", otherSHA), "lib/a.toml", "", ""},
		"another case":        {detached("", "https://github.com/Acme/Flows", mergeSHA), "a.toml", "https://github.com/Acme/Flows/blob/" + mergeSHA + "/a.toml#L2", "a.toml"},
		"with .git":           {detached("", own+".git", mergeSHA), "a.toml", blob + mergeSHA + "/a.toml#L2", "a.toml"},
		"ssh-key":             {detached("", "git@github.com:acme/flows.git", mergeSHA), "a.toml", blob + mergeSHA + "/a.toml#L2", "a.toml"},
		"ssh by its port":     {detached("", "ssh://git@ssh.github.com:443/acme/flows.git", mergeSHA), "a.toml", blob + mergeSHA + "/a.toml#L2", "a.toml"},
		"a token in the URL":  {detached("", "https://x-access-token:ghs_hunter2@github.com/acme/flows", mergeSHA), "a.toml", blob + mergeSHA + "/a.toml#L2", "a.toml"},
		"a local path":        {detached("", "/srv/git/acme/flows", mergeSHA), "a.toml", "", "a.toml"},
		"an odd remote":       {detached("", "https://github.com/acme/flows)(x", mergeSHA), "a.toml", "", "a.toml"},
		"an odd HEAD":         {detached("", own, "x)(y"), "a.toml", "", "a.toml"},
		"no origin":           {map[string]string{".git/HEAD": mergeSHA, ".git/config": "[core]\n"}, "a.toml", "", "a.toml"},
		"beside the checkout": {detached("app/", own, mergeSHA), "made.toml", "", "made.toml"},
		"no git":              {nil, "config/a.toml", blob + mergeSHA + "/config/a.toml#L2", "config/a.toml"},
		"a branch": {map[string]string{
			".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": otherSHA + "\n", ".git/config": gitConfig(own),
		}, "a.toml", blob + otherSHA + "/a.toml#L2", "a.toml"},
		"a packed branch": {map[string]string{
			".git/HEAD": "ref: refs/heads/main\n", ".git/config": gitConfig(own),
			".git/packed-refs": "# pack-refs with: peeled\n" + headSHA + " refs/heads/mai\n" + otherSHA + " refs/heads/main\n^" + headSHA + "\n",
		}, "a.toml", blob + otherSHA + "/a.toml#L2", "a.toml"},
		"a branch that leaves .git": {map[string]string{
			".git/HEAD": "ref: ../secret\n", "secret": otherSHA, ".git/config": gitConfig(own),
		}, "a.toml", "", "a.toml"},
		"a submodule": {map[string]string{
			".git/HEAD": mergeSHA, ".git/config": gitConfig(own), "sub/.git": "gitdir: ../.git/modules/sub\n",
			".git/modules/sub/HEAD": otherSHA + "\n", ".git/modules/sub/config": gitConfig("https://github.com/acme/sub.git"),
		}, "sub/a.toml", "https://github.com/acme/sub/blob/" + otherSHA + "/a.toml#L2", ""},
		"a worktree": {map[string]string{
			".git/config": gitConfig(own), ".git/worktrees/w/HEAD": otherSHA + "\n", ".git/worktrees/w/commondir": "../..\n",
			"w/.git": "gitdir: ../.git/worktrees/w\n",
		}, "w/a.toml", blob + otherSHA + "/a.toml#L2", "a.toml"},
	} {
		dir := t.TempDir()
		writeFiles(t, dir, tt.files)
		writeFiles(t, dir, map[string]string{tt.file: "a = 1\n"})
		t.Chdir(dir)
		l := newLinks(t, dir, headPayload)
		for _, file := range []string{tt.file, filepath.Join(dir, tt.file), "./" + tt.file} {
			if got := l.lines(file, 2, 2); got != tt.want {
				t.Errorf("%s: %s: got  %s\nwant %s", name, file, got, tt.want)
			}
		}
		if got := l.files.annotated(tt.file); got != tt.annotated {
			t.Errorf("%s: annotated as %q, want %q", name, got, tt.annotated)
		}
		if strings.Contains(l.lines(tt.file, 2, 2), "hunter2") {
			t.Errorf("%s: the token shows", name)
		}
	}
}

// A link to a file follows it to the checkout that has it.
func TestASymbolicLinkLeadsToItsCheckout(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		".git/HEAD": mergeSHA, ".git/config": gitConfig("https://github.com/acme/flows"), "real/a.toml": "",
		"shared/.git/HEAD": otherSHA, "shared/.git/config": gitConfig("https://github.com/acme/shared"), "shared/b.toml": "",
	})
	for name, to := range map[string]string{"a.toml": "real/a.toml", "b.toml": "shared/b.toml"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	l := newLinks(t, dir, headPayload)
	for file, want := range map[string]string{
		"a.toml": "https://github.com/acme/flows/blob/" + mergeSHA + "/real/a.toml",
		"b.toml": "https://github.com/acme/shared/blob/" + otherSHA + "/b.toml",
	} {
		if got := l.lines(file, 0, 0); got != want {
			t.Errorf("%s: got %s", file, got)
		}
	}
}

// A workspace that is mounted as the working directory has the links and annotations of
// one that is not.
func TestAMountedWorkspace(t *testing.T) {
	t.Chdir(t.TempDir())
	l := newLinks(t, "/no/such/workspace", headPayload)
	if got := l.lines("config/a.toml", 1, 1); got != "https://github.com/acme/flows/blob/"+mergeSHA+"/config/a.toml#L1" {
		t.Errorf("got %q", got)
	}
	for file, want := range map[string]string{"config/../a.toml": "a.toml", "../a.toml": "../a.toml", "/other/b.toml": "/other/b.toml"} {
		if got := l.files.annotated(file); got != want {
			t.Errorf("%s is annotated as %s", file, got)
		}
	}
}
