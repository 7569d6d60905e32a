package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// files are a keys file and a directory as Kubernetes mounts them: the file is a
// link by way of a link to a directory.
func mounted(t *testing.T) (dir, link, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, "..2026", "keys.toml")
	link = filepath.Join(dir, "keys.toml")
	for _, err := range []error{
		os.Mkdir(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(tenantsText), 0o600),
		os.Symlink("..2026", filepath.Join(dir, "..data")), os.Symlink(filepath.Join("..data", "keys.toml"), link), os.Chmod(dir, 0o755),
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

// The real file is judged, and the directories in which it or its link can be
// replaced.
func TestOpenTo(t *testing.T) {
	for name, test := range map[string]struct {
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
			dir, link, file := mounted(t)
			chmod(t, file, test.file)
			chmod(t, filepath.Dir(file), test.real)
			chmod(t, dir, test.dir)
			want := map[string]string{"": "", "file": file, "real": filepath.Dir(file), "dir": dir}[test.want]
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

// Files that others may write are a warning at the start and when they become so,
// once, and a metric; the server goes on.
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
	warned := func() [2]int {
		return [2]int{strings.Count(r.log.String(), "what=keys path="+r.keysFile), strings.Count(r.log.String(), "what=audit path="+audit)}
	}
	metric := func(keys, audit string) {
		t.Helper()
		r.get("/metrics").wants(t, 200, `prefect_secrets_writable_by_others{what="keys"} `+keys, `prefect_secrets_writable_by_others{what="audit"} `+audit)
	}
	if got := warned(); got != [2]int{0, 1} {
		t.Errorf("at the start: %v", got)
	}
	metric("0", "1")
	chmod(t, r.keysFile, 0o666)
	r.reloadFiles(false)
	r.reloadFiles(true)
	if got := warned(); got != [2]int{1, 1} {
		t.Errorf("after it became so: %v", got)
	}
	metric("1", "1")
	chmod(t, r.keysFile, 0o600)
	chmod(t, audit, 0o600)
	r.reloadFiles(false)
	metric("0", "0")
	r.do(r.admin, `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
}
