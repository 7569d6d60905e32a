package keysfile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// GitHubIssuer is the issuer of the tokens of GitHub Actions on github.com
// (GitHub's documentation, "OpenID Connect reference").
const gitHubIssuer = "https://token.actions.githubusercontent.com"

// Mapping says which workflows of one GitHub repository write to which tenants,
// as a key of the role admin would.
type Mapping struct {
	// Name is kept as the writer of what the workflows set. Mappings of one
	// repository may share it.
	Name string
	// Issuer is who signs the tokens: [gitHubIssuer] unless GitHub Enterprise
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

func (r *reader) mapping(v tomlfile.Value) {
	m := Mapping{Issuer: gitHubIssuer, Events: defaultEvents}
	v.Table("a [[github]] mapping", aboveKeys, []tomlfile.Field{
		{Name: "issuer", Read: tomlfile.Into(&m.Issuer, issuer)},
		{Name: "repository-id", Read: tomlfile.Into(&m.RepositoryID, repositoryID), Add: "repository-id, the number that gh api repos/OWNER/NAME --jq .id prints; a name alone can be taken over"},
		{Name: "repository", Read: tomlfile.Into(&m.Repository, repository)},
		{Name: "ref", Read: tomlfile.Into(&m.Ref, ref)},
		{Name: "environment", Read: tomlfile.Into(&m.Environment, line)},
		{Name: "events", Read: tomlfile.Into(&m.Events, events)},
		{Name: "tenants", Read: tomlfile.Into(&m.Tenants, r.tenantList), Add: "tenants, a list of slugs or ids; the first is the default"},
		{Name: "patterns", Read: tomlfile.Into(&m.Patterns, lines)},
		{Name: "name", Read: func(v tomlfile.Value) { m.Name = r.unique(v, m.RepositoryID) }},
	})
	if m.Ref == "" && m.Environment == "" {
		v.Wrong("this mapping would admit every branch", `add ref = "refs/heads/main" or environment = "production"`)
	}
	if v.Key("name").Any() == nil {
		m.Name = r.defaultName(v, m)
	}
	r.keyring.GitHub = append(r.keyring.GitHub, m)
}

// nameOf makes the name of a mapping that is given none of its repository.
func (r *reader) defaultName(v tomlfile.Value, m Mapping) string {
	name := "github:" + cmp.Or(m.Repository, m.RepositoryID)
	if other, taken := r.names[name]; taken && other != m.RepositoryID {
		v.Wrong("another entry has the name of this mapping", `add name = "…"`)
	}
	r.names[name] = m.RepositoryID
	return name
}

func repository(v tomlfile.Value) string {
	text := line(v)
	owner, name, ok := strings.Cut(text, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(name, "/ *") {
		v.Wrong("this is no repository", "write OWNER/NAME")
	}
	return text
}

func ref(v tomlfile.Value) string {
	text := line(v)
	if !strings.HasPrefix(text, "refs/heads/") && !strings.HasPrefix(text, "refs/tags/") || strings.ContainsAny(text, "*? ") {
		v.Wrong("this is no whole ref of a branch or tag", "write it out, such as refs/heads/main; a ref is compared as it is, without globs")
	}
	return text
}

func events(v tomlfile.Value) []string {
	return linesTo(v, func(v tomlfile.Value, event string) {
		if !TrustedEvent(event) {
			v.Wrong("no token of this event is admitted", "use "+strings.Join(trustedEvents, ", ")+"; others may run what somebody from outside wrote")
		}
	})
}
