package check

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// checkManifest checks a text with what its reader says about it.
func checkManifest(name string, text []byte) []Diagnostic {
	_, err := secretsync.ParseManifest(name, text)
	return Manifest(name, text, tomlfile.Problems(err))
}

// TestManifestGolden checks each testdata/manifest/err/NAME.toml against NAME.out.
func TestManifestGolden(t *testing.T) {
	for _, path := range globFiles(t, "testdata/manifest/err/*.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := render(checkManifest("prefect-secrets.toml", readFile(t, path)))
			golden := strings.TrimSuffix(path, ".toml") + ".out"
			if *update {
				writeFile(t, golden, got)
			}
			if diff := cmp.Diff(string(readFile(t, golden)), got); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManifestOK(t *testing.T) {
	for _, path := range globFiles(t, "testdata/manifest/ok/*.toml") {
		if found := checkManifest(path, readFile(t, path)); len(found) > 0 {
			t.Errorf("%s", render(found))
		}
	}
}

// TestManifestCanaries pastes a value into every place of a manifest.
func TestManifestCanaries(t *testing.T) {
	text := string(readFile(t, "testdata/manifest/ok/manifest.toml"))
	places := 0
	for at := range text {
		if text[at] != '"' && text[at] != '=' {
			continue
		}
		for _, value := range []string{"%s", `"%s"`, "\"https://u:%s@x\"", `"%s`, `["%s", "[%[1]s", "%[1]s"]`, "1 # %s", `{from = "%s", format = "%[1]s", x = "%[1]s"}`} {
			places++
			broken := text[:at+1] + fmt.Sprintf(value, canary) + text[at+1:]
			found := checkManifest("m.toml", []byte(broken))
			fields, err := json.Marshal(found)
			if err != nil {
				t.Fatal(err)
			}
			if out := string(fields) + render(found); strings.Contains(out, canary) {
				t.Fatalf("the value is shown:\n%s\nof\n%s", render(found), broken)
			}
		}
	}
	if places < 100 {
		t.Errorf("only %d places", places)
	}
}
