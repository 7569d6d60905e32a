package pysource

import (
	"slices"
	"strings"
)

// What Prefect calls its things was read in the sources of 0.9.3, 0.15.13 and
// 1.4.1, except where it says otherwise.

// opaque is the path of something that comes from Prefect: what a call gave, or
// what has a path of more than longestPath bytes.
const opaque = "prefect.?"

const longestPath = 200

// partial makes a function of another and some of its arguments.
const partial = "functools.partial"

// ours is the path of a module or of something in it, if it may lead to Prefect's
// secrets, else empty.
func ours(parts []string) string {
	switch {
	case len(parts) == 0:
		return ""
	case parts[0] == "prefect" || parts[0] == "functools" && len(parts) <= 2:
		return shorten(strings.Join(parts, "."))
	}
	return ""
}

// join is what a name leads to within a path.
func join(path, name string) string {
	switch {
	case path == "functools" && name != "partial", path == partial, strings.ContainsAny(name, ".?"):
		return ""
	case path == opaque:
		return opaque
	}
	return shorten(path + "." + name)
}

func shorten(path string) string {
	if len(path) > longestPath {
		return opaque
	}
	return path
}

func isPrefect(path string) bool {
	return path == "prefect" || strings.HasPrefix(path, "prefect.")
}

// classes are those whose first argument, or name, is that of a secret.
// prefect.tasks.secrets.Secret is PrefectSecret's name up to 0.9.
var classes = map[string]Kind{
	"prefect.client.Secret":                      Client,
	"prefect.client.secrets.Secret":              Client,
	"prefect.tasks.secrets.PrefectSecret":        Task,
	"prefect.tasks.secrets.base.PrefectSecret":   Task,
	"prefect.tasks.secrets.Secret":               Task,
	"prefect.tasks.secrets.base.Secret":          Task,
	"prefect.tasks.secrets.EnvVarSecret":         Environment,
	"prefect.tasks.secrets.env_var.EnvVarSecret": Environment,
}

// exports are what from MODULE import * brings.
var exports = map[string][]string{
	"prefect":                       {"config", "context"},
	"prefect.client":                {"Client", "Secret"},
	"prefect.client.secrets":        {"Client", "Secret"},
	"prefect.tasks.secrets":         {"EnvVarSecret", "PrefectSecret"},
	"prefect.tasks.secrets.base":    {"PrefectSecret"},
	"prefect.tasks.secrets.env_var": {"EnvVarSecret"},
	"prefect.utilities.context":     {"context"},
}

// contexts are the paths of the context, and of the configuration, which brings
// the secrets into it.
var contexts = []string{
	"prefect.context",
	"prefect.utilities.context.context",
	"prefect.config.context",
	"prefect.configuration.config.context",
}

func isContext(path string) bool { return slices.Contains(contexts, path) }

// isSecrets reports whether a path is that of the context's secrets.
func isSecrets(path string) bool {
	context, ok := strings.CutSuffix(path, ".secrets")
	return ok && isContext(context)
}

// methods of the object that holds the context's secrets: what else stands after
// it and a dot is the name of a secret.
var methods = map[string]bool{
	"clear": true, "copy": true, "fromkeys": true, "get": true, "items": true, "keys": true, "pop": true,
	"popitem": true, "setdefault": true, "to_dict": true, "to_json": true, "to_toml": true, "to_yaml": true,
	"update": true, "values": true,
}

// valueParameters are the keyword arguments that end as those do which name a
// secret, and hold something else. api_secret and client_secret are secrets
// themselves, databricks_conn_secret is given a secret's value by a task, and the
// others name secrets of Kubernetes.
var valueParameters = map[string]bool{
	"api_secret": true, "client_secret": true, "databricks_conn_secret": true,
	"image_pull_secret": true, "image_pull_secrets": true,
}

// nameParameter says whether a keyword argument of something of Prefect's names a
// secret, or a list of them. secret_name does in the tasks for Toloka alone, and
// elsewhere is about secrets of Kubernetes.
func nameParameter(path, keyword string) (one, several bool) {
	if valueParameters[keyword] {
		return false, false
	}
	one = strings.HasSuffix(keyword, "_secret") || strings.HasSuffix(keyword, "_secret_name") ||
		keyword == "secret_name" && strings.HasPrefix(path, "prefect.tasks.toloka.")
	return one, keyword == "secrets" || strings.HasSuffix(keyword, "_secrets")
}
