package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

const secretsTable = "context.secrets"

// reportMisplaced reports a table that is one level off, or is called by nearly the
// right name, so that Prefect does not find what is in it. It returns true if a
// setting is in such a table.
func (s *source) reportMisplaced(v *setting, reported map[string]bool, report func(finding)) bool {
	n, place := s.misplaced(v)
	if n == 0 {
		return false
	}
	f := s.keyFinding(v, n, "", "")
	name := s.maskedPath(f.node)
	if reported[name] {
		return true
	}
	reported[name] = true
	f.message, f.hint = fmt.Sprintf("no release of Prefect reads %s", name), fmt.Sprintf("the right place is [%s]; case matters", place)
	switch {
	case place == secretsTable:
		f.message = fmt.Sprintf("no flow finds a secret under %s", name)
	case n == len(v.path):
		f.hint = fmt.Sprintf("the right place is %s, above the first table", place)
	}
	report(f)
	return true
}

// misplaced is misplacedTable for a setting of the file, whose tables may be the user's
// own.
func (s *source) misplaced(v *setting) (n int, place string) {
	if v.misplaced > 0 && v.place == secretsTable && s.isOwnSecretsTable(v.path, v.misplaced) {
		return 0, ""
	}
	return v.misplaced, v.place
}

// misplacedTable returns how many parts of a path lead to a table that Prefect looks
// for elsewhere, and where that is; 0 if the path leads to none.
func misplacedTable(path []string) (n int, place string) {
	if len(path) < 2 || path[0] == "context" && path[1] == "secrets" {
		return 0, ""
	}
	wrapped := wrappers(path)
	if n := secretsPrefix(path, wrapped); n > 0 {
		return n, secretsTable
	}
	top := strings.ToLower(path[wrapped])
	isOption := wrapped == len(path)-1
	switch {
	case wrapped == 0 && top == path[0], isOption && !strings.EqualFold(path[0], "prefect"):
		return 0, ""
	case !isTopName(top):
		return 0, ""
	}
	return wrapped + 1, top
}

// secretsPrefix returns how many parts of a path lead to a table that must be
// meant for [context.secrets], and is not it; 0 if they lead to none. The first at parts
// are wrappers.
func secretsPrefix(path []string, at int) int {
	rest := path[at:]
	switch {
	case len(rest) > 1 && (isSecretsName(rest[0]) || isJoinedName(rest[0])):
		return at + 1
	case len(rest) > 1 && isContextName(rest[0]) && isSecretsName(rest[1]):
		return at + 2
	case len(rest) > 2 && isTopName(rest[0]) && isSecretsName(rest[1]):
		return at + 2
	}
	for i := 1; i+2 < len(path); i++ {
		if path[i] == "context" && isSecretsName(path[i+1]) {
			return i + 2
		}
	}
	return 0
}

// wrappers returns how many parts at the start of a path name Prefect or its config
// itself, as in prefect.config.cloud. At least one part remains.
func wrappers(path []string) (n int) {
	for n < len(path)-1 && isWrapper(path[n]) {
		n++
	}
	return n
}

func isWrapper(name string) bool {
	return strings.EqualFold(name, "prefect") || strings.EqualFold(name, "config") || strings.EqualFold(name, "prefect_config")
}

func isTopName(name string) bool {
	_, found := slices.BinarySearch(catalogueOf(release.Any).topNames, name)
	return found
}

// isSecretsName reports whether a name is secrets, or nearly.
func isSecretsName(name string) bool {
	if len(name) < len("secret") || len(name) > len("local_secrets") || !strings.Contains("sSlL", name[:1]) {
		return false
	}
	switch lower := strings.ToLower(name); lower {
	case "secret", "secrets", "local_secrets":
		return true
	default:
		return isMisspelling(lower, "secrets")
	}
}

// isContextName reports whether a name is context, or nearly.
func isContextName(name string) bool {
	if len(name) < len("ctx") || len(name) > len("contexts") || name[0] != 'c' && name[0] != 'C' {
		return false
	}
	switch lower := strings.ToLower(name); lower {
	case "context", "ctx":
		return true
	default:
		return isMisspelling(lower, "context")
	}
}

// isJoinedName reports whether a name is both parts of context.secrets in one, as in
// ["context.secrets"] and [context_secrets].
func isJoinedName(name string) bool {
	if !strings.HasPrefix(name, "c") && !strings.HasPrefix(name, "C") {
		return false
	}
	at := strings.IndexAny(name, "._-")
	return at > 0 && isContextName(name[:at]) && isSecretsName(name[at+1:])
}

// misplacedSecrets reports, for each node, whether it is in a table that must be meant
// for [context.secrets]; tops are these tables.
func (s *source) misplacedSecrets() (below []bool, tops map[tomlpos.NodeID]bool) {
	below, tops = make([]bool, len(s.doc.Nodes)), map[tomlpos.NodeID]bool{}
	for _, v := range s.settings() {
		n, place := s.misplaced(v)
		if n == 0 || place != secretsTable {
			continue
		}
		top := v.Node
		for range len(v.path) - n {
			top = s.doc.Nodes[top].Parent
		}
		tops[top] = true
	}
	if len(tops) == 0 {
		return below, tops
	}
	for i := range below {
		id := tomlpos.NodeID(i)
		below[i] = tops[id] || id != tomlpos.Root && below[s.doc.Nodes[i].Parent]
	}
	return below, tops
}
