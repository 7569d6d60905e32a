package check

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Likeness is how much a TOML file looks like a Prefect configuration.
type Likeness int

const (
	Unlike   Likeness = iota // it has nothing that Prefect reads
	Possible                 // it has tables that other programs have as well, such as [logging]
	Certain                  // it has tables or settings of Prefect's alone, such as [context.secrets]
)

// Recognise returns how much a text looks like a Prefect configuration. It looks at
// the headers and keys line by line, because a file that does not parse is to be
// recognised, too.
func Recognise(text []byte) Likeness {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		text = bytes.ReplaceAll(text[2:], []byte{0}, nil) // UTF-16, of which ASCII is enough
	}
	likeness := Unlike
	var table []string
	for line := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == '\n' || r == '\r' }) {
		path, isHeader := pathOnLine(line)
		if isHeader {
			table = path
		} else if len(path) > 0 {
			path = slices.Concat(table, path)
		}
		if likeness = max(likeness, likenessOf(path)); likeness == Certain {
			break
		}
	}
	return likeness
}

// IsTOML reports whether a text is TOML 1.0.
func IsTOML(text []byte) bool {
	_, problem := tomlpos.Scan(string(text))
	return problem == nil
}

// maxRecognised is how many levels of a table or key count.
const maxRecognised = 6

// pathOnLine returns the table that a line begins or the key that it sets. It returns
// nil for other lines.
func pathOnLine(line string) (path []string, isHeader bool) {
	line = strings.TrimLeft(line, "\ufeff \t")
	var name string
	if rest := strings.TrimLeft(line, "["); len(rest) < len(line) {
		name, _, isHeader = strings.Cut(rest, "]")
	} else if key, _, ok := strings.Cut(line, "="); ok && line[0] != '#' {
		name = key
	}
	if name == "" {
		return nil, false
	}
	path = strings.SplitN(name, ".", maxRecognised+1)
	for i, part := range path {
		path[i] = strings.Trim(part, " \t\"'")
	}
	return path[:min(len(path), maxRecognised)], isHeader
}

// likenessOf returns what a table or a key says about its file.
func likenessOf(path []string) Likeness {
	if len(path) == 0 {
		return Unlike
	}
	if hasSecretsTable(path) {
		return Certain
	}
	known := recognised()
	for n := len(path); n > 0; n-- {
		if known[strings.Join(path[:n], ".")] == Certain {
			return Certain
		}
	}
	if known[path[0]] == Possible || slices.Contains(nearTopNames, path[0]) {
		return Possible
	}
	return Unlike
}

// hasSecretsTable reports whether a path is [context.secrets] or below it, also if
// that is one level too deep or has the wrong case or number.
func hasSecretsTable(path []string) bool {
	at := slices.IndexFunc(path[:min(len(path), 2)], func(part string) bool { return strings.EqualFold(part, "context") })
	if at < 0 || at+1 == len(path) || at == 1 && !slices.Contains(nearTopNames, path[0]) {
		return false
	}
	below := strings.ToLower(path[at+1])
	return below == "secrets" || below == "secret"
}

// nearTopNames are tables that people put Prefect's settings below by mistake.
var nearTopNames = []string{"prefect", "config", "secrets"}

// recognised returns the likeness of each setting and table of any release.
var recognised = sync.OnceValue(func() map[string]Likeness {
	known := map[string]Likeness{}
	for _, name := range catalogueOf(release.Any).names {
		known[name] = Possible
		if strings.Contains(name, ".") && !isCommon(name) {
			known[name] = Certain
		}
	}
	for _, name := range catalogueOf(release.Any).topNames {
		known[name] = Possible
	}
	return known
})

// isCommon reports whether programs other than Prefect 0.x and 1.x have a setting or
// table of that name. Prefect 3's prefect.toml has some of them.
func isCommon(name string) bool { return slices.Contains(commonNames, name) }

var commonNames = strings.Fields(`
	logging.level logging.format logging.datefmt logging.extra_loggers
	cloud.api_key cloud.endpoint cloud.tenant_id cloud.log
	server.host server.port server.endpoint server.telemetry server.telemetry.enabled
	server.ui server.ui.host server.ui.port server.ui.endpoint
	server.database server.database.host server.database.port server.database.name
	server.database.username server.database.password server.database.connection_url
`)
