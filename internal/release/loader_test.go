package release

import (
	"fmt"
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

func TestErasHaveTheDefaults(t *testing.T) {
	eras := Any.Eras()
	withBackend := Any.Eras("cloud.use_local_secrets", "backend")
	if len(eras) != len(changedIn)+1 || len(withBackend) <= len(eras) || len(withBackend) > len(eras)+3 {
		t.Errorf("%d ways to read, and %d with the defaults of the backend", len(eras), len(withBackend))
	}
	if got := len(Documented.Eras("backend")); got != 1 {
		t.Errorf("%d ways of one version", got)
	}
}
