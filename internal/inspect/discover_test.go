package inspect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	secretsConfig = "[context.secrets]\nA = \"$A\"\n"
	loggingConfig = "[logging]\nlevel = \"DEBUG\"\n"
)

// writeTree writes files below a new directory, which becomes the working directory.
func writeTree(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExpandDirectory(t *testing.T) {
	writeTree(t, map[string]string{
		"config.toml":                     secretsConfig,
		"deploy/prod.toml":                "[cloud.agent]\nname = \"a\"\n",
		"deploy/conflict.toml":            "<<<<<<< HEAD\n" + secretsConfig,
		"deploy/prefect-secrets.toml":     "include = []\n",
		"deploy/prefect-logging.toml":     loggingConfig,
		"prefect/settings.toml":           loggingConfig,
		".prefect/config.toml":            "",
		"{{cookiecutter.name}}/conf.toml": secretsConfig,
		"[odd]/config.toml":               secretsConfig,

		// None of these is one.
		"deploy/logging.toml":             loggingConfig,
		"prefect.toml":                    loggingConfig,
		"pyproject.toml":                  secretsConfig,
		"rust/Cargo.toml":                 secretsConfig,
		"netlify.toml":                    secretsConfig,
		"backend.txt":                     secretsConfig,
		".git/config.toml":                secretsConfig,
		".cache/config.toml":              secretsConfig,
		"node_modules/x/config.toml":      secretsConfig,
		"venv/config.toml":                secretsConfig,
		"envs/py/pyvenv.cfg":              "",
		"envs/py/lib/prefect/config.toml": secretsConfig,
		"lib/site-packages/p/config.toml": secretsConfig,
		"flows/__pycache__/x/config.toml": secretsConfig,
		"large.toml":                      secretsConfig + strings.Repeat("#", 16<<20),
	})
	want := []string{
		".prefect/config.toml", "[odd]/config.toml", "config.toml", "deploy/conflict.toml", "deploy/prefect-logging.toml",
		"deploy/prefect-secrets.toml", "deploy/prod.toml", "prefect/settings.toml", "{{cookiecutter.name}}/conf.toml",
	}
	files, err := Expand([]string{"."})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, files.Paths); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{".: found 8 configs and 1 manifest among 15 .toml files; left out, because nothing in them is Prefect's alone: " +
		"deploy/logging.toml, large.toml, prefect.toml"}, files.Found); diff != "" {
		t.Error(diff)
	}
	// A directory that is named is searched, whatever it is called, and each file is checked once.
	files, err = Expand([]string{".cache", "deploy/prod.toml", "deploy", "dep*"})
	if err != nil || len(files.Paths) != 5 || len(files.Found) != 3 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestExpandDirectoryWithoutConfigs(t *testing.T) {
	writeTree(t, map[string]string{"config.toml": secretsConfig, "flows/pyproject.toml": "", "flows/a.toml": loggingConfig, "empty/x.py": ""})
	for dir, wants := range map[string][]string{
		"flows": {"flows: neither a Prefect config nor a manifest", "[context.secrets]", "prefect-secrets.toml", "2 .toml files"},
		"empty": {"empty: neither a Prefect config nor a manifest"},
	} {
		_, err := Expand([]string{"config.toml", dir})
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, which lacks %q", dir, err, want)
			}
		}
	}
}

func TestExpandFollowsLinksWithin(t *testing.T) {
	writeTree(t, map[string]string{
		"outside/config.toml":   secretsConfig,
		"in/..data/config.toml": secretsConfig,
		"in/real/config.toml":   secretsConfig,
		"in/pipes/.keep":        "",
	})
	for link, target := range map[string]string{
		"in/mounted.toml":  "..data/config.toml", // as Kubernetes mounts a ConfigMap
		"in/z-again.toml":  "real/config.toml",
		"in/out.toml":      "../outside/config.toml",
		"in/dangling.toml": "gone.toml",
		"in/loop.toml":     "loop.toml",
		"in/up":            "..",
		"in/outside":       "../outside",
		"linked":           "in",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string][]string{
		"in":     {"in/mounted.toml", "in/real/config.toml"},
		"linked": {"linked/mounted.toml", "linked/real/config.toml"},
	} {
		files, err := Expand([]string{dir})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, files.Paths); diff != "" {
			t.Errorf("%s: %s", dir, diff)
		}
	}
}

func TestExpandForeignFiles(t *testing.T) {
	files := map[string]string{}
	wants := map[string]string{
		"flow.py": "is Python: check reads flow code by --flows", "x.ipynb": "is a notebook", "S.JSON": "is JSON",
		"a.yaml": "is YAML", "a.yml": "is YAML", "a.ini": "is an INI file", "setup.cfg": "is an INI file",
		".env": "is a dotenv file", "prod.env": "is a dotenv file", ".env.prod": "is a dotenv file", ".envrc": "is a dotenv file",
	}
	for name := range wants {
		files[name] = secretsConfig
	}
	files["config.toml.j2"], files["config"] = secretsConfig, secretsConfig
	writeTree(t, files)
	for name, want := range wants {
		if _, err := Expand([]string{name}); err == nil || !strings.Contains(err.Error(), name+" "+want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if found, err := Expand([]string{"config*"}); err != nil || len(found.Paths) != 2 {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := Expand([]string{"*"}); err == nil {
		t.Error("no error for a pattern that matches other files")
	}
}

// TestDiscoverBrokenFiles has files that do not parse: one that may be Prefect's is checked,
// and any other is named.
func TestDiscoverBrokenFiles(t *testing.T) {
	writeTree(t, map[string]string{
		"good.toml": secretsConfig, "config.toml": "debug = tru\n", "c.toml": "[logging\nlevel = 1\n", "other.toml": "[tool\na = 1\n", "x.toml": "[tool]\n",
		"utf16.toml": "\xff\xfe[\x00c\x00o\x00n\x00t\x00e\x00x\x00t\x00.\x00s\x00e\x00c\x00r\x00e\x00t\x00s\x00]\x00\n\x00",
	})
	files, err := Expand([]string{"."})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c.toml", "config.toml", "good.toml", "utf16.toml"}, files.Paths); diff != "" {
		t.Error(diff)
	}
	if want := "alone: other.toml (not TOML), x.toml"; !strings.HasSuffix(files.Found[0], want) {
		t.Errorf("%s", files.Found[0])
	}
}
