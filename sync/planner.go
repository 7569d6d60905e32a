package sync

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// planInput is what one tenant's plan depends on.
type planInput struct {
	Run
	tenant string // slug or id; empty means the key's own, whose slug the store may say
	apply  bool   // the plan is to be applied, so the key must be one that may write
}

// newPlan decides what happens to each name if the store is empty. [Plan.compareWith]
// completes the plan with the names that the store has. It fails with [ErrEmptySource],
// with [ErrNothingIncluded], and if a name has two sources, a required name has no value,
// or a value does not fit its format.
func newPlan(in planInput) (*Plan, error) {
	if err := validate(in.Rules, in.Prune, in.Overwrite); err != nil {
		return nil, err
	}
	adapter := adapterOf(in.Writer)
	given := in.Prune.Scope
	p := &planner{adapter: adapter, taken: map[string]string{}, seen: map[string]string{}, keys: map[string][]string{}}
	in, p.given, p.problems = in.adapt(adapter)
	p.in = in
	p.readNames()
	p.findSources()
	for _, source := range in.Sources {
		p.addAll(source)
	}
	if len(p.empty) == len(in.Sources) {
		return nil, p.emptyError()
	}
	p.addMissing()
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	plan := &Plan{
		URL: in.URL, Tenant: in.tenant, Actions: p.actions, Notes: slices.Clone(in.Notes),
		keyFrom: in.WriterFrom, apply: in.apply, noCompare: in.NoCompare, overwrite: in.Overwrite, prune: p.pruning(),
		first: in.First, unselected: p.unselected(), mask: in.Mask,
	}
	_, plan.noTenants = in.Writer.(Adapter)
	plan.Remarks = append(plan.Remarks, scopeRemarks(given, in.Prune.Scope)...)
	if err := p.checkPatterns(plan); err != nil {
		return nil, err
	}
	plan.sort()
	return plan, nil
}

// planner makes a plan from its input.
type planner struct {
	in       planInput // with names and patterns in the form of the store
	adapter  Adapter
	given    map[string]string   // the names that the rules give, by name in the store
	listed   map[string][]string // the names in the store that the rules list, by CI name
	taken    map[string]string   // where a value comes from, by its name in the store
	seen     map[string]string   // the label of the first source that has a CI name
	ciNames  []string            // that the sources have, sorted
	stored   map[string][]string // the CI names that the sources have, by stored name
	empty    []string            // labels of the sources that have no secret
	keys     map[string][]string // the CI names that are left out as API keys, by the reason
	reasons  []string            // of keys, in the order of the sources
	actions  []Action
	problems []error
}

// pruning returns what protects names from being deleted. Every name that a source has is
// protected, even if it is skipped, and so is every name that the rules list.
func (p *planner) pruning() pruning {
	protected := map[string]bool{}
	for name := range p.stored {
		protected[name] = true
	}
	for name := range p.in.Rules.Names {
		protected[name] = true
	}
	return pruning{Prune: p.in.Prune, protected: protected, empty: p.empty}
}

// readNames collects the names of the sources.
func (p *planner) readNames() {
	p.stored = map[string][]string{}
	for _, source := range p.in.Sources {
		for _, entry := range source.Entries {
			if p.has(entry.Name) {
				continue
			}
			p.seen[entry.Name] = source.Label
			if stored, err := p.adapter.StoredName(entry.Name); err == nil {
				p.stored[stored] = append(p.stored[stored], entry.Name)
			}
		}
	}
	p.ciNames = slices.Sorted(maps.Keys(p.seen))
}

// findSources finds the source of each rule, which may be spelled as the store spells
// names. It is a problem if that is the spelling of two sources.
func (p *planner) findSources() {
	for _, name := range slices.Sorted(maps.Keys(p.in.Rules.Names)) {
		rule := p.in.Rules.Names[name]
		sources := p.sourcesLike(rule.From)
		if len(sources) > 1 {
			p.problem("the source of %q is ambiguous: it may be %s: name one of them", p.given[name], strings.Join(sources, " or "))
		} else if len(sources) == 1 {
			rule.From = sources[0]
			p.in.Rules.Names[name] = rule
		}
	}
	p.listed = p.in.Rules.byCIName()
}

// sourcesLike returns the CI name that equals name, or else those that the store keeps
// under the same name as it.
func (p *planner) sourcesLike(name string) []string {
	if p.has(name) {
		return []string{name}
	}
	if stored, err := p.adapter.StoredName(name); err == nil {
		return p.stored[stored]
	}
	return nil
}

// addAll decides on the entries of a source, and notes a source without secrets.
func (p *planner) addAll(source *Source) {
	hasSecret := false
	for _, entry := range source.Entries {
		hasSecret = p.add(source, entry) || hasSecret
	}
	if !hasSecret {
		p.empty = append(p.empty, source.Label)
	}
}

// emptyError returns why no source has a secret.
func (p *planner) emptyError() error {
	if len(p.keys) == 0 {
		return ErrEmptySource
	}
	var groups []string
	for _, reason := range p.reasons {
		names := p.keys[reason]
		if len(names) > 1 {
			reason = manyKeys[reason]
		}
		groups = append(groups, someQuoted(names)+": "+reason)
	}
	return onlyKeysError("no secrets to write: all that was passed in is left out: " + strings.Join(groups, "; "))
}

// add decides on one entry, and reports whether it is a secret: whether it has a value
// that is neither an API key nor GitHub's token.
func (p *planner) add(source *Source, entry Entry) bool {
	text := entry.Text.RevealText()
	names := p.listed[entry.Name]
	if reason := p.keyReason(entry.Name, text, len(names) > 0); reason != "" {
		p.omit(entry, names, reason, true)
		if _, ok := p.keys[reason]; !ok {
			p.reasons = append(p.reasons, reason)
		}
		p.keys[reason] = append(p.keys[reason], entry.Name)
		return false
	}
	isSecret := text != "" && !isGitHubToken(entry.Name)
	if reason := p.skipReason(entry.Name); reason != "" {
		p.omit(entry, names, reason, false)
		return isSecret
	}
	for _, name := range names {
		p.write(source, entry, name, text)
	}
	if len(names) == 0 {
		p.writeUnlisted(source, entry, text)
	}
	return isSecret
}

// skipReason says why the rules skip a CI name; it is empty if they do not.
func (p *planner) skipReason(name string) string {
	return p.in.Rules.skipReason(name, p.storedOrSame(name), len(p.listed[name]) > 0)
}

// storedOrSame returns the name under which the store keeps a name; the name itself if it
// cannot.
func (p *planner) storedOrSame(name string) string { return storedOr(name, p.adapter.StoredName) }

// writeUnlisted adds the action for an entry under its own name. That a rule has that name
// for another source is a problem, even if that source has no value now.
func (p *planner) writeUnlisted(source *Source, entry Entry, text string) {
	name, err := p.adapter.StoredName(entry.Name)
	if err != nil {
		p.problem("%q in %s: %w: "+otherName+", or leave it out", entry.Name, source.Label, err)
		return
	}
	if rule, ok := p.in.Rules.Names[name]; ok {
		p.sourceBesideRule(name, entry.Name, source.Label, rule)
		return
	}
	p.write(source, entry, name, text)
}

// omit skips an entry, which is a problem if a required name comes from it.
func (p *planner) omit(entry Entry, names []string, reason string, warn bool) {
	for _, name := range names {
		if p.in.Rules.Names[name].Required {
			p.problem("%q is required, but its source %s is left out: %s", p.given[name], entry.Name, reason)
		}
	}
	p.skip(entry.Name, entry.Name, joinReasons(reason, entry.note), warn)
}

// joinReasons joins two reasons, either of which may be empty.
func joinReasons(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// write adds the action for an entry that is stored under a name.
func (p *planner) write(source *Source, entry Entry, name, text string) {
	rule := p.in.Rules.Names[name]
	if rule.From != entry.Name {
		rule = NameRule{}
	}
	where := position(entry.Name, source.Label)
	if other, ok := p.taken[name]; ok {
		p.problem("%q has two sources, %s and %s: leave one out, or "+otherName, name, other, where)
		return
	}
	p.taken[name] = where
	if text == "" {
		if rule.Required {
			p.problem("%q is required, but its source %s is empty", p.given[name], where)
			return
		}
		p.skip(name, entry.Name, joinReasons("empty", entry.note), true)
		return
	}
	sent, err := entry.encode(rule.Format, sending{p.adapter.ValueRules(), p.adapter.CheckValue})
	if err != nil {
		p.problem("%q, from %s: %w", name, where, err)
		return
	}
	reason := joinReasons(p.renaming(entry, name), joinReasons(sent.reason, entry.note))
	p.actions = append(p.actions, Action{
		Tenant: p.in.tenant, Name: name, Kind: Create, Source: entry.Name, Reason: reason,
		sent: sent, text: entry.Text,
	})
}

// position says where a CI name is.
func position(name, where string) string { return name + " in " + where }

// sourceBesideRule reports a source of a name for which a rule has another source.
func (p *planner) sourceBesideRule(name, ciName, where string, rule NameRule) {
	one, hint := position(ciName, where), "exclude "+ciName+", or "+otherName
	if p.has(rule.From) {
		p.problem("%q has two sources, %s and %s: %s", name, one, position(rule.From, p.seen[rule.From]), hint)
		return
	}
	p.problem("%q has two sources, %s and the one in %s: %s is not in any source; %s",
		name, one, cmp.Or(rule.At, "[names]"), rule.maskedFrom(), hint)
}

// renaming notes a name that the store keeps in another form. It returns both forms if the
// rules give the name, unless it is that of the source, which the plan shows beside it.
func (p *planner) renaming(entry Entry, stored string) string {
	name, isGiven := p.given[stored]
	if !isGiven || name == stored || name == entry.Name {
		return ""
	}
	return arrow(name, stored)
}

// addMissing skips the names in the rules whose source is missing.
func (p *planner) addMissing() {
	for _, name := range slices.Sorted(maps.Keys(p.in.Rules.Names)) {
		rule := p.in.Rules.Names[name]
		switch {
		case p.has(rule.From):
		case rule.Required:
			p.problem("%q is required, but %s is not in any source%s", p.given[name], rule.maskedFrom(), p.suggestName(rule.From))
		case rule.maskedFrom() != rule.From:
			p.skip(name, "", rule.maskedFrom()+" is not in any source"+p.suggestName(rule.From), true)
		default:
			p.skip(name, rule.From, rule.From+" is not in any source"+p.suggestName(rule.From), true)
		}
	}
}

// has reports whether a source has a CI name.
func (p *planner) has(name string) bool {
	_, ok := p.seen[name]
	return ok
}

func (p *planner) skip(name, source, reason string, warn bool) {
	p.actions = append(p.actions, Action{
		Tenant: p.in.tenant, Name: name, Kind: Skip, Source: source, Reason: reason, Warn: warn,
	})
}

func (p *planner) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}
