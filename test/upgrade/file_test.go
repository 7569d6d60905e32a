//go:build upgrade

package upgrade_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// One file goes from the release before to this one and back. Each reads all that both
// wrote, whichever release the client has.
func TestFileStore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.server(t, "file", nil, "--store", "file:"+s.file("secrets.db"), "--store-key-file", s.file("store.key"))
	want := map[string]string{}
	write := func(client, name, value string) {
		s.set(t, client, r.url, name, value)
		want[name] = value
	}
	backup := func(client, name string) {
		mustRun(t, client, nil, "", "backup", s.file(name), "--api-url", r.url, "--api-key-file", s.file("admin.key"))
	}

	r.start(t, previous)
	write(previous, "KEPT", "written before the upgrade")
	write(previous, "CHANGED", "first")
	write(current, "LONG", strings.Repeat("é\U0001f511", 5000))
	r.checkValues(t, want)
	backup(current, "before.backup")
	before := maps.Clone(want)
	r.stop(t)

	r.start(t, current)
	r.checkValues(t, want)
	write(current, "CHANGED", "second")
	write(current, "NEW", "written after the upgrade")
	write(previous, "NEW_BY_OLD_CLIENT", "written after the upgrade, too")
	r.checkValues(t, want)
	backup(previous, "after.backup")
	r.stop(t)

	r.start(t, previous)
	r.checkValues(t, want)
	write(previous, "CHANGED", "third")
	write(current, "LAST", "written after the rollback")
	r.checkValues(t, want)
	names := mustRun(t, current, nil, "", "names", "--api-url", r.url, "--api-key-file", s.file("admin.key"))
	for name := range want {
		if !strings.Contains(names, name) {
			t.Errorf("%s is not among the names:\n%s", name, names)
		}
	}
	r.stop(t)

	delete(want, "LAST")
	want["CHANGED"] = "second"
	s.checkRestored(t, current, "before.backup", before)
	s.checkRestored(t, previous, "after.backup", want)
}

// The release before opens a store that this release made.
func TestNewFileStore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.server(t, "new", nil, "--store", "file:"+s.file("secrets.db"), "--store-key-file", s.file("store.key"))
	r.start(t, current)
	s.set(t, current, r.url, "NEW", "a value")
	r.stop(t)
	r.start(t, previous)
	r.checkValues(t, map[string]string{"NEW": "a value"})
	r.stop(t)
}

// Clients that sync while the only server is replaced wait for it, and lose no write.
func TestSyncsWaitForTheServer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.server(t, "busy", nil, "--store", "file:"+s.file("secrets.db"), "--store-key-file", s.file("store.key"))
	r.start(t, previous)
	c := s.startSyncs(t, r.url)
	c.both(t, r, r)
	for _, release := range []string{current, previous} {
		r.stop(t)
		r.start(t, release)
		c.both(t, r, r)
	}
	r.checkValues(t, c.end(t))
}

// checkRestored restores a backup with a release and reads it.
func (s *site) checkRestored(t *testing.T, release, backup string, want map[string]string) {
	t.Helper()
	path := s.file(backup + ".db")
	mustRun(t, release, nil, "", "restore", s.file(backup), "--store", "file:"+path, "--store-key-file", s.file("store.key"))
	r := s.server(t, backup, nil, "--store", "file:"+path, "--store-key-file", s.file("store.key"))
	r.start(t, release)
	r.checkValues(t, want)
	r.stop(t)
}

// Both releases refuse a file of a format that is newer than theirs, and change nothing.
func TestNewerFormat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.file("secrets.db")
	r := s.server(t, "file", nil, "--store", "file:"+path, "--store-key-file", s.file("store.key"))
	r.start(t, previous)
	s.set(t, previous, r.url, "KEPT", "a value")
	r.stop(t)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("prefect-secrets")).Put([]byte("format"), []byte{9})
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, release := range []string{previous, current} {
		out, err := run(release, nil, "", append(r.args, "--listen", "127.0.0.1:0")...)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(out, "a later release of prefect-secrets made this store") || !strings.Contains(out, "its format is 9") {
			t.Errorf("%s: %v\n%s", release, err, out)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s changed the file (%v)", release, err)
		}
	}
}

// A keys file with something that only this release knows is an error of the release
// before, which names the line and serves nothing.
func TestNewerKeysFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	text, err := os.ReadFile(s.file("keys.toml"))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "keys.toml", strings.Replace(string(text), "[[keys]]", "[[keys]]\nfrom-the-future = true", 1))
	for _, release := range []string{previous, current} {
		out, err := run(release, nil, "", "serve", "--store", "memory", "--keys-file", s.file("keys.toml"), "--listen", "127.0.0.1:0")
		if err == nil || !strings.Contains(out, "keys.toml:6:1: ") || !strings.Contains(out, "from-the-future") {
			t.Errorf("%s: %v\n%s", release, err, out)
		}
	}
}
