package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"
)

// Permissions to list the names of secrets. GITHUB_TOKEN cannot have them; an app's
// token or a fine-grained personal one can.
const (
	secretsPermission      = "secrets: read"
	environmentsPermission = "environments: read"
)

// jobsOwn is who GITHUB_TOKEN is, which a workflow gets without asking.
const jobsOwn = "github-actions[bot]"

// IsJobsOwn reports whether the token is GITHUB_TOKEN. It fails if GitHub does not say.
func (g *GitHub) IsJobsOwn(ctx context.Context) (bool, error) {
	if !g.isAppToken() {
		return false, nil
	}
	login, err := g.login(ctx)
	return login == jobsOwn, err
}

// isAppToken reports whether the token is an app's, such as GITHUB_TOKEN, and not a
// person's.
func (g *GitHub) isAppToken() bool { return strings.HasPrefix(g.token.RevealText(), "ghs_") }

// login returns whose the token is. It asks GitHub once.
func (g *GitHub) login(ctx context.Context) (string, error) {
	if g.owner != "" {
		return g.owner, nil
	}
	var answer struct {
		Data struct{ Viewer struct{ Login string } }
	}
	err := g.read(ctx, "metadata: read", func() error {
		request, err := g.api.NewRequest(http.MethodPost, g.graphQL, map[string]string{"query": "{ viewer { login } }"})
		if err == nil {
			_, err = g.api.Do(ctx, request, &answer)
		}
		return err
	})
	if g.owner = answer.Data.Viewer.Login; err == nil && g.owner == "" {
		err = errors.New("GitHub does not say whose the token is")
	}
	return g.owner, err
}

// SecretNames lists the names of the secrets that GitHub has for the repository: its
// own, those that its organization shares with it and, if environment names a
// deployment environment, those of the environment. Names are in upper case and sorted,
// each once. It needs the permission secrets: read, and environments: read for the
// environment. With an error it returns the names that it has until then.
func (g *GitHub) SecretNames(ctx context.Context, environment string) ([]string, error) {
	lists := []secretList{
		{secretsPermission, func(o github.ListOptions) (*github.Secrets, *github.Response, error) {
			return g.api.Actions.ListRepoSecrets(ctx, g.event.Owner, g.event.Repo, &o)
		}},
		{secretsPermission, func(o github.ListOptions) (*github.Secrets, *github.Response, error) {
			return g.api.Actions.ListRepoOrgSecrets(ctx, g.event.Owner, g.event.Repo, &o)
		}},
	}
	if environment != "" && g.event.RepoID != 0 {
		listEnvironment := func(o github.ListOptions) (*github.Secrets, *github.Response, error) {
			return g.api.Actions.ListEnvSecrets(ctx, g.event.RepoID, environment, &o)
		}
		lists = append(lists, secretList{environmentsPermission, listEnvironment})
	}
	var names []string
	var listErr error
	for i, list := range lists {
		found, err := g.secretNames(ctx, list)
		names = append(names, found...)
		// An organization, or an environment of that name, need not exist.
		if err != nil && (i == 0 || !errors.Is(err, errNotFound)) {
			listErr = fmt.Errorf("asking for the names of the repository's secrets: %w", err)
			break
		}
	}
	slices.Sort(names)
	return slices.Compact(names), listErr
}

// secretList is a list of secrets in GitHub's API.
type secretList struct {
	permission string
	page       func(github.ListOptions) (*github.Secrets, *github.Response, error)
}

func (g *GitHub) secretNames(ctx context.Context, list secretList) (names []string, err error) {
	err = g.eachPage(ctx, list.permission, func(o github.ListOptions) (*github.Response, error) {
		secrets, response, err := list.page(o)
		if err == nil {
			for _, s := range secrets.Secrets {
				names = append(names, s.Name)
			}
		}
		return response, err
	})
	return names, err
}
