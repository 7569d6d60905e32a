package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkTypes reports settings of Prefect's own whose value, after the release's
// casting, has another type than Prefect needs, or keeps Prefect from starting.
func checkTypes(s *source, report func(finding)) {
	checkStarts(s, report)
	for _, v := range s.settings() {
		name := v.name
		wanted := release.SettingType(name)
		if !slices.Contains([]string{"bool", "int", "float"}, wanted) || strings.ContainsAny(v.str, "$~") {
			continue
		}
		suffix, ok := s.releasesWhere(func(version release.Version) bool { return !fits(typeIn(version, v), wanted) })
		if !ok {
			continue
		}
		report(v.finding(
			fmt.Sprintf("%s is %s%s, where Prefect needs %s", name, typePhrase(typeIn(s.releases()[0], v)), suffix, typePhrase(wanted)),
			typeHint(name, wanted),
		))
	}
}

// typeIn returns the Python type of a value in a release.
func typeIn(version release.Version, v setting) string {
	switch v.Kind {
	case tomlpos.Integer:
		return "int"
	case tomlpos.Float:
		return "float"
	case tomlpos.Boolean:
		return "bool"
	case tomlpos.Array:
		return "list"
	}
	if !v.Kind.IsString() {
		return "date"
	}
	if value, changed := version.CastInFile(v.str); changed {
		return pyliteral.TypeName(value)
	}
	return "str"
}

// fits reports whether Prefect works with a type: Python accepts an int as a
// float, and the reverse, but neither as a bool.
func fits(have, want string) bool {
	switch want {
	case "float":
		return have == "float" || have == "int"
	case "int":
		return have == "int" || have == "float"
	}
	return have == want
}

// typePhrase returns what messages call a type.
func typePhrase(name string) string {
	switch name {
	case "str":
		return "a text"
	case "bool":
		return "true or false"
	case "int", "float":
		return "a number"
	}
	return "a " + name
}

func typeHint(name, wanted string) string {
	if name == "cloud.use_local_secrets" {
		return "only the bare false turns local secrets off: to Prefect any other value means that they stay local"
	}
	if wanted == "bool" {
		return "write true or false without quotes: to Python any text but the empty one counts as true"
	}
	return "write the number without quotes"
}
