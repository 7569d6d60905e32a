package sync_test

import (
	"testing"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/test/dotenvforms"
)

func mustLoadForms(t *testing.T, heading string) []dotenvforms.Row {
	t.Helper()
	rows, err := dotenvforms.Load("../docs/dotenv.md", heading)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestDotenvDocs(t *testing.T) {
	for _, heading := range []string{dotenvforms.Read, dotenvforms.Dollar} {
		for _, row := range mustLoadForms(t, heading) {
			if got := mustParseFile(t, "f.env", row.File)[0]; got != "A="+row.Value {
				t.Errorf("%q is read as %q", row.File, got)
			}
		}
	}
	for _, row := range mustLoadForms(t, dotenvforms.Refused) {
		if _, err := secretsync.ParseSecretsFile("f.env", "f.env", []byte(row.File)); err == nil {
			t.Errorf("%q is read", row.File)
		}
		if _, err := secretsync.ParseSecretsFile("f.env", "f.env", []byte(row.Instead)); err != nil || row.Instead == "" {
			t.Errorf("%q, which the page advises: %v", row.Instead, err)
		}
	}
}
