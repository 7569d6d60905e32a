package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkStarts reports settings that load and with which import prefect fails all the
// same, since Prefect sets up its context and Python's logging with them.
func checkStarts(s *source, report func(finding)) {
	for _, v := range s.settings() {
		if !startsWith(v) || strings.ContainsAny(v.text, "$~") {
			continue
		}
		var failed *release.Error
		words, some := s.which(func(version release.Version) bool {
			found := s.startFailure(version, v)
			if found != nil {
				failed = found
			}
			return found != nil
		})
		if some {
			report(v.about(fmt.Sprintf("with this %s import prefect fails with %s%s", v.name, failed.Class, words), failed.Problem))
		}
	}
}

// startsWith reports whether Prefect needs a setting to start, and its value is not
// one of those that are surely right.
func startsWith(v setting) bool {
	switch v.name {
	case "context", "context.config", "logging":
		return true
	case "logging.level":
		return v.text != "DEBUG" && v.text != "INFO" && v.text != "WARNING" && v.text != "ERROR"
	case "logging.format":
		return !strings.Contains(v.text, "%(message)s")
	case "logging.extra_loggers":
		return v.text != "[]"
	}
	return false
}

// startFailure is why a release does not start with a setting, or nil. It asks
// about the setting alone, so that nothing else in the file can fail.
func (s *source) startFailure(version release.Version, v setting) *release.Error {
	text := tomlpos.QuoteKey(v.path[len(v.path)-1]) + " = " + s.doc.Text[v.Start:v.End] + "\n"
	if len(v.path) > 1 {
		text = "[" + v.path[0] + "]\n" + text
	}
	_, err := release.Load(release.Options{Version: version, Text: text})
	var failed *release.Error
	if !errors.As(err, &failed) || len(failed.Path) == 0 {
		return nil // or it is refused as TOML, which is for other rules
	}
	return failed
}
