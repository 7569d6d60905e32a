package check

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkTypes reports settings of Prefect's own whose value, after the release's
// casting, has another type than the release needs, or keeps Prefect from starting.
func checkTypes(s *source, report func(finding)) {
	checkStarts(s, report)
	for _, v := range s.settings() {
		if v.known == nil || strings.ContainsAny(v.str, "$~") {
			continue
		}
		if isServerPort(v.name) {
			checkPort(s, v, report)
			continue
		}
		checkType(s, v, report)
	}
}

// checkType reports a setting that has to be a boolean or a number, and is not.
func checkType(s *source, v *setting, report func(finding)) {
	have := newTypes(v)
	if !slices.ContainsFunc(v.known.Types(), have.mayNotFit) {
		return // so no release has to be asked
	}
	var asked release.Version // the first release that needs another type
	suffix, ok := inReleases(s.opts.Version.WhereEach(func(version release.Version) bool {
		wanted := v.known.TypeIn(version)
		wrong := isWrong(have.in(version), wanted)
		if wrong && asked == release.Any {
			asked = version
		}
		return wrong
	}))
	if !ok {
		return
	}
	wanted := v.known.TypeIn(asked)
	report(v.finding(
		fmt.Sprintf("%s is %s%s, where Prefect needs %s", v.name, typePhrase(have.in(asked)), suffix, typePhrase(wanted)),
		typeHint(v.name, wanted),
	))
}

// checkPort reports a value that is not a port, and a port without quotes where the release needs a string: server
// start passes it on in the environment, and fails with TypeError (0.10.7). It asks
// only for one release: from 0.11.2 on both forms are right.
func checkPort(s *source, v *setting, report func(finding)) {
	version := s.opts.Version
	if !isPort(v) {
		becomesPort := castsToPort(v)
		if suffix, ok := inReleases(version.WhereEach(func(r release.Version) bool { return v.known.KnownTo(r) && !(becomesPort && r.CastsFile()) })); ok {
			report(v.finding(v.name+" is not a port"+suffix, "write a number from 0 to 65535 in quotes"))
		}
		return
	}
	if version == release.Any || v.Kind != tomlpos.Integer || v.known.TypeIn(version) != "str" {
		return
	}
	report(v.finding(
		fmt.Sprintf("%s is a number, with which prefect server start fails with TypeError", v.name),
		"write the port in quotes, as every release takes it",
	))
}

// isPort reports whether a value is the number of a port, with quotes or without.
func isPort(v *setting) bool {
	if v.Kind == tomlpos.Integer {
		_, err := strconv.ParseUint(strings.TrimPrefix(v.str, "+"), 0, 16) // 0 for 0x1068 and 4_200
		return err == nil
	}
	_, err := strconv.ParseUint(v.str, 10, 16)
	return err == nil
}

// castsToPort reports whether a release that casts makes a port of a string: "4_200".
func castsToPort(v *setting) bool {
	value, changed := casting.CastInFile(v.str)
	port, isInt := value.(int64)
	return v.Kind.IsString() && changed && isInt && port >= 0 && port <= math.MaxUint16
}

// isServerPort reports whether a setting is a port of Prefect's server.
func isServerPort(name string) bool {
	return strings.HasPrefix(name, "server.") && (strings.HasSuffix(name, ".port") || strings.HasSuffix(name, ".host_port"))
}

func isBoolOrNumber(name string) bool { return name == "bool" || name == "int" || name == "float" }

// types are the Python types of a value: as it is written, and where a release casts
// the strings of its file.
type types struct{ written, cast string }

func newTypes(v *setting) types {
	return types{typeIn(release.Documented, v), typeIn(casting, v)}
}

func (t types) in(v release.Version) string {
	if v.CastsFile() {
		return t.cast
	}
	return t.written
}

// mayNotFit reports whether there is a release that a type is wrong for, if it needs this one.
func (t types) mayNotFit(wanted string) bool {
	return isWrong(t.written, wanted) || isWrong(t.cast, wanted)
}

// isWrong reports whether a release needs a boolean or a number, and has something else.
func isWrong(have, wanted string) bool { return isBoolOrNumber(wanted) && !fits(have, wanted) }

// typeIn returns the Python type of a value in a release.
func typeIn(version release.Version, v *setting) string {
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
		return "a string"
	case "bool":
		return "true or false"
	case "int", "float":
		return "a number"
	}
	return "a " + name
}

func typeHint(name, wanted string) string {
	if name == "cloud.use_local_secrets" {
		return "to turn local secrets off, write false without quotes: any other value keeps them on"
	}
	if wanted == "bool" {
		return "write true or false without quotes: to Python any string but the empty one counts as true"
	}
	return "write the number without quotes"
}
