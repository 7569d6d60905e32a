package dotenv

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/test/dotenvforms"
)

var (
	seed  = flag.Uint64("seed", 1, "of the generated files")
	files = flag.Int("files", 4000, "how many files are generated")
)

// TestForms holds the tables of docs/dotenv.md to the libraries.
func TestForms(t *testing.T) {
	texts := slices.Concat(filesUnder(t, dotenvforms.Read), filesUnder(t, dotenvforms.Dollar))
	readings := readAll(t, texts)
	for i, text := range texts {
		checkAlike(t, text, readings, i)
	}
	texts = filesUnder(t, dotenvforms.Refused)
	readings = readAll(t, texts)
	for i, text := range texts {
		if alike(readings, i) {
			t.Errorf("%q, of what is refused, is read alike", text)
		}
	}
}

func filesUnder(t *testing.T, heading string) []string {
	t.Helper()
	rows, err := dotenvforms.Load("../../docs/dotenv.md", heading)
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = row.File
	}
	return texts
}

// TestWholeFiles has files as teams have them.
func TestWholeFiles(t *testing.T) {
	shared, err := os.ReadFile("../../fixtures/ci-secrets.env")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("testdata/team.env")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{string(shared), string(own)}
	readings := readAll(t, texts)
	for i, text := range texts {
		checkAlike(t, text, readings, i)
	}
}

// checkAlike fails the test if a text is refused, or a library reads it differently.
func checkAlike(t *testing.T, text string, readings [][]reading, i int) {
	t.Helper()
	want, noted, err := ours(t, text)
	if err != nil {
		t.Errorf("%q is refused: %v", text, err)
		return
	}
	if diffs := differences(readings, i, want, noted); len(diffs) > 0 {
		t.Errorf("%q:\n  %s", text, strings.Join(diffs, "\n  "))
	}
}

// TestGenerated holds that what is read is read alike by every library, or noted.
func TestGenerated(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(*seed, 0))}
	texts := make([]string, *files)
	for i := range texts {
		texts[i] = g.file()
	}
	readings, refused := readAll(t, texts), 0
	for i, text := range texts {
		if _, _, err := ours(t, text); err != nil {
			refused++
			continue
		}
		checkAlike(t, text, readings, i)
	}
	read := len(texts) - refused
	t.Logf("seed %d: %d files, of which %d are read and %d refused", *seed, len(texts), read, refused)
	if read < len(texts)/4 || refused < len(texts)/4 {
		t.Error("the generator makes too few of one kind")
	}
}

// readAll returns the readings of all texts, library by library.
func readAll(t *testing.T, texts []string) [][]reading {
	t.Helper()
	readings := make([][]reading, len(libraries))
	var group sync.WaitGroup
	for i, l := range libraries {
		group.Go(func() { readings[i] = l.read(t, texts) })
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return readings
}

// alike reports whether all libraries read a text, and the same in it.
func alike(readings [][]reading, text int) bool {
	return !slices.ContainsFunc(readings, func(of []reading) bool {
		return of[text] == nil || !maps.Equal(of[text], readings[0][text])
	})
}

func differences(readings [][]reading, text int, want reading, noted map[string]bool) []string {
	var diffs []string
	for i, l := range libraries {
		if diff := difference(want, readings[i][text], noted); diff != "" {
			diffs = append(diffs, l.name+" "+diff)
		}
	}
	return diffs
}

func difference(want, got reading, noted map[string]bool) string {
	if got == nil {
		return "refuses the file"
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch value, ok := got[name]; {
		case !ok:
			return "lacks " + name
		case value != want[name] && !noted[name]:
			return fmt.Sprintf("reads %s as %q, not %q", name, value, want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			return fmt.Sprintf("finds %q", name)
		}
	}
	return ""
}

// ours reads a file as sync does. In noted are the names whose row in a plan says
// that a $ is kept as it is.
func ours(t *testing.T, text string) (found reading, noted map[string]bool, err error) {
	t.Helper()
	source, err := secretsync.ParseSecretsFile("f.env", "f.env", []byte(text))
	if err != nil {
		return nil, nil, err
	}
	found, dollars := reading{}, false
	for _, entry := range source.Entries {
		found[entry.Name] = entry.Text.RevealText()
		dollars = dollars || strings.Contains(found[entry.Name], "$")
	}
	if dollars {
		noted = notedIn(t, source)
	}
	return found, noted, nil
}

func notedIn(t *testing.T, source *secretsync.Source) map[string]bool {
	t.Helper()
	outcome, err := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: emptyStore{}}.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]bool{}
	for _, action := range outcome.Tenants[0].Plan.Actions {
		noted[action.Source] = strings.Contains(action.Reason, "is kept, though")
	}
	return noted
}

// emptyStore has no secrets, and is asked for nothing else.
type emptyStore struct{ secretsync.Store }

func (emptyStore) GetOverview(context.Context, []string) (prefect.Overview, error) {
	return prefect.Overview{}, nil
}
