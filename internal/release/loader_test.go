package release

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestLoaderReadsOnce loads a config as every release, which parses it once, and gets
// what Load gives.
func TestLoaderReadsOnce(t *testing.T) {
	for _, text := range []string{"[cloud]\napi = 'x'\n[context.secrets]\na = '1'\nb = '$B'\n[mine]\nlist = [1, 2]\n", "a == 1\n", "a = \n"} {
		o := Options{Text: text, Env: []string{"B=b", "PREFECT__CONTEXT__SECRETS__C=c", "PREFECT__CLOUD__AGENT__NAME=n"}}
		loader := NewLoader(o)
		for _, v := range Any.Releases() {
			o.Version = v
			got, gotErr := loader.Load(v)
			want, wantErr := Load(o)
			if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Errorf("%s: %v, want %v", v, gotErr, wantErr)
			}
			if diff := cmp.Diff(want.Secrets(), got.Secrets()); diff != "" {
				t.Errorf("%s: %s", v, diff)
			}
			if gotErr == nil {
				if diff := cmp.Diff(want.Entries(), got.Entries(), cmpopts.IgnoreUnexported(Entry{})); diff != "" {
					t.Errorf("%s: %s", v, diff)
				}
			}
		}
		if len(loader.parsed) != 1 {
			t.Errorf("%q was parsed %d times", text, len(loader.parsed))
		}
	}
}

// TestErasHaveTheDefaults finds each release among the eras, and each default too, where
// one is asked for.
func TestErasHaveTheDefaults(t *testing.T) {
	names := []string{"backend", "cloud.api", "logging.extra_loggers"}
	eras := Any.Eras(names...)
	if len(Any.Eras()) != len(changedIn)+1 || len(eras) <= len(changedIn)+1 {
		t.Errorf("%d ways to read, and %d with defaults", len(Any.Eras()), len(eras))
	}
	for _, v := range Any.Releases() {
		if !slices.ContainsFunc(eras, func(e Version) bool { return e.era() == v.era() && e.hasDefaultsOf(v, names) }) {
			t.Errorf("no era is that of %s", v)
		}
	}
}
