package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Known is a place that has secrets.
type SecretSet struct {
	Where string   // what messages call it, such as "config.toml" or "the store"
	Names []string // of the secrets, in any order
}

// Undefined reports, at its place in the flow file, each secret that is read and
// that none of the known places has; a file with a fault that keeps Python from
// reading it, as a warning; and ignore comments that are not right. Of opts, Rules
// counts. Without a known place every secret is undefined.
//
// Not reported are optional reads, names that are computed, what EnvVarSecret
// reads, and secrets that the same file puts into Prefect's context. The
// diagnostics come in the order of the files, sorted by position in each.
func (r *FlowReads) Undefined(known []SecretSet, opts Options) []Diagnostic {
	k := newSecretIndex(known)
	var found []Diagnostic
	for _, f := range r.flows {
		s := f.newSource(opts)
		s.secrets = k
		found = append(found, s.diagnose()...)
	}
	return found
}

// checkUndefined reports what a flow reads and nothing defines.
func checkUndefined(s *source, report func(finding)) { s.flow.undefined(s.secrets, report) }

func (f flow) undefined(k *secretIndex, report func(finding)) {
	if p := f.module.Problem; p != nil {
		report(finding{
			severity: SeverityWarning, message: "from here on this file is not read: " + p.Message, start: p.Start, end: p.End,
			hint: "which secrets it reads below is not known; see whether Python 3 runs it",
		})
	}
	for _, a := range f.module.Reads {
		_, set := slices.BinarySearch(f.module.Sets, a.Name)
		if a.Optional || a.Kind == pysource.Environment || set || k.has(a.Name) {
			continue
		}
		report(finding{
			message: k.message(a.Name), hint: k.hint(a.Name), key: "context.secrets." + tomlpos.QuoteKey(a.Name),
			start: a.Start, end: a.End,
		})
	}
}

// knowledge is which secrets there are.
type secretIndex struct {
	sets        []SecretSet
	definedIn   map[string]string // of each name, the first place that has it
	byLowerCase map[string]string // of each name in lower case, one that there is
	names       []string          // sorted
	hints       map[string]string // of names that are undefined
}

func newSecretIndex(known []SecretSet) *secretIndex {
	k := &secretIndex{sets: known, definedIn: map[string]string{}, byLowerCase: map[string]string{}, hints: map[string]string{}}
	for _, place := range known {
		for _, name := range place.Names {
			if !k.has(name) {
				k.definedIn[name], k.byLowerCase[strings.ToLower(name)] = place.Where, name
				k.names = append(k.names, name)
			}
		}
	}
	slices.Sort(k.names)
	return k
}

func (k *secretIndex) has(name string) bool {
	_, ok := k.definedIn[name]
	return ok
}

// mostPlaces is how many places a message names.
const maxSetsNamed = 4

func (k *secretIndex) message(name string) string {
	places := make([]string, len(k.sets))
	for i, place := range k.sets {
		places[i] = place.Where
	}
	last := len(places) - 1
	name = MaskTokens(name)
	switch {
	case last < 0:
		return fmt.Sprintf("nothing defines the secret %q", name)
	case last == 0:
		return fmt.Sprintf("%s does not have the secret %q", places[0], name)
	case last == 1:
		return fmt.Sprintf("neither %s nor %s has the secret %q", places[0], places[1], name)
	case last < maxSetsNamed:
		return fmt.Sprintf("none of %s and %s has the secret %q", strings.Join(places[:last], ", "), places[last], name)
	}
	return fmt.Sprintf("none of %s and %d more has the secret %q", strings.Join(places[:maxSetsNamed], ", "), len(places)-maxSetsNamed, name)
}

func (k *secretIndex) hint(name string) string {
	if _, ok := k.hints[name]; !ok {
		k.hints[name] = k.suggest(name)
	}
	return k.hints[name]
}

func (k *secretIndex) suggest(name string) string {
	if other, ok := k.byLowerCase[strings.ToLower(name)]; ok {
		hint := fmt.Sprintf("case counts, and %s has %q", k.definedIn[other], MaskTokens(other))
		if other == release.EnvironmentName(other) {
			hint += documentedCase
		}
		return hint
	}
	if near := nearest.Of(name, k.names); near != "" {
		return fmt.Sprintf("did you mean %q, which %s has?", MaskTokens(near), k.definedIn[near])
	}
	return "put it into the store with prefect-secrets sync or set, or under [context.secrets] as the name of an environment variable"
}
