package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// commentMark finds the Action's own comment again. It does not show.
const commentMark = "<!-- prefect-secrets -->"

// Comment puts markdown into the Action's one comment on the pull request: the
// one that is there is changed, else one is made. It asks GitHub at
// GITHUB_API_URL, and needs the permission pull-requests: write.
func (r *Runner) Comment(ctx context.Context, client *http.Client, token prefect.Value, event Event, markdown string) error {
	api, err := r.github(client, token)
	if err != nil {
		return err
	}
	body := report.CutLines(commentMark+"\n"+markdown, report.MaxComment, inLog)
	id, err := ownComment(ctx, api, event)
	if err != nil {
		return fmt.Errorf("reading the comments of pull request %d: %w", event.PullRequest, plainly(err))
	}
	comment := &github.IssueComment{Body: &body}
	if id != 0 {
		_, _, err = api.Issues.EditComment(ctx, event.Owner, event.Repo, id, comment)
	} else {
		_, _, err = api.Issues.CreateComment(ctx, event.Owner, event.Repo, event.PullRequest, comment)
	}
	if err != nil {
		return fmt.Errorf("commenting on pull request %d: %w", event.PullRequest, plainly(err))
	}
	return nil
}

func (r *Runner) github(client *http.Client, token prefect.Value) (*github.Client, error) {
	text := token.RevealText()
	if text == "" {
		return nil, errors.New("comment: true needs the input github-token: ${{ github.token }}")
	}
	api := github.NewClient(client).WithAuthToken(text)
	base := r.getenv("GITHUB_API_URL")
	if base == "" {
		return api, nil
	}
	url, err := api.BaseURL.Parse(strings.TrimSuffix(base, "/") + "/")
	if err != nil {
		return nil, errors.New("GITHUB_API_URL is not a URL")
	}
	api.BaseURL = url
	return api, nil
}

// ownComment is the id of the Action's comment; 0 if there is none.
func ownComment(ctx context.Context, api *github.Client, event Event) (int64, error) {
	options := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		comments, response, err := api.Issues.ListComments(ctx, event.Owner, event.Repo, event.PullRequest, options)
		if err != nil {
			return 0, err
		}
		for _, comment := range comments {
			if strings.HasPrefix(comment.GetBody(), commentMark) {
				return comment.GetID(), nil
			}
		}
		if response.NextPage == 0 {
			return 0, nil
		}
		options.Page = response.NextPage
	}
}

// plainly says what GitHub refused without its URL-laden text.
func plainly(err error) error {
	var refused *github.ErrorResponse
	if !errors.As(err, &refused) || refused.Response == nil {
		return err
	}
	switch refused.Response.StatusCode {
	case http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("GitHub refused (HTTP %d): the job needs the permission pull-requests: write", refused.Response.StatusCode)
	case http.StatusUnauthorized:
		return errors.New("GitHub did not accept the token (HTTP 401)")
	}
	return fmt.Errorf("GitHub answered HTTP %d", refused.Response.StatusCode)
}
