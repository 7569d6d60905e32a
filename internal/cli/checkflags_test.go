package cli

import (
	"slices"
	"testing"
)

func TestCheckOptions(t *testing.T) {
	f := checkFlags{version: "1.4.1", requireEnv: true, assumeEnv: []string{"AWS_*", "HOME"}, selected: []string{"type", "unset-env"}, ignored: []string{"type"}}
	o, err := f.options(nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.Version.String() == "" || !o.RequireEnv || o.Env == nil || !slices.Equal(o.AssumeEnv, f.assumeEnv) || !slices.Equal(o.Rules, []string{"unset-env"}) {
		t.Errorf("got %+v", o)
	}
	if o, err = (checkFlags{}).options([]string{"A=1"}); err != nil || o.Rules != nil || o.AssumeEnv != nil || len(o.Env) != 1 {
		t.Errorf("without flags: %+v, %v", o, err)
	}
}
