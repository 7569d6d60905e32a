package sources_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Sources are read in the order of the table, whatever the order they were given in.
func TestSourcesAreReadInTheOrderOfTheTable(t *testing.T) {
	dir := t.TempDir()
	given := sources.Given{
		Names: map[string][]string{"env-names": {"TOKEN", "H*"}, "secrets-file": {"-", dir + "/none"}},
		Texts: map[string]prefect.Value{"vars": prefect.TextValue(`{"V": "1"}`), "secrets": prefect.TextValue(`{"S": "1"}`)},
	}
	var got []string
	r := sources.Reader{
		Inputs: true, Stdin: strings.NewReader("F=1\n"), Env: []string{"TOKEN=1", "HOOK=1"},
		Done: func(s sources.Source, source *secretsync.Source) { got = append(got, s.Name+": "+source.Label) },
	}
	if _, err := r.All(given); err == nil || !strings.HasPrefix(err.Error(), "reading secrets: ") {
		t.Errorf("a file that is missing: %v", err)
	}
	if diff := cmp.Diff([]string{"secrets: input secrets", "vars: input vars", "secrets-file: standard input"}, got); diff != "" {
		t.Error(diff)
	}
	given.Names["secrets-file"] = nil
	all, err := r.All(given)
	if err != nil || len(all) != 3 || len(all[2].Entries) != 2 {
		t.Errorf("%d sources: %v", len(all), err)
	}
}

func TestNoSource(t *testing.T) {
	for _, tt := range []struct {
		inputs bool
		want   string
	}{
		{false, "no secrets: pass --secrets-file, --vars-file, --env-names or --secrets-config"},
		{true, "no secrets: pass the input secrets: ${{ toJSON(secrets) }}, secrets-file or env-names"},
	} {
		r := sources.Reader{Inputs: tt.inputs}
		if _, err := r.All(sources.Given{}); !errors.Is(err, sources.ErrNone) || err.Error() != tt.want {
			t.Errorf("%v", err)
		}
	}
}
