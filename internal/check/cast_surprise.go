package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkCasts reports strings that become something else: from 0.11.2 on, Prefect
// reads every string of the file as a Python literal if it is one.
func checkCasts(s *source, report func(finding)) {
	if _, ok := s.releasesWhere(release.Version.CastsFile); !ok {
		return
	}
	for v := range s.stringSettings() {
		kind, changed := castType(v.str)
		if !changed || s.unread[v.Node] || s.failing[v.Node] || worksCast(v.name) || strings.Contains(v.str, "$") || v.secret && isJSONContainer(v.str) {
			continue
		}
		if suffix, ok := inReleases(s.opts.Version.WhereEach(castsUnasked(v))); ok {
			report(v.finding(fmt.Sprintf("the string in %s becomes %s%s", s.label(v), kind, suffix), castHint(v)))
		}
	}
}

// castsUnasked reports whether a release casts a setting that is not one of its own,
// or that it keeps as a string.
func castsUnasked(v *setting) func(release.Version) bool {
	return func(version release.Version) bool {
		wanted := ""
		if v.known != nil {
			wanted = v.known.TypeIn(version)
		}
		return version.CastsFile() && (wanted == "" || wanted == "str")
	}
}

// worksCast reports whether a setting of Prefect's own works as what its string becomes,
// unless the rule type says otherwise.
func worksCast(name string) bool {
	_, used := release.UsedWith(name)
	return used || name == "logging.level"
}

// casting is a release that casts the strings of the file. All that do cast alike.
var casting = release.Number{1, 4, 1}.Version()

// isJSONContainer reports whether a string is a JSON object or list. A flow gets
// that in any release, since Secret.get parses JSON.
func isJSONContainer(str string) bool {
	str = strings.TrimSpace(str)
	return (strings.HasPrefix(str, "{") || strings.HasPrefix(str, "[")) && json.Valid([]byte(str))
}

// castType returns what a release that casts turns a string into. changed is false if
// that is the same string, or one that stays a string because of the quotes that go.
func castType(str string) (kind string, changed bool) {
	value, changed := casting.CastInFile(str)
	if !changed {
		return "", false
	}
	if inner, isString := value.(string); isString {
		_, needed := casting.CastInFile(inner)
		return "another string, without its quotes", !needed
	}
	name := pyliteral.TypeName(value)
	return article(name) + name, true
}

func castHint(v *setting) string {
	if v.secret {
		return `a flow gets that and not a string; to keep the string, quote it twice, such as '"42"'`
	}
	return `to keep the string, quote it twice, such as '"42"'`
}
