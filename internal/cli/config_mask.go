package cli

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// isDefaultSetting reports whether path is one of the default settings of some release
// of Prefect. Such a setting holds a secret only if its key says so.
func isDefaultSetting(path []string) bool {
	return release.Any.IsDefault(strings.Join(path, "."))
}

// couldBeSecret reports whether a value is masked. Default values are public. Another
// value is public only if its setting is a default one, if its key does not say that
// it holds a secret, and if no value of a masked setting is in it.
func couldBeSecret(e release.Entry, masked []string) bool {
	switch e.Value.(type) {
	case nil, bool:
		return check.Sensitive(e.Path, "") && e.Path[0] == "context"
	}
	if e.Origin == (release.Origin{}) && !containsAny(e.Repr(), masked) {
		return false
	}
	return isMasked(e) || containsAny(e.Repr(), masked)
}

// isMasked reports whether a setting is masked because of its own path and value.
func isMasked(e release.Entry) bool {
	text := e.Repr()
	return !isDefaultSetting(e.Path) || check.Sensitive(e.Path, text) || strings.Contains(text, "@")
}

// maskedTexts returns the values of the masked settings. References may have copied
// them into other settings.
func maskedTexts(entries []release.Entry) []string {
	var texts []string
	for _, e := range entries {
		if text, ok := e.Value.(string); ok && len(text) >= 4 && e.Origin != (release.Origin{}) && isMasked(e) {
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
