package cli

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// isKnown reports whether a release begins with a setting; its value is no secret
// then unless its key says so.
func isDefaultSetting(path []string) bool {
	return release.Any.IsDefault(strings.Join(path, "."))
}

// couldBeSecret reports whether a value is masked. Defaults are public. Beyond
// them a value is shown only for a setting that Prefect knows and whose key does
// not say that it holds a secret, and not if a secret stands inside.
func couldBeSecret(e config.Entry, hidden []string) bool {
	switch e.Value.(type) {
	case nil, bool:
		return check.Sensitive(e.Path, "") && e.Path[0] == "context"
	}
	if e.Origin == (config.Origin{}) && !containsAny(e.Repr(), hidden) {
		return false
	}
	return hides(e) || containsAny(e.Repr(), hidden)
}

// hides reports whether a setting is masked by its place and its own looks.
func hides(e config.Entry) bool {
	text := e.Repr()
	return !isDefaultSetting(e.Path) || check.Sensitive(e.Path, text) || strings.Contains(text, "@")
}

// hiddenTexts are the texts of the settings that are masked, which references may
// have carried into others.
func hiddenTexts(entries []config.Entry) []string {
	var texts []string
	for _, e := range entries {
		if text, ok := e.Value.(string); ok && len(text) >= 4 && e.Origin != (config.Origin{}) && hides(e) {
			texts = append(texts, text)
		}
	}
	return texts
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
