package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// knownForms are the secrets that Prefect's task library reads by name. A secret is
// an object with all keys of one of its forms, or a string if it has no forms.
var knownForms = map[string][][]string{
	"AWS_CREDENTIALS":             {{"ACCESS_KEY", "SECRET_ACCESS_KEY"}},
	"GCP_CREDENTIALS":             {{"type", "project_id", "private_key", "client_email"}},
	"TWITTER_API_CREDENTIALS":     {{"api_key", "api_secret", "access_token", "access_token_secret"}},
	"VAULT_CREDENTIALS":           {{"VAULT_TOKEN"}, {"VAULT_ROLE_ID", "VAULT_SECRET_ID"}, {"VAULT_KUBE_AUTH_ROLE", "VAULT_KUBE_AUTH_PATH"}},
	"DOCKER_REGISTRY_CREDENTIALS": {{"docker-server", "docker-username", "docker-password", "docker-email"}},
	"JIRASECRETS":                 {{"JIRAUSER", "JIRATOKEN", "JIRASERVER"}},
	"SNOWFLAKE_CREDS":             {{"user", "password"}},
	"AZ_CREDENTIALS": {
		{"ACCOUNT_NAME", "ACCOUNT_KEY"}, {"ACCOUNT_NAME", "SAS_TOKEN"}, {"AZ_COSMOS_AUTH"},
		{"subscription_id", "client_id", "client_secret", "tenant_id"}, {"subscription_id", "client_id", "secret", "tenant"},
	},
	"GITHUB_ACCESS_TOKEN": nil, "GITLAB_ACCESS_TOKEN": nil, "BITBUCKET_ACCESS_TOKEN": nil, "SLACK_WEBHOOK_URL": nil,
	"AZ_CONNECTION_STRING": nil, "EMAIL_USERNAME": nil, "EMAIL_PASSWORD": nil, "KUBERNETES_API_KEY": nil, "REDIS_PASSWORD": nil,
	"PUSHBULLET_TOKEN": nil, "MONDAY_API_TOKEN": nil, "TRELLO_API_KEY": nil, "TRELLO_SERVER_TOKEN": nil, "TOLOKA_TOKEN": nil,
}

// checkShapes reports well-known secrets that Prefect's own tasks cannot read.
func checkShapes(s *source, report func(finding)) {
	for _, name := range slices.Sorted(maps.Keys(knownForms)) {
		node, ok := s.lookup("context.secrets." + name)
		if !ok {
			continue
		}
		keys, typ := s.typeOf(node)
		if typ == "" {
			continue
		}
		if problem := formProblem(knownForms[name], keys, typ); problem != "" {
			key, _ := s.doc.FirstKey(node)
			report(finding{message: fmt.Sprintf("secret %s %s", name, problem), hint: formHint(name), node: node, start: key.Start, end: key.End})
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
	if strings.Contains(str, "$") || str == "" || isPlaceholder(str) {
		return nil, ""
	}
	if keys, isObject := objectKeys(str); isObject {
		return keys, objectType
	}
	return nil, typePhrase(typeIn(release.Documented, setting{Value: v}))
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
		return "is " + typ + ", and Prefect's tasks want a text"
	case forms == nil:
		return ""
	case typ != objectType:
		return "is no object, and Prefect's tasks want one with " + strings.Join(forms[0], ", ")
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
	return "lacks " + strings.Join(missing, ", ")
}

func formHint(name string) string {
	if knownForms[name] == nil {
		return "give the text itself"
	}
	var forms []string
	for _, form := range knownForms[name] {
		forms = append(forms, strings.Join(form, ", "))
	}
	return "its keys are " + strings.Join(forms, "; or ")
}
