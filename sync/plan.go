package sync

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Kind is what a plan does with a name.
type Kind string

const (
	Create    Kind = "create"
	Overwrite Kind = "overwrite"
	Delete    Kind = "delete"
	Skip      Kind = "skip"
)

// Result is what became of an action; empty before [Apply].
type Result string

const (
	Created     Result = "created"
	Overwritten Result = "overwritten"
	Unchanged   Result = "unchanged" // only where the store itself said so
	Deleted     Result = "deleted"
	Skipped     Result = "skipped"
	Failed      Result = "failed"
	Unknown     Result = "unknown" // sent, and never answered: the store may have done it or not
)

// Action is what happens to one name, and why.
type Action struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
	Kind   Kind   `json:"action"`
	Source string `json:"source,omitempty"` // the CI name
	Reason string `json:"reason,omitempty"`
	Result Result `json:"result,omitempty"`
	// Warn marks a skip that the user may not have meant.
	Warn bool `json:"-"`

	sent encoding
	text prefect.Value // what the source has
}

// PlanInput is all that a plan depends on.
type PlanInput struct {
	Tenant  string // as reports name it
	Sources []*Source
	Rules   Rules
	APIKey  prefect.Value // the key that writes, a JSON string; an entry that equals it stays out
}

// Plan is what [Apply] will do, all of it, sorted by name.
type Plan struct {
	Tenant  string
	Actions []Action
}

// NewPlan decides what happens to each name in a store that has none yet;
// [Plan.Against] tells it of one that has. It fails with [ErrEmptySource], and
// if two sources give one name, if a required name has no value, if a value does
// not fit its format.
func NewPlan(in PlanInput) (*Plan, error) {
	if err := in.Rules.Validate(); err != nil {
		return nil, err
	}
	p := &planner{
		in: in, listed: in.Rules.byCIName(),
		taken: map[string]string{}, seen: map[string]bool{},
	}
	for _, source := range in.Sources {
		for _, entry := range source.Entries {
			p.add(source, entry)
		}
	}
	if !p.usable {
		return nil, ErrEmptySource
	}
	p.addMissing()
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	slices.SortFunc(p.actions, func(a, b Action) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source))
	})
	return &Plan{Tenant: in.Tenant, Actions: p.actions}, nil
}

type planner struct {
	in       PlanInput
	listed   map[string][]string // CI name → the names that list it
	taken    map[string]string   // name in the store → where its value comes from
	seen     map[string]bool     // CI names that some source has
	usable   bool                // some source has a text beside the key and GitHub's token
	actions  []Action
	problems []error
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

func (p *planner) add(source *Source, entry Entry) {
	p.seen[entry.Name] = true
	text := entry.Text.RevealText()
	names := p.listed[entry.Name]
	if p.isOwnKey(text) {
		p.leaveOut(entry.Name, names, "its value is the API key of this run", true)
		return
	}
	p.usable = p.usable || text != "" && !isGitHubToken(entry.Name)
	if refusal := p.in.Rules.refusal(entry.Name, len(names) > 0); refusal != "" {
		p.leaveOut(entry.Name, names, refusal, false)
		return
	}
	if len(names) == 0 {
		names = []string{entry.Name}
	}
	for _, name := range names {
		p.write(source, entry, name, text)
	}
}

// isOwnKey compares without the blanks around, which a key is never sent with, and
// without the quotation marks of a JSON string.
func (p *planner) isOwnKey(text string) bool {
	key := strings.TrimSpace(p.in.APIKey.RevealText())
	text = strings.TrimSpace(text)
	if key == "" || text == key {
		return key != ""
	}
	var quoted string
	return json.Unmarshal([]byte(text), &quoted) == nil && strings.TrimSpace(quoted) == key
}

// leaveOut skips a CI name, which no required name may come from.
func (p *planner) leaveOut(ciName string, names []string, reason string, warn bool) {
	for _, name := range names {
		if p.in.Rules.Names[name].Required {
			p.problem("%q is required and comes from %s, which stays out: %s", name, ciName, reason)
		}
	}
	p.skip(ciName, ciName, reason, warn)
}

func (p *planner) write(source *Source, entry Entry, name, text string) {
	rule := p.in.Rules.Names[name]
	if rule.From != entry.Name {
		rule = NameRule{}
	}
	where := fmt.Sprintf("%s in %s", entry.Name, source.Label)
	if other, ok := p.taken[name]; ok {
		p.problem("%q has two sources, %s and %s: leave one out, or give it another name in [names]", name, other, where)
		return
	}
	p.taken[name] = where
	if text == "" {
		if rule.Required {
			p.problem("%q is required and its source %s is empty", name, where)
			return
		}
		p.skip(name, entry.Name, "empty", true)
		return
	}
	sent, err := entry.format(rule.Format).encode(text)
	if err != nil {
		p.problem("%q, from %s: %w", name, where, err)
		return
	}
	p.actions = append(p.actions, Action{
		Tenant: p.in.Tenant, Name: name, Kind: Create, Source: entry.Name, Reason: sent.reason,
		sent: sent, text: entry.Text,
	})
}

// addMissing shows the names that the rules list and no source has.
func (p *planner) addMissing() {
	for _, name := range slices.Sorted(maps.Keys(p.in.Rules.Names)) {
		rule := p.in.Rules.Names[name]
		switch {
		case p.seen[rule.From]:
		case rule.Required:
			p.problem("%q is required and no source has %s", name, rule.From)
		default:
			p.skip(name, rule.From, "no source has "+rule.From, true)
		}
	}
}

func (p *planner) skip(name, source, reason string, warn bool) {
	p.actions = append(p.actions, Action{
		Tenant: p.in.Tenant, Name: name, Kind: Skip, Source: source, Reason: reason, Warn: warn,
	})
}

func (p *planner) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// Against makes each creation of a name that the store has an overwriting: the
// store is write-only, so that its value cannot be compared.
func (p *Plan) Against(existing []string) {
	there := setOf(existing)
	for i := range p.Actions {
		if p.Actions[i].Kind == Create && there[p.Actions[i].Name] {
			p.Actions[i].Kind = Overwrite
		}
	}
}

// Count is how many actions are of that kind.
func (p *Plan) Count(kind Kind) int {
	n := 0
	for _, a := range p.Actions {
		if a.Kind == kind {
			n++
		}
	}
	return n
}

// Pending reports whether applying the plan would write anything.
func (p *Plan) Pending() bool { return p.Count(Create)+p.Count(Overwrite) > 0 }
