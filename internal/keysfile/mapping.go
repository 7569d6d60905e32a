package keysfile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// gitHubIssuer is the issuer of the tokens of GitHub Actions on github.com (GitHub's
// documentation, "OpenID Connect reference").
const gitHubIssuer = "https://token.actions.githubusercontent.com"

// Mapping says which workflows of one GitHub repository may write to which tenants, as
// a key with the role admin may.
type Mapping struct {
	// Name is recorded as the writer of what the workflows set. Mappings of one
	// repository may share it.
	Name string
	// Issuer signs the tokens: GitHub Actions on github.com, unless the file names a
	// GitHub Enterprise Server.
	Issuer string
	// RepositoryID is GitHub's number of the repository, which no other repository
	// ever has. A name can be given up and taken by somebody else.
	RepositoryID string
	// Repository is owner/name, for people to read. If it is set, the token must have
	// it too.
	Repository string
	// Ref is a full ref, such as refs/heads/main; Environment is the name of an
	// environment of the repository. At least one is set. If both are, both must match.
	Ref, Environment string
	// Events are those that may have started the workflow.
	Events []string
	// Tenants are ids. Patterns are globs over the names of secrets; without any, every
	// name matches ([cloud.Key]).
	Tenants, Patterns []string
}

// trustedEvents start workflows whose code is in the repository itself, by people who
// may write to it. Not among them are events that anybody can cause (issues,
// discussion, fork, watch) and events that may run the code of a pull request:
// pull_request and its variants, pull_request_target, workflow_run, merge_group,
// issue_comment. No claim of their tokens says whether the code is a fork's.
var trustedEvents = []string{"push", "workflow_dispatch", "schedule", "release", "repository_dispatch", "deployment"}

// defaultEvents are the events of a mapping that lists none.
var defaultEvents = []string{"push", "workflow_dispatch", "schedule"}

// TrustedEvent reports whether a workflow that an event started runs only trusted code,
// so that its token may be accepted.
func TrustedEvent(event string) bool { return slices.Contains(trustedEvents, event) }

func (r *reader) mapping(v tomlfile.Value) {
	m := Mapping{Issuer: gitHubIssuer, Events: defaultEvents}
	v.Table("a [[github]] mapping", aboveKeys, []tomlfile.Field{
		{Name: "issuer", Read: tomlfile.Into(&m.Issuer, issuer)},
		{
			Name: "repository-id", Read: tomlfile.Into(&m.RepositoryID, repositoryID),
			Add: "repository-id, the number that gh api repos/OWNER/NAME --jq .id prints; a name alone can be taken over",
		},
		{Name: "repository", Read: tomlfile.Into(&m.Repository, repository)},
		{Name: "ref", Read: tomlfile.Into(&m.Ref, ref)},
		{Name: "environment", Read: tomlfile.Into(&m.Environment, line)},
		{Name: "events", Read: tomlfile.Into(&m.Events, events)},
		{Name: "tenants", Read: tomlfile.Into(&m.Tenants, r.tenantList), Add: addTenants},
		{Name: "patterns", Read: tomlfile.Into(&m.Patterns, lines)},
		{Name: "name", Read: func(v tomlfile.Value) { m.Name = r.unique(v, m.RepositoryID) }},
	})
	if m.Ref == "" && m.Environment == "" {
		v.Wrong("this mapping would accept every branch", `add ref = "refs/heads/main" or environment = "production"`)
	}
	if v.Key("name").Any() == nil {
		m.Name = r.defaultName(v, m)
	}
	r.keyring.GitHub = append(r.keyring.GitHub, m)
}

// defaultName names a mapping without a name after its repository.
func (r *reader) defaultName(v tomlfile.Value, m Mapping) string {
	name := "github:" + cmp.Or(m.Repository, m.RepositoryID)
	if owner, taken := r.names[name]; taken && owner != m.RepositoryID {
		v.Wrong("another entry already has the name of this mapping", `add name = "…"`)
	}
	r.names[name] = m.RepositoryID
	return name
}

// repository reads owner/name.
func repository(v tomlfile.Value) string {
	s := line(v)
	owner, name, ok := strings.Cut(s, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(name, "/ *") {
		v.Wrong("this is not a repository", "write OWNER/NAME")
	}
	return s
}

// ref reads the full ref of a branch or tag.
func ref(v tomlfile.Value) string {
	s := line(v)
	if !strings.HasPrefix(s, "refs/heads/") && !strings.HasPrefix(s, "refs/tags/") || strings.ContainsAny(s, "*? ") {
		v.Wrong("this is not the full ref of a branch or tag",
			"write it in full, such as refs/heads/main; a ref is not a glob")
	}
	return s
}

// events reads a list of trusted events.
func events(v tomlfile.Value) []string {
	return readLines(v, func(v tomlfile.Value, event string) {
		if !TrustedEvent(event) {
			v.Wrong("tokens of this event are never accepted",
				"use "+strings.Join(trustedEvents, ", ")+"; others may run code from outside contributors")
		}
	})
}
