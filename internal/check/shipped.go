package check

import (
	"strconv"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// isShipped reports whether a setting of the file is as Prefect ships it: it has the
// value of the config.toml of the release that the file is checked for. Without one the
// file has to be a copy of some release's, for a line by hand may be meant.
func (s *source) isShipped(v *setting) bool {
	return s.hasDefault(v) && (s.opts.Version != release.Any || s.isCopy())
}

// hasDefault reports whether a setting has the default of the release that the file is
// checked for, or without one of any release.
func (s *source) hasDefault(v *setting) bool {
	return v.known != nil && v.known.Ships(s.opts.Version, func(value any) bool { return v.is(value) })
}

// is reports whether the value of a setting is a default.
func (v *setting) is(value any) bool {
	switch value := value.(type) {
	case string:
		return v.Kind.IsString() && v.str == value
	case bool:
		return v.str == strconv.FormatBool(value)
	case int64:
		return v.str == strconv.FormatInt(value, 10)
	case float64:
		f, err := strconv.ParseFloat(v.str, 64)
		return err == nil && f == value
	case []any:
		return len(value) == 0 && v.str == "[]"
	}
	return false
}

// isCopy reports whether the file is a copy of Prefect's own config.toml: it sets many
// settings to what they are anyway, as nobody does by hand.
func (s *source) isCopy() bool {
	const many = 15
	if s.cachedDefaults == nil {
		n := 0
		for _, v := range s.settings() {
			if s.hasDefault(v) {
				n++
			}
		}
		s.cachedDefaults = &n
	}
	return *s.cachedDefaults >= many
}
