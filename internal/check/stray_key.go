package check

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// reportStray reports a setting of Prefect's that is outside of its table, as in [agent],
// and the name of an environment variable in place of a key. It returns true for such.
func (s *source) reportStray(v *setting, reported map[string]bool, report func(finding)) bool {
	n, hint := strayPlace(v)
	isVariable := false
	if n == 0 {
		if hint = variablePlace(v.path); hint == "" {
			return false
		}
		n, isVariable = len(v.path), true
	}
	f := s.keyFinding(v, n, "", hint)
	name := s.maskedPath(f.node)
	f.message = fmt.Sprintf("no release of Prefect reads %s", name)
	if isVariable {
		f.message = fmt.Sprintf("%s is the name of an environment variable, and Prefect does not look for it in a file", name)
	}
	if !reported[name] {
		reported[name] = true
		report(f)
	}
	return true
}

// variablePlace returns where the setting belongs that a key on the top level, or a secret,
// names as an environment variable does, or "". In other tables such keys are for those who
// read them: agents set all of [cloud.agent.env_vars].
func variablePlace(path []string) string {
	if len(path) > 1 && !(len(path) == 3 && release.InSecrets(path)) {
		return ""
	}
	option, ok := strings.CutPrefix(path[len(path)-1], release.Prefix)
	if !ok {
		return ""
	}
	parts := strings.Split(option, "__")
	if slices.Contains(parts, "") {
		return ""
	}
	last := len(parts) - 1
	for i := range parts {
		if lower := strings.ToLower(parts[i]); i < last || !release.InSecrets(append(parts[:last:last], lower)) {
			parts[i] = lower
		}
	}
	key := MaskTokens(tomlpos.QuoteKey(parts[last]))
	if last == 0 {
		return fmt.Sprintf("write %s above the first table", key)
	}
	return fmt.Sprintf("write %s below [%s]", key, MaskTokens(strings.Join(parts[:last], ".")))
}

// strayPlace returns how many parts of a setting's path are a table or a setting that
// Prefect has elsewhere, and a hint with the place. It returns 0 for a path that may be the
// user's own.
func strayPlace(v *setting) (n int, hint string) {
	at, path, name := 0, v.path, v.name
	if len(path) == 2 && name == "context.use_local_secrets" {
		at, name = 1, path[1]
	}
	place, ok := strays()[name]
	if !ok {
		return 0, ""
	}
	if len(path)-at == 1 {
		table, key := place[:strings.LastIndexByte(place, '.')], place[strings.LastIndexByte(place, '.')+1:]
		return len(path), fmt.Sprintf("write %s below [%s]", key, table)
	}
	return 1, fmt.Sprintf("the right place is [%s]", place[:len(place)-len(name)]+path[0])
}

// innerTables are tables inside of Prefect's that people write on the top level, and
// ownKeys keys with a meaning of their own there.
var (
	innerTables = wordSet("agent executor flow_runner task_runner")
	ownKeys     = wordSet("api_key auth_token tenant_id env_vars host_port connection_url default_class max_retries retry_delay request_timeout agent_address result_handler user_config_path home_dir host_ip image_tag local_processes cluster_class admin_secret graphql_url apollo_url ws_secret loop_interval")
)

// strays are the settings of any release by the end of their name, if that tells which
// one is meant: agent.labels, use_local_secrets.
var strays = sync.OnceValue(func() map[string]string {
	count, full := map[string]int{}, map[string]string{}
	names := catalogueOf(release.Any).names
	for _, name := range names {
		for rest := name; ; {
			_, after, ok := strings.Cut(rest, ".")
			if !ok {
				break
			}
			rest = after
			count[rest]++
			full[rest] = name
		}
	}
	places := map[string]string{}
	for end, name := range full {
		first, _, inTable := strings.Cut(end, ".")
		isDistinct := inTable && innerTables[first] && !strings.HasSuffix(end, ".name") || !inTable && strings.Contains(end, "_") && !ownKeys[end]
		if count[end] == 1 && isDistinct && !slices.Contains(names, end) && !tables()[name] {
			places[end] = name
		}
	}
	return places
})
