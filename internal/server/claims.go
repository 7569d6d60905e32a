package server

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// claims are the claims of a GitHub Actions token whose signature is valid (GitHub's
// documentation, "OpenID Connect reference").
type claims struct {
	Audience     audience `json:"aud"`
	NotBefore    int64    `json:"nbf"`
	RepositoryID string   `json:"repository_id"`
	Environment  string   `json:"environment"`
	HeadRef      string   `json:"head_ref"`
	BaseRef      string   `json:"base_ref"`
	WorkflowRef  string   `json:"workflow_ref"`
	workflow
	expires time.Time
}

// workflow is what the logs say about the holder of a token.
type workflow struct {
	Repository string `json:"repository"`
	Ref        string `json:"ref"`
	Event      string `json:"event_name"`
	Actor      string `json:"actor"`
	RunID      string `json:"run_id"`
}

func (w *workflow) attr() slog.Attr {
	return slog.Group("github",
		"repository", w.Repository, "ref", w.Ref, "event", w.Event, "actor", w.Actor, "run_id", w.RunID)
}

// audience is a string or a list of strings (RFC 7519).
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// match returns the first mapping of the issuer that accepts the token. If none does,
// reason says why.
func (c *claims) match(issuer, audience string, mappings []keysfile.Mapping) (m keysfile.Mapping, reason string) {
	if len(c.Audience) != 1 || c.Audience[0] != audience {
		return keysfile.Mapping{}, "its audience is not exactly the URL of this server"
	}
	if reason := c.untrustedReason(); reason != "" {
		return keysfile.Mapping{}, reason
	}
	reason = "no mapping has its repository-id"
	for _, m := range mappings {
		if m.Issuer != issuer || m.RepositoryID != c.RepositoryID {
			continue
		}
		if reason = c.mismatch(m); reason == "" {
			return m, ""
		}
	}
	return keysfile.Mapping{}, reason
}

// untrustedReason says why the workflow may run untrusted code; empty if it may not.
//
// A fork's own workflows have the fork's repository_id and match no mapping. The run
// of a pull request has the ids of the repository that it is opened against, whether
// it comes from a fork or not, and no claim says which of the two. So none is accepted:
// its event and its refs are refused, whatever the mapping says.
func (c *claims) untrustedReason() string {
	switch {
	case !keysfile.TrustedEvent(c.Event):
		return "its event may run code from outside contributors"
	case c.HeadRef != "" || c.BaseRef != "" || strings.HasPrefix(c.Ref, "refs/pull/"):
		return "it is from a pull request"
	case c.WorkflowRef != "" && !strings.HasPrefix(strings.ToLower(c.WorkflowRef), strings.ToLower(c.Repository)+"/"):
		return "its workflow is another repository's"
	}
	return ""
}

// mismatch says how the token differs from a mapping of its repository; empty if it
// does not.
func (c *claims) mismatch(m keysfile.Mapping) string {
	switch {
	case m.Repository != "" && !strings.EqualFold(m.Repository, c.Repository):
		return "its repository has a different name in the mapping"
	case m.Ref != "" && m.Ref != c.Ref:
		return "its ref is not the mapping's"
	case m.Environment != "" && m.Environment != c.Environment:
		return "its environment is not the mapping's"
	case m.Ref == "" && m.Environment == "":
		return "its mapping names neither ref nor environment"
	case !slices.Contains(m.Events, c.Event):
		return "its event is not among the mapping's"
	}
	return ""
}
