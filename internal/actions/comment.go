package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// commentMark begins the Action's own comment, which is found by it. GitHub does not
// show it.
const commentMark = "<!-- prefect-secrets -->\n"

const commentPermission = "pull-requests: write"

// commentPause is the shortest pause between writing the comment and reading it again.
// Another job may have read the comment before the write, and overwrite it after that.
const commentPause = 500 * time.Millisecond

// maxCommentTries is how often a step writes its section.
const maxCommentTries = 6

// Comment writes markdown as the section of this step in the Action's one comment on
// the pull request, and creates the comment if it is missing. The sections of other
// jobs, matrix jobs, steps and environments stay. It needs the permission
// pull-requests: write.
//
// GitHub has no conditional write of a comment. So Comment reads the comment again
// after a pause, and writes the section again if another job has overwritten it.
func (g *GitHub) Comment(ctx context.Context, markdown string) error {
	own := section{key: g.step.key(), text: g.signed(markdown)}
	for range maxCommentTries {
		stored, err := g.putSection(ctx, own)
		if err != nil {
			return fmt.Errorf("commenting on pull request %d: %w", g.event.PullRequest, err)
		}
		if stored {
			return nil
		}
	}
	return fmt.Errorf("commenting on pull request %d: other jobs changed the comment each time", g.event.PullRequest)
}

// signed returns markdown with the name of the step below it.
func (g *GitHub) signed(markdown string) string {
	name := g.step.String()
	if name == "" {
		return markdown
	}
	return markdown + "\n<sub>" + html.EscapeString(report.Safe(name)) + "</sub>\n"
}

// putSection writes one section, and reports whether it is still in the comment after
// a pause. If two jobs created a comment at once, the older comment stays.
func (g *GitHub) putSection(ctx context.Context, own section) (stored bool, err error) {
	comments, err := g.ownComments(ctx)
	if err != nil {
		return false, err
	}
	var existing github.IssueComment
	if len(comments) > 0 {
		existing = *comments[0]
	}
	body := withSection(withoutSection(existing.GetBody(), g.step.previousKey()), own)
	if err := g.writeComment(ctx, &existing, body); err != nil {
		return false, err
	}
	if err := g.pause(ctx, commentPause+rand.N(commentPause)); err != nil {
		return false, err
	}
	if comments, err = g.ownComments(ctx); err != nil || len(comments) == 0 {
		return false, err
	}
	if err := g.deleteDuplicates(ctx, comments[1:], withSection("", own)); err != nil {
		return false, err
	}
	wrote, _ := findSection(sections(body), own.key)
	found, _ := findSection(sections(comments[0].GetBody()), own.key)
	return found == wrote, nil
}

// deleteDuplicates deletes those of the comments whose body holds the section of this
// step alone.
func (g *GitHub) deleteDuplicates(ctx context.Context, comments []*github.IssueComment, body string) error {
	for _, c := range comments {
		if c.GetBody() != body {
			continue
		}
		if err := g.deleteComment(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// ownComments returns the comments of the Action, oldest first. It ignores those of
// outsiders, who could change them afterwards, even if they begin with the mark.
func (g *GitHub) ownComments(ctx context.Context) (own []*github.IssueComment, err error) {
	err = g.eachPage(ctx, commentPermission, func(page github.ListOptions) (*github.Response, error) {
		options := &github.IssueListCommentsOptions{ListOptions: page}
		comments, response, err := g.api.Issues.ListComments(ctx, g.event.Owner, g.event.Repo, g.event.PullRequest, options)
		for _, c := range comments {
			if strings.HasPrefix(c.GetBody(), commentMark) && isTrusted(c) {
				own = append(own, c)
			}
		}
		return response, err
	})
	if err == nil {
		own, err = g.withPosted(ctx, own)
	}
	slices.SortFunc(own, func(a, b *github.IssueComment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return own, err
}

// withPosted adds the comment that this run wrote, if the list lacks it. GitHub's list
// of comments may lag behind, and the comment must not be created twice.
func (g *GitHub) withPosted(ctx context.Context, own []*github.IssueComment) ([]*github.IssueComment, error) {
	isPosted := func(c *github.IssueComment) bool { return c.GetID() == g.posted.GetID() }
	if g.posted == nil || slices.ContainsFunc(own, isPosted) {
		return own, nil
	}
	err := g.ask(ctx, commentPermission, func() error {
		current, _, err := g.api.Issues.GetComment(ctx, g.event.Owner, g.event.Repo, g.posted.GetID())
		if err == nil {
			g.posted = current
		}
		return err
	})
	if err != nil && !errors.Is(err, errNotFound) {
		return nil, err
	}
	return append(own, g.posted), nil
}

// isTrusted reports whether the author of a comment is an app, such as github-actions,
// or may write to the repository.
func isTrusted(c *github.IssueComment) bool {
	return c.GetUser().GetType() == "Bot" ||
		slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, c.GetAuthorAssociation())
}

// writeComment changes the existing comment, or creates one if existing has no ID. It
// creates no second one.
func (g *GitHub) writeComment(ctx context.Context, existing *github.IssueComment, body string) error {
	if existing.GetBody() == body || existing.ID == nil && g.created {
		return nil
	}
	comment := &github.IssueComment{Body: &body}
	return g.ask(ctx, commentPermission, func() error {
		written, err := g.send(ctx, existing, comment)
		if err == nil {
			g.created = g.created || existing.ID == nil
			g.posted = &github.IssueComment{ID: written.ID, Body: &body}
		}
		return err
	})
}

func (g *GitHub) send(ctx context.Context, existing, comment *github.IssueComment) (written *github.IssueComment, err error) {
	if existing.ID == nil {
		written, _, err = g.api.Issues.CreateComment(ctx, g.event.Owner, g.event.Repo, g.event.PullRequest, comment)
	} else {
		written, _, err = g.api.Issues.EditComment(ctx, g.event.Owner, g.event.Repo, existing.GetID(), comment)
	}
	return written, err
}

func (g *GitHub) deleteComment(ctx context.Context, c *github.IssueComment) error {
	if g.posted.GetID() == c.GetID() {
		g.posted = nil
	}
	return g.ask(ctx, commentPermission, func() error {
		_, err := g.api.Issues.DeleteComment(ctx, g.event.Owner, g.event.Repo, c.GetID())
		return err
	})
}
