package check

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestNearestKeys has settings that no release knows: a hint names a setting only if the
// wrong part of the name is near to it, however long the tables around it are.
func TestNearestKeys(t *testing.T) {
	c := catalogueOf(release.Any)
	for name, want := range map[string]string{
		"cloud.agent.lables":          "cloud.agent.labels",
		"cloud.agnet":                 "cloud.agent",
		"cloud.rate_limiting.retries": "cloud.rate_limiting.max_retries",
		"cloud.api_ulr":               "cloud.api",
		"server.databse":              "server.database",
		"tasks.checkpointing":         "flows.checkpointing",
		"cloud.agent.kubernetes":      "",
		"server.towel":                "",
		"server.apollo":               "",
		"tasks.defaults.EOT":          "",
	} {
		if got := c.nearest(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestUnknownKeyIsToldOnce has a string that Prefect casts, in a setting that no release
// reads: what it becomes does not matter.
func TestUnknownKeyIsToldOnce(t *testing.T) {
	for text, rule := range map[string]string{
		"[cloud.agent]\nno_cloud_logs = 'false'\n": "unknown-key",
		"[mine]\nno_cloud_logs = 'false'\n":        "cast-surprise",
	} {
		found := File("a.toml", []byte(text), Options{})
		if len(found) != 1 || found[0].Rule != rule {
			t.Errorf("%q: %+v", text, found)
		}
	}
}
