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

// knownShapes are the secrets that Prefect's task library reads by name: the keys that
// one of several forms has; none for a text.
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

// checkShapes reports a well-known secret that is not what Prefect's own tasks make
// of it.
func checkShapes(s *source, report func(finding)) {
	for _, name := range slices.Sorted(maps.Keys(knownForms)) {
		node, ok := s.lookup("context.secrets." + name)
		if !ok {
			continue
		}
		keys, form, known := s.formOf(node)
		if !known {
			continue
		}
		if problem := formProblem(knownForms[name], keys, form); problem != "" {
			key, _ := s.doc.FirstKey(node)
			report(finding{message: fmt.Sprintf("secret %s %s", name, problem), hint: formHint(name), node: node, start: key.Start, end: key.End})
		}
	}
}

// anObject is a table, or a text that is one in JSON or in Python.
const objectForm = "an object"

// keysAt says of what form a node is, in words, and the keys if it is an object. It
// is not known for a reference.
func (s *source) formOf(node tomlpos.NodeID) (keys []string, form string, known bool) {
	if s.isTable(node) {
		for _, n := range s.doc.Nodes {
			if n.Parent == node && n.Index < 0 {
				keys = append(keys, n.Name)
			}
		}
		return keys, objectForm, true
	}
	for _, v := range s.doc.Values {
		if v.Node == node {
			text := s.doc.String(v)
			if strings.Contains(text, "$") || text == "" {
				return nil, "", false
			}
			if keys, isObject := objectKeys(text); isObject {
				return keys, objectForm, true
			}
			return nil, typePhrase(typeIn(release.V0_9, setting{Value: v})), true
		}
	}
	return nil, "", false
}

func objectKeys(text string) (keys []string, isObject bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &object) == nil && object != nil {
		return slices.Sorted(maps.Keys(object)), true
	}
	value, err := pyliteral.Parse(text)
	dict, ok := value.(pyliteral.Dict)
	if err != nil || !ok {
		return nil, false
	}
	for _, item := range dict {
		keys = append(keys, pyliteral.Str(item.Key))
	}
	return keys, true
}

// misshapen says what is wrong; empty if the keys are those of one form.
func formProblem(forms [][]string, keys []string, form string) string {
	switch {
	case forms == nil && form != typePhrase("str"):
		return "is " + form + ", and Prefect's tasks want a text"
	case forms == nil:
		return ""
	case form != objectForm:
		return "is no object, and Prefect's tasks want one with " + strings.Join(forms[0], ", ")
	}
	var missing []string
	for _, form := range forms {
		lacks := slices.DeleteFunc(slices.Clone(form), func(key string) bool { return slices.Contains(keys, key) })
		if len(lacks) == 0 {
			return ""
		}
		if missing == nil || len(lacks) < len(missing) {
			missing = lacks
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
