package pysource

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
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
	InBlocks          DefinitionKind = "blocks"           // Secret(value=...).save("a") of Prefect 2 and 3
)

// Definition is an expression that defines a secret. Start is its byte offset, and End is
// where it ends.
type Definition struct {
	// Name is that of the secret or, of InEnvironment, InPutenv and InRunEnvironment,
	// of the environment variable.
	Name  string
	Kind  DefinitionKind
	Start int
	End   int
	// Late reports that Prefect was imported before and does not see the variable.
	Late bool
}

// Unnamed is an expression by which a module brings secrets whose names are not certain.
type Unnamed struct {
	Span
	Source Source
}

// Source is where secrets come from whose names are not certain.
type Source int

const (
	FromComputed    Source = iota // names that the module computes
	FromEnvironment               // variables that the module loads, as by load_dotenv()
	FromConfig                    // another config, by PREFECT__USER_CONFIG_PATH
	FromTemplate                  // the template of a run, which is in another file
)

// configVariable names the config that Prefect reads.
const configVariable = variablePrefix + "USER_CONFIG_PATH"

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
	r.defineFrom(FromComputed, n)
}

func (r *reader) defineFrom(source Source, n *node) {
	r.module.Unnamed = append(r.module.Unnamed, Unnamed{Span{n.start, n.end}, source})
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
			r.module.Unnamed = append(r.module.Unnamed, Unnamed{l, FromComputed})
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
	r.module.Definitions = append(r.module.Definitions, Definition{Name: name, Kind: kind, Start: n.start, End: n.end})
}

// defineVariables records the environment variables that an expression may name, which n
// sets.
func (r *reader) defineVariables(name, n *node) {
	r.noteVariable(name)
	names := r.strings(name)
	if prefix, _ := r.affixes(name); names == nil && mayBeVariable(prefix) {
		r.setComputed(n, prefix)
	}
	for _, s := range names {
		r.defineVariable(s, n)
	}
}

// noteVariable remembers that an expression names a variable of this process, and not one
// of a run.
func (r *reader) noteVariable(name *node) {
	if name != nil {
		r.inEnvironment[name.start] = true
	}
}

// mayBeVariable reports whether a name with a prefix may be that of a variable which sets
// a secret, or which names the config.
func mayBeVariable(prefix string) bool {
	n := min(len(prefix), len(secretsPrefix))
	return prefix[:n] == secretsPrefix[:n] || strings.HasPrefix(configVariable, prefix)
}

// setComputed records that n sets environment variables whose names are not certain.
func (r *reader) setComputed(n *node, prefix string) {
	r.setting = append(r.setting, n)
	if !r.isImported(n) && !strings.HasPrefix(prefix, secretsPrefix) { // of those findComputedVariables knows
		r.defineFrom(FromEnvironment, n)
	}
}

// noteVariablesIn is noteVariable for all strings in an expression.
func (r *reader) noteVariablesIn(n *node) {
	if n == nil {
		return
	}
	first := sort.Search(len(r.literals), func(i int) bool { return r.literals[i].Start >= n.start })
	for _, l := range r.literals[first:] {
		if l.Start >= n.end {
			break
		}
		r.inEnvironment[l.Start] = true
	}
}

// defineVariable records an environment variable that n sets, if Prefect reads it.
func (r *reader) defineVariable(name string, n *node) {
	if !strings.HasPrefix(name, variablePrefix) || n.use == remove {
		return
	}
	if name == configVariable && !r.isImported(n) {
		r.defineFrom(FromConfig, n)
	}
	d := Definition{Name: name, Kind: InEnvironment, Start: n.start, End: n.end, Late: r.isImported(n)}
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
		return v.constant || isSecrets(v.path) || v.path == environPath
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

// visitDefinition records what a call adds to the context or the environment, and
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
	case strings.HasPrefix(path, environPath+"b."):
		r.defineVariables(r.decoded(first), n)
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

// defineContext records prefect.context(secrets={...}), also with a dict, or with **dict.
func (r *reader) defineContext(n, dict *node, path string) {
	if secrets, _ := n.argument(-1, "secrets"); secrets != nil {
		r.defineAll(secrets, path, n)
	}
	for _, a := range n.args {
		if a.stars {
			r.defineContextFrom(a.value, path, n)
		}
	}
	r.defineContextFrom(dict, path, n)
}

// defineContextFrom records the secrets in a dict that becomes the context.
func (r *reader) defineContextFrom(dict *node, path string, n *node) {
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
	r.noteVariablesIn(n)
	r.noteVariablesIn(dict)
	r.noteVariablesIn(r.value(dict).literal)
	r.entries(dict, visit)
	r.steps = 0
	if !r.isComplete(dict, 0) {
		r.setComputed(n, "")
	}
	for _, a := range n.args {
		if a.unpacked {
			r.entries(a.value, visit)
			r.steps = 0
			if !r.isComplete(a.value, 0) {
				r.setComputed(n, "")
			}
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

// defineRunContext records flow.run(context={"secrets": {...}}), and the same for a runner
// or a client.
func (r *reader) defineRunContext(n *node) {
	if context, _ := n.argument(-1, "context"); context != nil {
		r.defineContextFrom(context, contextPaths[0], n)
	}
}

// reload records that n makes Prefect read its configuration again.
func (r *reader) reload(n *node) {
	if r.reloads == nil {
		r.reloads = n
		r.defineUnknown(n)
	}
}

// finishReload drops the variables that come too late for the import of Prefect, if it
// reads its configuration again.
func (r *reader) finishReload() {
	if r.reloads != nil {
		r.module.Definitions = slices.DeleteFunc(r.module.Definitions, func(d Definition) bool { return d.Late })
	}
}

// loadsEnvironment reports whether a call is by its name one that sets environment
// variables from elsewhere, such as load_dotenv() or Env().read_env(). What a function
// of the module does is seen in its body.
func (r *reader) loadsEnvironment(n *node) bool {
	if n.base.kind != nodeName && n.base.kind != nodeAttr || r.functionOf(n.base) != nil {
		return false
	}
	words := wordsOf(n.base.name)
	if n.base.kind == nodeAttr && strings.Contains(n.base.base.name, "dotenv") {
		words = append(words, "dotenv")
	}
	isOne := func(words string) func(string) bool { return func(w string) bool { return containsWord(words, w) } }
	for _, a := range n.args {
		words = append(words, wordsOf(a.name)...)
	}
	return slices.ContainsFunc(words, isOne("load read set setup init configure prepare import source export apply populate inject update")) &&
		slices.ContainsFunc(words, isOne("dotenv env envs environ environment envfile"))
}

// wordsOf returns the words of a name such as load_dotenv or loadDotenv, in lower case.
func wordsOf(name string) []string {
	var b strings.Builder
	for i, c := range name {
		if i > 0 && unicode.IsUpper(c) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.FieldsFunc(b.String(), func(c rune) bool { return c == '_' })
}

// templateArguments are the ends of arguments that give the template of a run from
// elsewhere, such as job_template_path.
var templateArguments = []string{"template_path", "definition_path", "definition_arn", "spec_file", "dockerfile"}

// defineTemplates records the templates of a run: their texts may have any variable.
func (r *reader) defineTemplates(n *node) {
	r.runs = true
	for _, a := range n.args {
		isOne := func(end string) bool { return strings.HasSuffix(a.name, end) }
		isFile := slices.ContainsFunc(templateArguments, isOne) && !r.value(a.value).constant
		if isFile || containsWord("env env_vars job_template task_definition", a.name) && !r.isSeen(a.value) {
			r.defineFrom(FromTemplate, a.value)
		}
	}
}

// isSeen reports whether the module has all that an environment or a template holds. What
// the process inherits is known elsewhere.
func (r *reader) isSeen(n *node) bool {
	if n.kind == nodeCall && n.base.kind == nodeAttr && r.value(n.base.base).path == environPath {
		return true // os.environ.copy()
	}
	r.steps = 0
	return r.value(n).isString || r.isComplete(n, 0)
}

// defineTexts records the variables in the texts of the templates of runs, such as
// "- name: PREFECT__CONTEXT__SECRETS__A" in YAML.
func (r *reader) defineTexts() {
	known := map[string]bool{}
	for _, d := range r.module.Definitions {
		known[d.Name] = known[d.Name] || d.Kind == InRunEnvironment
	}
	for _, l := range r.literals {
		if !r.runs || l.End > r.limit || r.inEnvironment[l.Start] || !strings.Contains(r.src[l.Start:l.End], secretsPrefix) {
			continue
		}
		for _, found := range variableInText().FindAllStringSubmatch(r.src[l.Start:l.End], -1) {
			if name := found[1]; !known[name] {
				known[name] = true
				r.define(name, InRunEnvironment, &node{start: l.Start})
			}
		}
	}
}

// variableInText matches a variable that a template sets: the name of one in YAML or JSON,
// or ENV in a Dockerfile.
var variableInText = lazyregexp.New(`(?m)(?:[Nn]ame["']?:\s*|ENV\s+|^\s*|["'])["']?(` + secretsPrefix + `\w+)(?:["']?\s*$|["']|\s*[:=,}]|\s)`)

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
		r.defineTemplates(n)
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

// decoded returns the string that bytes are, as a name in os.environb.
func (r *reader) decoded(bytes *node) *node {
	if bytes == nil || bytes.kind != nodeConcat || len(bytes.items) != 1 {
		return bytes
	}
	v := parseLiteral(strings.TrimLeft(r.src[bytes.start:bytes.end], "bB"))
	return &node{kind: nodeString, start: bytes.start, end: bytes.end, value: &v}
}
