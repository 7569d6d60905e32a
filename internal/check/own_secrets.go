package check

import (
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// isOwnSecretsTable reports whether the first n parts of a path lead to a table called
// secrets that is the user's own, such as the settings of a program that keeps secrets,
// and not [context.secrets] one level off. Nobody's table is below Prefect's own names.
func (s *source) isOwnSecretsTable(path []string, n int) bool {
	if isJoinedName(path[n-1]) || slices.ContainsFunc(path[:n-1], func(name string) bool { return !strings.EqualFold(name, "config") }) {
		return false
	}
	key := strings.Join(path[:n], ".")
	own, ok := s.cachedOwn[key]
	if !ok {
		own = s.readsAsOwn(path[:n])
		if s.cachedOwn == nil {
			s.cachedOwn = map[string]bool{}
		}
		s.cachedOwn[key] = own
	}
	return own
}

// readsAsOwn reports whether a table called secrets reads as the user's own: the file has
// its secrets where Prefect looks for them, or a setting of the table is not a secret.
func (s *source) readsAsOwn(table []string) bool {
	hasSecrets := false
	for _, v := range s.settings() {
		below := len(v.path) > len(table) && slices.Equal(v.path[:len(table)], table)
		if below && isOwnSetting(v, v.path[len(table)], len(v.path)-len(table) > 1) {
			return true
		}
		hasSecrets = hasSecrets || v.secret
	}
	return hasSecrets
}

// isOwnSetting reports whether a setting in a table called secrets is not a secret for
// flows: its name has small letters, and it is in a table of its own, is not a string, or
// says where or how something keeps secrets. Only a table for [context.secrets] has
// names in capitals alone.
func isOwnSetting(v *setting, name string, inTable bool) bool {
	if name == strings.ToUpper(name) || refers(v.str) {
		return false
	}
	if inTable || !v.Kind.IsString() && v.Kind != tomlpos.InlineTable {
		return true
	}
	return !IsSecretKey(name) && (ownSettings[snakeCase(name)] || isFlag(v.str) || isPath(v.str))
}

// ownSettings are what programs call the settings of their secrets.
var ownSettings = wordSet(`backend backends provider providers manager store storage engine engine_version mode type kind driver source sources
	path paths prefix suffix mount mount_point mount_path namespace region profile project project_id vault vault_name vault_url vault_addr url uri
	host port address endpoint file files filename dir directory folder format encoding ttl cache cache_ttl timeout enabled version role scope
	environment env location name names allowed required key_id kms_key kms_key_id rotation refresh strategy`)
