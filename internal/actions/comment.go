package actions

import (
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

// commentMark finds the Action's own comment again. It does not show.
const commentMark = "<!-- prefect-secrets -->\n"

const commentPermission = "pull-requests: write"

// settle is how long a change of the comment is given before it is looked at
// again: another job may have read the comment before it and write after it.
const commentPause = 500 * time.Millisecond

// commentTries bounds how often a job puts its section back.
const maxCommentTries = 6

// Comment puts markdown into the Action's one comment on the pull request, as the
// section of this step; those of other jobs, matrix jobs, steps and environments
// stay. The comment that is there
// is changed, else one is made. It needs the permission pull-requests: write.
//
// GitHub cannot change a comment on the condition that nobody else has, so what
// was written is read again a moment later, and written again if it is gone.
func (g *GitHub) Comment(ctx context.Context, markdown string) error {
	own := section{key: g.step.key(), text: g.signed(markdown)}
	for range maxCommentTries {
		kept, err := g.putSection(ctx, own)
		if err != nil {
			return fmt.Errorf("commenting on pull request %d: %w", g.event.PullRequest, err)
		}
		if kept {
			return nil
		}
	}
	return fmt.Errorf("commenting on pull request %d: other jobs changed the comment each time", g.event.PullRequest)
}

func (g *GitHub) signed(markdown string) string {
	name := g.step.String()
	if name == "" {
		return markdown
	}
	return markdown + "\n<sub>" + html.EscapeString(report.Safe(name)) + "</sub>\n"
}

// putSection writes one section, and reports whether it was still there after a
// moment. Of two comments that two jobs made at once the older one stays.
func (g *GitHub) putSection(ctx context.Context, own section) (kept bool, err error) {
	comments, err := g.ownComments(ctx)
	if err != nil {
		return false, err
	}
	var before github.IssueComment
	if len(comments) > 0 {
		before = *comments[0]
	}
	body := withSection(withoutSection(before.GetBody(), g.step.previousKey()), own)
	if err := g.writeComment(ctx, &before, body); err != nil {
		return false, err
	}
	if err := g.pause(ctx, commentPause+rand.N(commentPause)); err != nil {
		return false, err
	}
	if comments, err = g.ownComments(ctx); err != nil || len(comments) == 0 {
		return false, err
	}
	for _, doubled := range comments[1:] {
		if doubled.GetBody() == withSection("", own) {
			if err := g.deleteComment(ctx, doubled); err != nil {
				return false, err
			}
		}
	}
	wrote, _ := findSection(sections(body), own.key)
	now, _ := findSection(sections(comments[0].GetBody()), own.key)
	return now == wrote, nil
}

// ownComments are the comments of the Action, oldest first. One that an outsider
// wrote is none, whatever it begins with: its author could change it afterwards.
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
	slices.SortFunc(own, func(a, b *github.IssueComment) int { return int(a.GetID() - b.GetID()) })
	return own, err
}

// withPosted adds the comment that this run wrote, since GitHub's list of comments may
// lag behind, and what a list lacks must not be made twice.
func (g *GitHub) withPosted(ctx context.Context, own []*github.IssueComment) ([]*github.IssueComment, error) {
	if g.posted == nil || slices.ContainsFunc(own, func(c *github.IssueComment) bool { return c.GetID() == g.posted.GetID() }) {
		return own, nil
	}
	err := g.ask(ctx, commentPermission, func() error {
		now, _, err := g.api.Issues.GetComment(ctx, g.event.Owner, g.event.Repo, g.posted.GetID())
		if err == nil {
			g.posted = now
		}
		return err
	})
	if err != nil && !errors.Is(err, errNotFound) {
		return nil, err
	}
	return append(own, g.posted), nil
}

// trusted is a comment by an app, such as github-actions, or by somebody who may
// write to the repository.
func isTrusted(c *github.IssueComment) bool {
	return c.GetUser().GetType() == "Bot" || slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, c.GetAuthorAssociation())
}

// writeComment changes a comment, or makes one where there was none, and remembers
// it. It makes no second one.
func (g *GitHub) writeComment(ctx context.Context, before *github.IssueComment, body string) error {
	if before.GetBody() == body || before.ID == nil && g.created {
		return nil
	}
	comment := &github.IssueComment{Body: &body}
	return g.ask(ctx, commentPermission, func() error {
		written, err := g.send(ctx, before, comment)
		if err == nil {
			g.created, g.posted = g.created || before.ID == nil, &github.IssueComment{ID: written.ID, Body: &body}
		}
		return err
	})
}

func (g *GitHub) send(ctx context.Context, before, comment *github.IssueComment) (written *github.IssueComment, err error) {
	if before.ID == nil {
		written, _, err = g.api.Issues.CreateComment(ctx, g.event.Owner, g.event.Repo, g.event.PullRequest, comment)
	} else {
		written, _, err = g.api.Issues.EditComment(ctx, g.event.Owner, g.event.Repo, before.GetID(), comment)
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
