package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newMountedFile makes a keys file as Kubernetes mounts it: its path is a symbolic link
// that leads through a link to a directory.
func newMountedFile(t *testing.T) (dir, link, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, "..2026", "keys.toml")
	link = filepath.Join(dir, "keys.toml")
	for _, err := range []error{
		os.Mkdir(filepath.Dir(file), 0o755),
		os.WriteFile(file, []byte(tenantsText), 0o600),
		os.Symlink("..2026", filepath.Join(dir, "..data")),
		os.Symlink(filepath.Join("..data", "keys.toml"), link),
		os.Chmod(dir, 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, link, file
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// The file itself counts, and the directories in which it or its link can be replaced.
func TestWritableByOthers(t *testing.T) {
	for name, tt := range map[string]struct {
		file, real, dir os.FileMode
		want            string // of file, real, dir
	}{
		"nobody":               {0o600, 0o755, 0o755, ""},
		"all may read":         {0o644, 0o755, 0o755, ""},
		"the file, group":      {0o620, 0o755, 0o755, "file"},
		"the file, all":        {0o602, 0o755, 0o755, "file"},
		"its directory, group": {0o600, 0o775, 0o755, "real"},
		"its directory, all":   {0o600, 0o757, 0o755, "real"},
		"the link's directory": {0o600, 0o755, 0o777, "dir"},
		"a sticky one":         {0o600, os.ModeSticky | 0o777, os.ModeSticky | 0o777, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir, link, file := newMountedFile(t)
			chmod(t, file, tt.file)
			chmod(t, filepath.Dir(file), tt.real)
			chmod(t, dir, tt.dir)
			want := map[string]string{"": "", "file": file, "real": filepath.Dir(file), "dir": dir}[tt.want]
			if got := writableByOthers(link); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	for _, path := range []string{"", "/dev/null", filepath.Join(t.TempDir(), "none")} {
		if got := writableByOthers(path); got != "" {
			t.Errorf("%q: %q", path, got)
		}
	}
}

// Files that others may write cause one warning, at the start or when they become so,
// and a metric. The server runs on.
func TestFilesThatOthersMayWrite(t *testing.T) {
	dir := t.TempDir()
	audit := filepath.Join(dir, "audit.log")
	if err := os.WriteFile(audit, nil, 0o660); err != nil {
		t.Fatal(err)
	}
	chmod(t, audit, 0o660)
	r := newRig(t, "", func(c *Config) {
		var err error
		if c.Audit, err = OpenAudit(audit, c.Now); err != nil {
			t.Fatal(err)
		}
		chmod(t, c.KeysFile, 0o600)
		chmod(t, filepath.Dir(c.KeysFile), 0o755)
	})
	defer r.config.Audit.Close()
	warnings := func() [2]int {
		log := r.log.String()
		return [2]int{strings.Count(log, "what=keys path="+r.keysFile), strings.Count(log, "what=audit path="+audit)}
	}
	checkMetrics := func(keys, audit string) {
		t.Helper()
		r.get("/metrics").check(t, 200,
			`prefect_secrets_writable_by_others{what="keys"} `+keys,
			`prefect_secrets_writable_by_others{what="audit"} `+audit)
	}
	if got := warnings(); got != [2]int{0, 1} {
		t.Errorf("at the start: %v", got)
	}
	checkMetrics("0", "1")
	chmod(t, r.keysFile, 0o666)
	r.reloadFiles(false)
	r.reloadFiles(true)
	if got := warnings(); got != [2]int{1, 1} {
		t.Errorf("after it became so: %v", got)
	}
	checkMetrics("1", "1")
	chmod(t, r.keysFile, 0o600)
	chmod(t, audit, 0o600)
	r.reloadFiles(false)
	checkMetrics("0", "0")
	r.query(r.admin, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
}
