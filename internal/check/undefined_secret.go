package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// SecretSet is the secrets that one config, manifest or store defines.
type SecretSet struct {
	Where  string   // what messages call it, such as "config.toml" or "the store"
	Names  []string // of the secrets, in any order
	Lookup Lookup   // where Prefect looks for a secret that it does not have
	// Store is the kind of store that has the secrets; nil is [storekind.Default].
	Store *storekind.Kind
}

// StoreSet returns the set of the names in a store that was asked.
func StoreSet(kind *storekind.Kind, names []string) SecretSet {
	set := SecretSet{Where: "the store", Names: names, Store: kind}
	if !set.isBlocks() {
		set.Lookup = LookupStore
	}
	return set
}

func (s SecretSet) isBlocks() bool { return s.Store == storekind.Blocks }

// Lookup is where Prefect looks for secrets, as far as a [SecretSet] tells. It decides
// which error a flow gets for a missing one.
type Lookup int

const (
	LookupUnknown Lookup = iota
	LookupLocal          // a config, with cloud.use_local_secrets on
	LookupOff            // a config, or the environment, with cloud.use_local_secrets off
	LookupStore          // a store, or a manifest of what goes into one
)

// Check reports each secret that a flow reads and no set defines, reads while a flow
// is built, a flow that Python cannot read, as a warning, and invalid ignore comments.
// Of opts only Rules, Version and Store matter. Without a set of its kind every secret is
// undefined, and no block.
//
// Not reported are optional reads, computed names, what EnvVarSecret reads, and
// secrets that the same file brings. The diagnostics are in the order of the files,
// sorted by position in each.
func (r *FlowReads) Check(defined []SecretSet, opts Options) []Diagnostic {
	ofSecrets, ofBlocks := splitSets(defined)
	if opts.Store == storekind.Default {
		ofBlocks = nil
	}
	secrets, blocks := newSecretIndex(ofSecrets), r.newBlockIndex(ofBlocks)
	var found []Diagnostic
	for _, f := range r.flows {
		s := f.newSource(opts)
		s.secrets, s.blocks = secrets, blocks
		found = append(found, s.diagnose()...)
	}
	return found
}

// checkUndefined reports what a flow reads and nothing defines.
func checkUndefined(s *source, report func(finding)) {
	if s.opts.Store != storekind.Blocks {
		checkUndefinedSecrets(s, report)
	}
	checkBlocks(s, report)
}

func checkUndefinedSecrets(s *source, report func(finding)) {
	module, secrets := s.flow.module, s.secrets
	brought := s.flow.brought(s.opts.Version)
	for _, a := range module.Reads {
		if a.Kind == pysource.Environment || a.IsBlock() || secrets.has(a.Name) || brought.has(a) {
			continue
		}
		handling := secrets.handlingOf(a, s.opts.Version)
		if handling.optional {
			continue
		}
		f := s.undefinedIn(secrets, a, handling, brought)
		f.key = "context.secrets." + tomlpos.QuoteKey(a.Name)
		report(f)
	}
}

// undefinedIn returns the finding about a read of what an index does not have.
func (s *source) undefinedIn(x *secretIndex, a pysource.Access, handling handling, brought brought) finding {
	f := finding{message: x.message(a.Name), hint: x.hint(a.Name), start: a.Start, end: a.End}
	variable, unseen := brought.unseenVariable(a.Name)
	switch {
	case x.saves != "":
		f.severity = SeverityNote
		f.message += fmt.Sprintf("; %s saves blocks under names that are computed, of which it may be one", x.saves)
	case len(s.flow.module.Unnamed) > 0 && !unseen && !a.IsBlock():
		u := s.flow.module.Unnamed[0]
		f.severity = SeverityNote
		f.message += fmt.Sprintf("; line %d "+unnamedSources[u.Source], s.position(u.Start).Line)
	case a.Mocked.End > 0:
		f.severity = SeverityNote
		f.message += fmt.Sprintf("; line %d replaces a part of Prefect that the read may use", s.position(a.Mocked.Start).Line)
	case len(handling.missing) > 0:
		f.severity = SeverityWarning
		f.message += fmt.Sprintf(", and the handler here does not catch %s", strings.Join(handling.missing, " and "))
		f.hint = fmt.Sprintf("Prefect raises %s for a secret that is missing: catch it too, or %s", strings.Join(handling.missing, " and "), f.hint)
	case handling.partly:
		f.severity = SeverityWarning
		f.message += fmt.Sprintf(", which only some callers handle, as at line %d", s.position(handling.handler).Line)
		f.hint = fmt.Sprintf("catch %s around the read, or %s", handling.expected, f.hint)
	case handling.unsure:
		f.severity = SeverityWarning
		f.message += fmt.Sprintf(", and whether the handler at line %d catches %s is not certain", s.position(handling.handler).Line, handling.expected)
		f.hint = fmt.Sprintf("write %s there, or %s", handling.expected, f.hint)
	case handling.hidden:
		f.severity = SeverityWarning
		f.message += fmt.Sprintf(", which is hidden by the handler at line %d", s.position(handling.handler).Line)
		f.hint = fmt.Sprintf("catch %s around the read alone, or %s", handling.expected, f.hint)
	case a.GivesNone:
		f.severity = SeverityWarning
		f.message += ", and the read gives None"
	case unseen && variable.Kind == pysource.InPutenv:
		f.message += fmt.Sprintf("; os.putenv at line %d sets %s for other processes alone", s.position(variable.Start).Line, MaskTokens(variable.Name))
		f.hint = "set the variable in os.environ, above the import of Prefect"
	case unseen:
		f.message += fmt.Sprintf("; line %d sets %s too late, after the import of Prefect", s.position(variable.Start).Line, MaskTokens(variable.Name))
		f.hint = "Prefect reads the environment once, when it is imported: set the variable above the import, or where the flow is started"
	}
	return f
}

// unnamedSources say what a line does that brings secrets whose names are not certain.
var unnamedSources = map[pysource.Source]string{
	pysource.FromComputed:    "brings secrets under names that are computed, of which it may be one",
	pysource.FromEnvironment: "loads environment variables, of which one may set it",
	pysource.FromConfig:      "makes Prefect read another config, which may have it",
	pysource.FromTemplate:    "takes the environment of the run from elsewhere, which may set it",
}

// secretIndex finds the defined secrets by name.
type secretIndex struct {
	sets        []SecretSet
	definedIn   map[string]string // name → Where of the first set that has it
	byLowerCase map[string]string // name in lower case → one of the names
	names       []string          // sorted
	hints       map[string]string // undefined name → hint
	noun        string            // what messages call one
	unknown     string            // the hint for a name that is like no other
	saves       string            // file and line where flows save blocks whose names are not certain
	local       bool              // Prefect may look for a secret locally
	store       bool              // Prefect may look for a secret in the store
}

func newSecretIndex(sets []SecretSet) *secretIndex {
	x := &secretIndex{sets: sets, definedIn: map[string]string{}, byLowerCase: map[string]string{}, hints: map[string]string{}, noun: "secret", unknown: undefinedHint}
	for _, set := range sets {
		for _, name := range set.Names {
			x.add(name, set.Where)
		}
	}
	slices.Sort(x.names)
	lookups := func(l Lookup) bool { return slices.ContainsFunc(sets, func(s SecretSet) bool { return s.Lookup == l }) }
	x.store = lookups(LookupStore) || lookups(LookupOff)
	x.local = lookups(LookupLocal) || !lookups(LookupOff)
	return x
}

func (x *secretIndex) add(name, where string) {
	if !x.has(name) {
		x.definedIn[name], x.byLowerCase[strings.ToLower(name)] = where, name
		x.names = append(x.names, name)
	}
}

func (x *secretIndex) has(name string) bool {
	_, ok := x.definedIn[name]
	return ok
}

// maxSetsNamed is how many sets a message names.
const maxSetsNamed = 4

// message says that no set has a name.
func (x *secretIndex) message(name string) string {
	sets := make([]string, len(x.sets))
	for i, set := range x.sets {
		sets[i] = set.Where
	}
	last := len(sets) - 1
	name = MaskTokens(name)
	switch {
	case last < 0:
		return fmt.Sprintf("nothing defines the %s %q", x.noun, name)
	case last == 0:
		return fmt.Sprintf("%s does not have the %s %q", sets[0], x.noun, name)
	case last == 1:
		return fmt.Sprintf("neither %s nor %s has the %s %q", sets[0], sets[1], x.noun, name)
	case last < maxSetsNamed:
		return fmt.Sprintf("none of %s and %s has the %s %q", strings.Join(sets[:last], ", "), sets[last], x.noun, name)
	}
	return fmt.Sprintf("none of %s and %d more has the %s %q", strings.Join(sets[:maxSetsNamed], ", "), len(sets)-maxSetsNamed, x.noun, name)
}

// hint returns what to do about an undefined name. It searches once for each name.
func (x *secretIndex) hint(name string) string {
	if _, ok := x.hints[name]; !ok {
		x.hints[name] = x.suggest(name)
	}
	return x.hints[name]
}

const undefinedHint = "write it to the store with prefect-secrets sync or set, or name an environment variable for it under [context.secrets]"

func (x *secretIndex) suggest(name string) string {
	if other, ok := x.byLowerCase[strings.ToLower(name)]; ok {
		hint := fmt.Sprintf("case matters: %s has %q", x.definedIn[other], MaskTokens(other))
		if other == release.EnvironmentName(other) {
			hint += documentedCase
		}
		return hint
	}
	if near := nearest.Of(name, x.names); near != "" {
		return fmt.Sprintf("did you mean %q, which %s has?", MaskTokens(near), x.definedIn[near])
	}
	return x.unknown
}
