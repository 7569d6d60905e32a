package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// knownSecret is a secret that Prefect's task library reads by name: an object with all
// keys of one of its forms, or a string if it has no forms.
type knownSecret struct {
	readIn string // the releases whose modules name it, a span or several with commas between them
	forms  [][]string
}

// knownSecrets are these secrets. Their releases are measured: those from 0.5.0 to
// 1.4.1 of which a module has the name as a string.
var knownSecrets = map[string]knownSecret{
	"AWS_CREDENTIALS":             {"0.5.0-1.4.1", [][]string{{"ACCESS_KEY", "SECRET_ACCESS_KEY"}}},
	"GCP_CREDENTIALS":             {"0.11.0-1.4.1", [][]string{{"type", "project_id", "private_key", "client_email"}}},
	"TWITTER_API_CREDENTIALS":     {"0.5.0-0.6.7", [][]string{{"api_key", "api_secret", "access_token", "access_token_secret"}}},
	"VAULT_CREDENTIALS":           {"0.15.2-1.4.1", [][]string{{"VAULT_TOKEN"}, {"VAULT_ROLE_ID", "VAULT_SECRET_ID"}, {"VAULT_KUBE_AUTH_ROLE", "VAULT_KUBE_AUTH_PATH"}}},
	"DOCKER_REGISTRY_CREDENTIALS": {"0.5.4-0.15.13", [][]string{{"docker-server", "docker-username", "docker-password", "docker-email"}}},
	"JIRASECRETS":                 {"0.9.6-1.4.1", [][]string{{"JIRAUSER", "JIRATOKEN", "JIRASERVER"}}},
	"SNOWFLAKE_CREDS":             {"1.3.1-1.4.1", [][]string{{"user", "password"}}},
	"AZ_CREDENTIALS": {"0.6.2-1.4.1", [][]string{
		{"ACCOUNT_NAME", "ACCOUNT_KEY"}, {"ACCOUNT_NAME", "SAS_TOKEN"}, {"AZ_COSMOS_AUTH"},
		{"subscription_id", "client_id", "client_secret", "tenant_id"}, {"subscription_id", "client_id", "secret", "tenant"},
	}},
	"GITHUB_ACCESS_TOKEN":    {"0.5.0-0.6.7,0.12.1-1.4.1", nil},
	"GITLAB_ACCESS_TOKEN":    {"0.13.11-1.4.1", nil},
	"BITBUCKET_ACCESS_TOKEN": {"0.13.19-1.4.1", nil},
	"SLACK_WEBHOOK_URL":      {"0.5.0-1.4.1", nil},
	"AZ_CONNECTION_STRING":   {"0.8.0-1.4.1", nil},
	"EMAIL_USERNAME":         {"0.5.0-1.4.1", nil},
	"EMAIL_PASSWORD":         {"0.5.0-1.4.1", nil},
	"KUBERNETES_API_KEY":     {"0.5.0-1.4.1", nil},
	"REDIS_PASSWORD":         {"0.5.4-1.4.1", nil},
	"PUSHBULLET_TOKEN":       {"0.10.5-1.4.1", nil},
	"MONDAY_API_TOKEN":       {"0.13.9-1.4.1", nil},
	"TRELLO_API_KEY":         {"0.14.2-1.4.1", nil},
	"TRELLO_SERVER_TOKEN":    {"0.14.2-1.4.1", nil},
	"TOLOKA_TOKEN":           {"1.2.3-1.4.1", nil},
}

var knownSecretNames = sync.OnceValue(func() []string { return slices.Sorted(maps.Keys(knownSecrets)) })

// isReadBy reports whether a release's task library reads the secret.
func (k knownSecret) isReadBy(v release.Version) bool {
	for span := range strings.SplitSeq(k.readIn, ",") {
		if release.ParseSpan(span).Contains(v.Number()) {
			return true
		}
	}
	return false
}

// checkShapes reports well-known secrets that Prefect's own tasks cannot read.
func checkShapes(s *source, report func(finding)) {
	secrets, ok := s.lookup(secretsTable)
	if !ok {
		return
	}
	for _, name := range knownSecretNames() {
		node, ok := s.doc.Child(secrets, name)
		if !ok {
			continue
		}
		keys, typ := s.typeOf(node)
		if typ == "" {
			continue
		}
		known := knownSecrets[name]
		problem := formProblem(known.forms, keys, typ)
		if problem == "" {
			continue
		}
		if suffix, ok := inReleases(s.opts.Version.WhereEach(known.isReadBy)); ok {
			key, _ := s.doc.FirstKey(node)
			report(finding{message: fmt.Sprintf("secret %s %s%s", name, problem, suffix), hint: formHint(known), node: node, start: key.Start, end: key.End})
		}
	}
}

// objectType is the type of a table, and of a string that is one in JSON or Python.
const objectType = "an object"

// typeOf returns the type of a secret, as messages call it, and its keys if it is an
// object. The type is "" if it is unknown: that of an empty string, of a placeholder, or
// with a $.
func (s *source) typeOf(secret tomlpos.NodeID) (keys []string, typ string) {
	if s.isTable(secret) {
		return s.childNames(secret), objectType
	}
	i := slices.IndexFunc(s.doc.Values, func(v tomlpos.Value) bool { return v.Node == secret })
	if i < 0 {
		return nil, ""
	}
	v := s.doc.Values[i]
	str := s.doc.String(v)
	if strings.Contains(str, "$") || str == "" || isPlaceholder(str) || isStandIn(str) {
		return nil, ""
	}
	if keys, isObject := objectKeys(str); isObject {
		return keys, objectType
	}
	return nil, typePhrase(typeIn(release.Documented, &setting{Value: v}))
}

func (s *source) childNames(table tomlpos.NodeID) []string {
	var names []string
	for _, n := range s.doc.Nodes {
		if n.Parent == table && n.Index < 0 {
			names = append(names, n.Name)
		}
	}
	return names
}

// objectKeys returns the keys of a string that is an object in JSON or Python.
func objectKeys(str string) (keys []string, isObject bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(str), &object) == nil && object != nil {
		return slices.Sorted(maps.Keys(object)), true
	}
	value, err := pyliteral.Parse(str)
	dict, ok := value.(pyliteral.Dict)
	if err != nil || !ok {
		return nil, false
	}
	for _, item := range dict {
		keys = append(keys, pyliteral.Str(item.Key))
	}
	return keys, true
}

// formProblem returns what is wrong with a secret, or "" if it has the keys of one form.
func formProblem(forms [][]string, keys []string, typ string) string {
	switch {
	case forms == nil && typ != typePhrase("str"):
		return "is " + typ + ", and not a string as Prefect's tasks expect"
	case forms == nil:
		return ""
	case typ != objectType:
		return "is " + typ + ", and not an object with " + strings.Join(forms[0], ", ") + " as Prefect's tasks expect"
	}
	var missing []string
	for _, form := range forms {
		absent := slices.DeleteFunc(slices.Clone(form), func(key string) bool { return slices.Contains(keys, key) })
		if len(absent) == 0 {
			return ""
		}
		if missing == nil || len(absent) < len(missing) {
			missing = absent
		}
	}
	return "lacks " + strings.Join(missing, ", ") + ", which Prefect's tasks expect"
}

func formHint(known knownSecret) string {
	if known.forms == nil {
		return "write the string itself"
	}
	var forms []string
	for _, form := range known.forms {
		forms = append(forms, strings.Join(form, ", "))
	}
	return "its keys are " + strings.Join(forms, "; or ")
}
