package release

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSettingsAreMeasured holds the table to the releases that it is about: each is
// one that exists, and the table names all that do.
func TestSettingsAreMeasured(t *testing.T) {
	if len(settings()) < 80 {
		t.Fatalf("only %d settings", len(settings()))
	}
	meta, _, _ := strings.Cut(string(settingsTable), "\n")
	for _, v := range Any.Releases() {
		if n := v.String(); !strings.Contains(meta, n) && n != "0.9.4" {
			t.Errorf("the table is not about %s", n)
		}
	}
	for _, s := range settings() {
		for _, d := range s.defaults {
			if newest, _ := latestPatch(d.Last); d.First.Compare(d.Last) > 0 || d.Last.Compare(newest) > 0 {
				t.Errorf("%s has a default from %s to %s", s.Name, d.First, d.Last)
			}
		}
	}
}

// TestSettingsChangeWithinAMinorRelease asks for settings that came, changed or went
// between two patches.
func TestSettingsChangeWithinAMinorRelease(t *testing.T) {
	for _, tt := range []struct {
		name          string
		release       Number
		isDefault     bool
		typeName      string
		read, dropped bool
	}{
		{"cloud.send_flow_run_logs", Number{0, 14, 19}, false, "", false, false},
		{"cloud.send_flow_run_logs", Number{0, 14, 20}, true, "bool", true, false},
		{"server.database.port", Number{0, 10, 0}, true, "int", true, false},
		{"server.database.port", Number{0, 10, 1}, true, "str", true, false},
		{"server.database.port", Number{0, 11, 2}, true, "int", true, false},
		{"server.graphql.port", Number{0, 14, 11}, true, "int", false, true},
		{"tasks.defaults.checkpoint", Number{0, 9, 1}, false, "", false, true},
		{"cloud.graphql", Number{1, 0, 0}, true, "str", false, true},
		{"cloud.agent.labels", Number{1, 0, 0}, true, "any", true, false},
	} {
		s := SettingOf(tt.name)
		v := tt.release.Version()
		if s == nil || v.IsDefault(tt.name) != tt.isDefault || s.TypeIn(v) != tt.typeName || s.ReadBy(v) != tt.read || s.DroppedIn(v) != tt.dropped {
			t.Errorf("%s in %s: %t, %q, read %t, dropped %t", tt.name, v, v.IsDefault(tt.name), s.TypeIn(v), s.ReadBy(v), s.DroppedIn(v))
		}
	}
}

// TestDroppedSettingsHaveAnAdvice holds the advice to the table.
func TestDroppedSettingsHaveAnAdvice(t *testing.T) {
	var dropped []string
	for _, s := range settings() {
		if s.DroppedIn(Latest()) {
			dropped = append(dropped, s.Name)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(instead)), slices.Sorted(slices.Values(dropped))); diff != "" {
		t.Error(diff)
	}
}
