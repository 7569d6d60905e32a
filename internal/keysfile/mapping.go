package keysfile

import (
	"slices"
	"strings"
)

// GitHubIssuer is the issuer of the tokens of GitHub Actions on github.com
// (GitHub's documentation, "OpenID Connect reference").
const GitHubIssuer = "https://token.actions.githubusercontent.com"

// Mapping says which workflows of one GitHub repository write to which tenants,
// as a key of the role admin would.
type Mapping struct {
	// Name is kept as the writer of what the workflows set. Mappings of one
	// repository may share it.
	Name string
	// Issuer is who signs the tokens: [GitHubIssuer] unless GitHub Enterprise
	// Server does.
	Issuer string
	// RepositoryID is GitHub's number of the repository, which no other repository
	// ever has. A name can be given away and taken by somebody else.
	RepositoryID string
	// Repository is owner/name, for people to read; where it is set it is held to
	// the token's as well.
	Repository string
	// Ref is a whole ref, such as refs/heads/main; Environment the name of an
	// environment of the repository. At least one is set, and both hold if both are.
	Ref, Environment string
	// Events are those that the workflow may have been started by.
	Events []string
	// Tenants are ids; Patterns are as of [cloud.Key].
	Tenants, Patterns []string
}

// Events that start a workflow on what the repository itself holds, by somebody
// who may write to it. Left out are all that anybody can cause (issues,
// discussion, fork, watch) and all that may bring in the code of a pull request:
// pull_request and its kin, pull_request_target, workflow_run, merge_group,
// issue_comment. No claim of a token of those says whether the code is a fork's.
var (
	trustedEvents = []string{"push", "workflow_dispatch", "schedule", "release", "repository_dispatch", "deployment"}
	defaultEvents = []string{"push", "workflow_dispatch", "schedule"}
)

// TrustedEvent reports whether tokens of workflows that an event started may be
// admitted.
func TrustedEvent(event string) bool { return slices.Contains(trustedEvents, event) }

func (r *accessReader) mapping(s spot) {
	m := Mapping{Issuer: GitHubIssuer, Events: defaultEvents}
	s.table("a [[github]] mapping", map[string]field{
		"name":          {read: func(spot) {}},
		"issuer":        {read: func(s spot) { m.Issuer = s.issuer() }},
		"repository-id": {read: func(s spot) { m.RepositoryID = s.id() }, required: "repository-id, the number that gh api repos/OWNER/NAME --jq .id prints; a name alone can be taken over"},
		"repository":    {read: func(s spot) { m.Repository = s.repository() }},
		"ref":           {read: func(s spot) { m.Ref = s.ref() }},
		"environment":   {read: func(s spot) { m.Environment = s.text() }},
		"events":        {read: func(s spot) { m.Events = s.events() }},
		"tenants":       {read: func(s spot) { m.Tenants = r.tenantList(s) }, required: "tenants, a list of slugs or ids; the first is the default"},
		"patterns":      {read: func(s spot) { m.Patterns = s.texts() }},
	})
	if m.Ref == "" && m.Environment == "" {
		s.wrongKey("this mapping would admit every branch", `add ref = "refs/heads/main" or environment = "production"`)
	}
	m.Name = r.mappingName(s, m)
	r.out.GitHub = append(r.out.GitHub, m)
}

// mappingName is the name that is given, else one made of the repository.
func (r *accessReader) mappingName(s spot, m Mapping) string {
	table, _ := s.value.(map[string]any)
	if name, ok := table["name"]; ok {
		return r.unique(s.below("name", -1, name), m.RepositoryID)
	}
	name := "github:" + m.Repository
	if m.Repository == "" {
		name = "github:" + m.RepositoryID
	}
	if other, taken := r.names[name]; taken && other != m.RepositoryID {
		s.wrongKey("another entry has the name of this mapping", `add name = "…"`)
	}
	r.names[name] = m.RepositoryID
	return name
}

func (s spot) repository() string {
	text := s.text()
	owner, name, ok := strings.Cut(text, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(name, "/ *") {
		s.wrong("this is no repository", "write OWNER/NAME")
	}
	return text
}

func (s spot) ref() string {
	text := s.text()
	if !strings.HasPrefix(text, "refs/heads/") && !strings.HasPrefix(text, "refs/tags/") || strings.ContainsAny(text, "*? ") {
		s.wrong("this is no whole ref of a branch or tag", "write it out, such as refs/heads/main; a ref is compared as it is, without globs")
	}
	return text
}

func (s spot) events() []string {
	events := s.texts()
	if events == nil {
		return nil
	}
	s.each("", func(s spot) {
		if text, ok := s.value.(string); ok && text != "" && !TrustedEvent(text) {
			s.wrong("no token of this event is admitted", "use "+strings.Join(trustedEvents, ", ")+"; others may run what somebody from outside wrote")
		}
	})
	return events
}
