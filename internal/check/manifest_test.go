package check

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// manifestFindings checks a manifest, with the problems that its reader finds.
func manifestFindings(name string, text []byte) []Diagnostic {
	_, err := secretsync.ParseManifest(name, text)
	return Manifest(name, text, tomlfile.Problems(err))
}

// TestManifestGolden checks each testdata/manifest/err/NAME.toml against NAME.out.
func TestManifestGolden(t *testing.T) {
	for _, path := range globFiles(t, "testdata/manifest/err/*.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := render(manifestFindings("prefect-secrets.toml", readFile(t, path)))
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
		if found := manifestFindings(path, readFile(t, path)); len(found) > 0 {
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
		for _, value := range []string{
			"%s", `"%s"`, "\"https://u:%s@x\"", `"%s`, `["%s", "[%[1]s", "%[1]s"]`, "1 # %s",
			`{from = "%s", format = "%[1]s", x = "%[1]s"}`,
		} {
			places++
			broken := text[:at+1] + fmt.Sprintf(value, canary) + text[at+1:]
			checkNotShown(t, manifestFindings("m.toml", []byte(broken)), broken, canary)
		}
	}
	if places < 100 {
		t.Errorf("only %d places", places)
	}
}
