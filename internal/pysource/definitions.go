package pysource

import (
	"slices"
	"strings"
)

// DefinitionKind is the way in which a module defines a secret.
type DefinitionKind string

const (
	InContext         DefinitionKind = "context"          // prefect.context.secrets["A"] = ...
	InConfiguration   DefinitionKind = "configuration"    // prefect.config.context.secrets["A"] = ..., which the context does not get
	InTemporaryConfig DefinitionKind = "temporary config" // set_temporary_config({"context.secrets.A": ...})
	InEnvironment     DefinitionKind = "environment"      // os.environ["PREFECT__CONTEXT__SECRETS__A"] = ...
	InPutenv          DefinitionKind = "putenv"           // os.putenv("PREFECT__CONTEXT__SECRETS__A", ...), which os.environ does not get
	InRunEnvironment  DefinitionKind = "run environment"  // UniversalRun(env={"PREFECT__CONTEXT__SECRETS__A": ...})
	InStore           DefinitionKind = "store"            // Client().set_secret("A", ...)
)

// Definition is an expression that defines a secret. Start is its byte offset.
type Definition struct {
	// Name is that of the secret or, of InEnvironment, InPutenv and InRunEnvironment,
	// of the environment variable.
	Name  string
	Kind  DefinitionKind
	Start int
	// Late reports that Prefect was imported before and does not see the variable.
	Late bool
}

// variablePrefix begins the variables that Prefect reads.
const variablePrefix = "PREFECT__"

func contextKind(path string) DefinitionKind {
	if isConfiguration(path) {
		return InConfiguration
	}
	return InContext
}

// defineUnknown records that n defines secrets whose names are not certain.
func (r *reader) defineUnknown(n *node) {
	r.module.Unnamed = append(r.module.Unnamed, Span{n.start, n.end})
}

// secretsPrefix begins the variables that set a secret.
const secretsPrefix = variablePrefix + "CONTEXT__SECRETS__"

// findComputedVariables records the strings that end with the beginning of such a
// variable, to which the code adds the name of a secret.
func (r *reader) findComputedVariables() {
	for _, l := range r.literals {
		text := r.src[l.Start:l.End]
		if l.End > r.limit || !strings.Contains(text, secretsPrefix) {
			continue
		}
		_, name, _ := strings.Cut(text, secretsPrefix)
		if strings.Trim(name, "\"'") == "" || name[0] == '{' || name[0] == '%' {
			r.module.Unnamed = append(r.module.Unnamed, l)
		}
	}
}

// defineMentioned records the variables whose names stand in the module, if it sets
// variables whose names are not certain, as in a loop over a dict.
func (r *reader) defineMentioned() {
	if len(r.setting) == 0 {
		return
	}
	for _, l := range r.literals {
		if l.End > r.limit || !strings.Contains(r.src[l.Start:l.End], secretsPrefix) {
			continue
		}
		v := parseLiteral(r.src[l.Start:l.End])
		if name, ok := strings.CutPrefix(v.str, secretsPrefix); ok && name != "" && !strings.ContainsAny(name, "{%") {
			r.defineVariable(v.str, r.setting[0])
		}
	}
}

func (r *reader) define(name string, kind DefinitionKind, n *node) {
	r.module.Definitions = append(r.module.Definitions, Definition{Name: name, Kind: kind, Start: n.start})
}

// defineVariables records the environment variables that an expression may name, which n
// sets.
func (r *reader) defineVariables(name, n *node) {
	names := r.strings(name)
	if names == nil && n.use != remove {
		r.setting = append(r.setting, n)
	}
	for _, s := range names {
		r.defineVariable(s, n)
	}
}

// defineVariable records an environment variable that n sets, if Prefect reads it.
func (r *reader) defineVariable(name string, n *node) {
	if !strings.HasPrefix(name, variablePrefix) {
		return
	}
	d := Definition{Name: name, Kind: InEnvironment, Start: n.start, Late: r.isImported(n)}
	if n.kind == nodeCall && r.callee(n) == putenvPath {
		d.Kind = InPutenv
	}
	r.module.Definitions = append(r.module.Definitions, d)
}

// isImported reports whether Prefect was imported before n runs.
func (r *reader) isImported(n *node) bool {
	at := n.region
	for range maxRegions {
		if start := r.imported[at]; start != nil && *start < n.start {
			return true
		}
		if at == nil {
			break
		}
		at = at.parent
	}
	return false
}

// defineAll records the keys of a dict that becomes the secrets of a context.
func (r *reader) defineAll(dict *node, path string, n *node) {
	r.steps = 0
	if !r.isComplete(dict, 0) && !isConfiguration(path) {
		r.defineUnknown(n)
	}
	r.entries(dict, func(name string, _ *node) { r.define(name, contextKind(path), n) })
}

// defineKeywords records the keyword arguments of a call as names.
func (r *reader) defineKeywords(call *node, path string) {
	for _, a := range call.args {
		switch {
		case a.unpacked:
			r.defineAll(a.value, path, call)
		case a.name != "" && !patchArguments[a.name]:
			r.define(a.name, contextKind(path), call)
		}
	}
}

// patchArguments are the arguments of patch.dict other than entries.
var patchArguments = map[string]bool{"in_dict": true, "values": true, "clear": true}

// isComplete reports whether entries visits everything in a dict.
func (r *reader) isComplete(dict *node, depth int) bool {
	if dict == nil {
		return true
	}
	v := r.value(dict)
	switch {
	case v.literal == nil:
		return v.constant || isSecrets(v.path)
	case depth > maxNesting || r.steps > maxSteps:
		return false
	}
	r.steps++
	switch v.literal.kind {
	case nodeUnion:
		return !slices.ContainsFunc(v.literal.items, func(d *node) bool { return !r.isComplete(d, depth+1) })
	case nodeList:
		return !slices.ContainsFunc(v.literal.items, func(d *node) bool {
			pair := r.value(d).literal
			return !isPair(pair) || !r.value(pair.items[0]).isString
		})
	}
	for i, value := range v.literal.values {
		if key := v.literal.items[i]; value == nil && !r.isComplete(key, depth+1) || value != nil && !r.value(key).isString {
			return false
		}
	}
	return !slices.ContainsFunc(v.literal.args, func(a arg) bool { return a.name == "" && !r.isComplete(a.value, depth+1) })
}

// entries calls visit for each entry of a dict whose key is certain.
func (r *reader) entries(dict *node, visit func(key string, value *node)) {
	r.unseenEntries(dict, map[*node]bool{}, visit)
}

// unseenEntries is entries without the dicts that were visited before, as by the
// second **d of one dict.
func (r *reader) unseenEntries(dict *node, seen map[*node]bool, visit func(key string, value *node)) {
	literal := r.value(dict).literal
	if literal == nil || seen[literal] || len(seen) > maxAliasDepth {
		return
	}
	seen[literal] = true
	switch literal.kind {
	case nodeUnion:
		for _, item := range literal.items {
			r.unseenEntries(item, seen, visit)
		}
	case nodeList:
		r.pairs(literal, visit)
	default:
		r.dictEntries(literal, seen, visit)
	}
}

// pairs calls visit for each pair of a list whose key is certain.
func (r *reader) pairs(list *node, visit func(key string, value *node)) {
	for _, item := range list.items {
		if pair := r.value(item).literal; isPair(pair) && r.value(pair.items[0]).isString {
			visit(r.value(pair.items[0]).str, pair.items[1])
		}
	}
}

// dictEntries is unseenEntries for a dict literal or a call of dict.
func (r *reader) dictEntries(literal *node, seen map[*node]bool, visit func(key string, value *node)) {
	for i, value := range literal.values {
		if value == nil {
			r.unseenEntries(literal.items[i], seen, visit)
		} else if key := r.value(literal.items[i]); key.isString {
			visit(key.str, value)
		}
	}
	for _, a := range literal.args {
		if a.name != "" {
			visit(a.name, a.value)
		} else {
			r.unseenEntries(a.value, seen, visit)
		}
	}
}

// isPair reports whether a literal is a list of two, as of a key and its value.
func isPair(literal *node) bool {
	return literal != nil && literal.kind == nodeList && len(literal.items) == 2
}

// visitDefinition records what a call puts into the context or the environment, and
// reports whether it is such a call.
func (r *reader) visitDefinition(n *node, path, context, method string) bool {
	first, _ := n.argument(0, "")
	second, _ := n.argument(1, "values")
	switch {
	case isContext(path), isContext(context) && method == "update":
		r.defineContext(n, first, path)
	case isContext(context) && method == "setdefault":
		if r.value(first).str == "secrets" {
			r.defineAll(second, context, n)
		}
	case context == environPath && method == "update":
		r.merge(context, first, n)
	case context == environPath || path == putenvPath:
		r.defineVariables(first, n)
	case path == temporaryPath:
		r.defineTemporary(first, "", n)
	default:
		return false
	}
	return true
}

// defineContext records prefect.context(secrets={...}), also with a dict.
func (r *reader) defineContext(n, dict *node, path string) {
	if secrets, _ := n.argument(-1, "secrets"); secrets != nil {
		r.defineAll(secrets, path, n)
	}
	r.entries(dict, func(key string, value *node) {
		if key == "secrets" {
			r.defineAll(value, path, n)
		}
	})
	r.steps = 0
	if !r.isComplete(dict, 0) && !isConfiguration(path) {
		r.defineUnknown(n)
	}
}

// defineEntries records the variables in a dict and in the keyword arguments of a call.
func (r *reader) defineEntries(n, dict *node) {
	visit := func(name string, _ *node) { r.defineVariable(name, n) }
	r.entries(dict, visit)
	r.steps = 0
	if !r.isComplete(dict, 0) {
		r.setting = append(r.setting, n)
	}
	for _, a := range n.args {
		if a.unpacked {
			r.entries(a.value, visit)
		} else if a.name != "" {
			visit(a.name, nil)
		}
	}
}

// defineTemporary records set_temporary_config({"context.secrets.A": ...}), and the
// same with dicts inside one another.
func (r *reader) defineTemporary(dict *node, outer string, n *node) {
	r.entries(dict, func(key string, value *node) {
		path := strings.TrimPrefix(outer+"."+key, ".")
		if name, ok := strings.CutPrefix(path, "context.secrets."); ok {
			r.define(name, InTemporaryConfig, n)
		} else if path == "context" || path == "context.secrets" {
			r.defineTemporary(value, path, n)
		}
	})
}

// runModules have the classes whose arguments env and env_vars are the environment
// of a flow run.
var runModules = []string{"prefect.run_configs.", "prefect.storage.", "prefect.environments.", "prefect.agent."}

// defineRunEnvironment records UniversalRun(env={...}), Docker(env_vars={...}) and
// the like.
func (r *reader) defineRunEnvironment(n *node, path string) {
	for _, module := range runModules {
		if !strings.HasPrefix(path, module) {
			continue
		}
		for _, parameter := range []string{"env", "env_vars"} {
			dict, _ := n.argument(-1, parameter)
			r.entries(dict, func(name string, _ *node) {
				if strings.HasPrefix(name, variablePrefix) {
					r.define(name, InRunEnvironment, n)
				}
			})
		}
	}
}
