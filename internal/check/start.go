package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkStarts reports settings that load but make import prefect fail, since Prefect
// sets up its context and Python's logging with them.
func checkStarts(s *source, report func(finding)) {
	for _, v := range s.settings() {
		if !mayPreventStart(v) || strings.ContainsAny(v.str, "$~") {
			continue
		}
		var failed *release.Error
		suffix, ok := s.releasesWhere(func(version release.Version) bool {
			failure := s.startFailure(version, v)
			if failure != nil {
				failed = failure
			}
			return failure != nil
		})
		// A list of loggers is the right form since 0.11.2: without a release it stays.
		if ok && s.opts.Version == release.Any && v.Kind == tomlpos.Array && s.startFailure(release.Latest(), v) == nil {
			continue
		}
		if ok {
			report(v.finding(fmt.Sprintf("with this %s import prefect fails with %s%s", v.name, failed.Class, suffix), failed.Problem))
		}
	}
}

// mayPreventStart reports whether Prefect needs a setting to start, and its value
// may be wrong.
func mayPreventStart(v setting) bool {
	switch v.name {
	case "context", "context.config", "logging":
		return true
	case "logging.level":
		return v.str != "DEBUG" && v.str != "INFO" && v.str != "WARNING" && v.str != "ERROR"
	case "logging.format":
		return !strings.Contains(v.str, "%(message)s")
	case "logging.extra_loggers":
		return v.str != "[]"
	}
	return false
}

// startFailure returns why a release does not start with a setting, or nil. It loads
// the setting alone, so that nothing else in the file can fail.
func (s *source) startFailure(version release.Version, v setting) *release.Error {
	text := tomlpos.QuoteKey(v.path[len(v.path)-1]) + " = " + s.doc.Text[v.Start:v.End] + "\n"
	if len(v.path) > 1 {
		text = "[" + v.path[0] + "]\n" + text
	}
	_, err := release.Load(release.Options{Version: version, Text: text})
	var failed *release.Error
	if !errors.As(err, &failed) || len(failed.Path) == 0 {
		return nil // an error in the TOML is for other rules
	}
	return failed
}
