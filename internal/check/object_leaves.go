package check

import (
	"encoding/json"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// objectLeaf is a value without values of its own inside a string that is an object
// or a list in JSON or Python.
type objectLeaf struct {
	key      string // the nearest key around it, or ""
	str      string
	isString bool
}

// objectLeaves returns the leaves of a string that is an object or a list.
func objectLeaves(str string) ([]objectLeaf, bool) {
	trimmed := strings.TrimSpace(str)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, false
	}
	var value any
	if json.Unmarshal([]byte(trimmed), &value) != nil {
		parsed, err := pyliteral.Parse(trimmed)
		if err != nil {
			return nil, false
		}
		value = parsed
	}
	return appendLeaves(nil, "", value), true
}

func appendLeaves(leaves []objectLeaf, key string, value any) []objectLeaf {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			leaves = appendLeaves(leaves, name, inner)
		}
	case pyliteral.Dict:
		for _, item := range value {
			leaves = appendLeaves(leaves, pyliteral.Str(item.Key), item.Value)
		}
	case []any:
		for _, inner := range value {
			leaves = appendLeaves(leaves, key, inner)
		}
	case pyliteral.Tuple:
		return appendLeaves(leaves, key, []any(value))
	case pyliteral.Set:
		return appendLeaves(leaves, key, []any(value))
	case string:
		leaves = append(leaves, objectLeaf{key, value, true})
	default:
		leaves = append(leaves, objectLeaf{key: key})
	}
	return leaves
}

// isReferringObject reports whether a string is an object whose secrets are all
// references: at least one leaf is, and the others hold no secret.
func isReferringObject(str string) bool {
	leaves, ok := objectLeaves(str)
	if !ok {
		return false
	}
	hasReference := false
	for _, leaf := range leaves {
		switch {
		case leaf.isString && refersAlone(leaf.str):
			hasReference = true
		case !leaf.isHarmless():
			return false
		}
	}
	return hasReference
}

// refersAlone is refers for a leaf, which is not an object itself.
func refersAlone(str string) bool {
	return isReference(str) || isTemplate(str) || strings.Contains(str, "$") && hasPasswordReference(str)
}

// isHarmless reports whether a leaf beside a reference is not a secret: it is empty, a
// placeholder, a number or a boolean, or its key is that of an address or a name.
func (l objectLeaf) isHarmless() bool {
	switch {
	case !l.isString:
		return !IsSecretKey(l.key)
	case l.str == "" || isPlaceholder(l.str) || isFlag(l.str):
		return true
	}
	return isPublicPart(l.key, l.str)
}

// isPublicPart reports whether a string that is a part of a secret, beside a
// reference, is not secret: its key is that of an address, a name or a number that
// others know.
func isPublicPart(key, str string) bool {
	return (isPublicKey(key) || publicPart().MatchString(snakeCase(key))) && !IsNestedSecret(key, str)
}

// publicPart matches the keys that isPublicKey leaves out because the values of some
// are masked in logs: JIRAUSER, client_id, port, sslmode.
var publicPart = lazyregexp.New(`(user|username|server|host|port|driver|protocol|scheme|mode|from|to|scope|scopes)$|(^|_)(client_id|key_id|tenant_id|tenant|subscription_id|db|dbname|service|site|version|timeout|encoding|charset|ssl)$`)

// holdsSecret reports whether a string is an object with a secret in it under a key
// that says so.
func holdsSecret(str string) bool {
	leaves, _ := objectLeaves(str)
	for _, l := range leaves {
		if l.isString && isSensitiveKey(l.key) && isLiteralSecret(l.key, l.str) {
			return true
		}
	}
	return false
}
