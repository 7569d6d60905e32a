package pysource

import (
	"slices"
	"strings"
)

// The names in this file are from the sources of 0.9.3, 0.15.13 and 1.4.1, except
// where a comment says otherwise.

// unknownPath is the path of something in Prefect that has no other: what a call
// returned, or what has a path of more than maxPath bytes.
const unknownPath = "prefect.?"

const maxPath = 200

// partialPath is the path of the function that binds some arguments of another, boundPath
// that of a class of secrets with a name that it bound.
const (
	partialPath = "functools.partial"
	boundPath   = "functools.?bound"
)

// flowPath is the path of a Flow.
const flowPath = "prefect.?flow"

// taskPath is the path of a task of Prefect's task library, and of its methods that
// take the arguments of its run. Other tasks are the user's own: their arguments are
// values, and no names of secrets.
const taskPath = "prefect.?task"

var runMethods = []string{"run", "bind", "map", "copy"}

// namesSecrets reports whether the arguments of what has a path may name secrets. What
// the context and the configuration hold may be anything.
func namesSecrets(path string) bool {
	return isPrefect(path) && path != unknownPath && !isLater(path) && !slices.ContainsFunc(contextPaths, func(context string) bool {
		return strings.HasPrefix(path, context+".")
	})
}

// isLibraryTask reports whether a path is that of a class of the task library.
func isLibraryTask(path string) bool {
	return strings.HasPrefix(path, "prefect.tasks.") && !strings.HasPrefix(path, "prefect.tasks.core.")
}

var flowClasses = []string{"prefect.Flow", "prefect.core.Flow", "prefect.core.flow.Flow"}

// Paths of other modules that are followed.
const (
	suppressPath  = "contextlib.suppress"
	raisesPath    = "pytest.raises"
	environPath   = "os.environ"
	modulesPath   = "sys.modules"
	importModule  = "importlib.import_module"
	putenvPath    = "os.putenv"
	getenvPath    = "os.getenv"
	patchPath     = "unittest.mock.patch"
	temporaryPath = "prefect.utilities.configuration.set_temporary_config"
)

// otherPaths are the paths outside of Prefect that lead to a secret, or say what
// becomes of one.
var otherPaths = func() map[string]bool {
	all := map[string]bool{}
	for _, path := range []string{
		partialPath, suppressPath, raisesPath, putenvPath, getenvPath, modulesPath, importModule, patchPath + ".dict", patchPath + ".object", patchPath + ".multiple",
		"builtins.BaseException", "builtins.Exception", "builtins.LookupError", "builtins.KeyError", "builtins.ValueError",
		environPath + "b", environPath + "b.setdefault", environPath + ".setdefault", environPath + ".update", environPath + ".__setitem__",
	} {
		for at := range path {
			if path[at] == '.' {
				all[path[:at]] = true
			}
		}
		all[path] = true
	}
	return all
}()

// importPath returns the dotted path of a module or of something in it, or "" if it
// is not followed.
func importPath(parts []string) string {
	path := strings.Join(parts, ".")
	if isPrefect(path) {
		return shorten(path)
	}
	if otherPaths[path] {
		return path
	}
	return ""
}

// join returns the path of what a name leads to from a path, or "".
func join(path, name string) string {
	switch {
	case strings.ContainsAny(name, ".?"):
		return ""
	case path == taskPath && slices.Contains(runMethods, name):
		return taskPath
	case path == unknownPath || path == flowPath || path == taskPath:
		return unknownPath
	case !isPrefect(path) && !otherPaths[path+"."+name]:
		return ""
	}
	return shorten(path + "." + name)
}

func shorten(path string) string {
	if len(path) > maxPath {
		return unknownPath
	}
	return path
}

func isPrefect(path string) bool {
	return path == "prefect" || strings.HasPrefix(path, "prefect.")
}

// secretClasses are the classes whose first argument, or argument name, names a
// secret. prefect.tasks.secrets.Secret is PrefectSecret's name up to 0.9.
var secretClasses = map[string]Kind{
	"prefect.client.Secret":                      Client,
	"prefect.client.secrets.Secret":              Client,
	"prefect.tasks.secrets.PrefectSecret":        Task,
	"prefect.tasks.secrets.base.PrefectSecret":   Task,
	"prefect.tasks.secrets.Secret":               Task,
	"prefect.tasks.secrets.base.Secret":          Task,
	"prefect.tasks.secrets.EnvVarSecret":         Environment,
	"prefect.tasks.secrets.env_var.EnvVarSecret": Environment,
}

// starExports are the names that from MODULE import * binds.
var starExports = map[string][]string{
	"prefect":                       {"config", "context"},
	"prefect.client":                {"Client", "Secret"},
	"prefect.client.secrets":        {"Client", "Secret"},
	"prefect.tasks.secrets":         {"EnvVarSecret", "PrefectSecret"},
	"prefect.tasks.secrets.base":    {"PrefectSecret"},
	"prefect.tasks.secrets.env_var": {"EnvVarSecret"},
	"prefect.utilities.context":     {"context"},
	"prefect.blocks.system":         {"Secret"},
	"prefect.blocks.core":           {"Block"},
}

// contextPaths are the paths of the context, and of the configuration's, from which
// the context gets the secrets.
var contextPaths = []string{
	"prefect.context",
	"prefect.utilities.context.context",
	"prefect.config.context",
	"prefect.configuration.config.context",
}

// isConfiguration reports whether a path leads through the configuration: what is set
// there later, the context does not get.
func isConfiguration(path string) bool {
	return strings.HasPrefix(path, "prefect.config.") || strings.HasPrefix(path, "prefect.configuration.")
}

func isContext(path string) bool { return slices.Contains(contextPaths, path) }

// isSecrets reports whether a path leads to the context's secrets.
func isSecrets(path string) bool {
	context, ok := strings.CutSuffix(path, ".secrets")
	return ok && isContext(context)
}

// dictMethods are the methods of the object that holds the context's secrets. Any
// other attribute of it is a secret.
var dictMethods = map[string]bool{
	"clear": true, "copy": true, "fromkeys": true, "get": true, "items": true, "keys": true, "pop": true,
	"popitem": true, "setdefault": true, "to_dict": true, "to_json": true, "to_toml": true, "to_yaml": true,
	"update": true, "values": true,
}

// valueParameters are the keyword arguments that look as if they named a secret by
// their ending, and do not. api_secret and client_secret are secrets themselves,
// databricks_conn_secret gets a secret's value from a task, and the others name
// secrets of Kubernetes.
var valueParameters = map[string]bool{
	"api_secret": true, "client_secret": true, "databricks_conn_secret": true,
	"image_pull_secret": true, "image_pull_secrets": true,
}

// nameParameter reports whether a keyword argument of something in Prefect names one
// secret or several. secret_name does so only in the tasks for Toloka; elsewhere it
// names a secret of Kubernetes.
func nameParameter(path, keyword string) (one, several bool) {
	if valueParameters[keyword] {
		return false, false
	}
	one = strings.HasSuffix(keyword, "_secret") || strings.HasSuffix(keyword, "_secret_name") ||
		keyword == "secret_name" && strings.HasPrefix(path, "prefect.tasks.toloka.")
	return one, keyword == "secrets" || strings.HasSuffix(keyword, "_secrets")
}
