package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// commentMark is a line of the Action's own comment, which is found by it. GitHub does
// not show it.
const commentMark = "<!-- prefect-secrets -->\n"

const commentPermission = "pull-requests: write"

// commentPause is the shortest pause between writing the comment and reading it again.
// Another job may have read the comment before the write, and overwrite it after that.
const commentPause = 500 * time.Millisecond

// errNewerResult means that the comment has the result of a newer run, which stays.
var errNewerResult = errors.New("it already has the result of a newer run of this step")

// maxCommentTries is how often a step writes its section.
const maxCommentTries = 6

// Comment writes a document as the section of this step in the Action's one comment on
// the pull request, and creates the comment if it is missing. The sections of other
// jobs, matrix jobs, steps and environments stay. It needs the permission
// pull-requests: write.
//
// GitHub has no conditional write of a comment. So Comment reads the comment again
// after a pause, and writes the section again if another job has overwritten it.
func (g *GitHub) Comment(ctx context.Context, document *report.Document) error {
	for range maxCommentTries {
		stored, err := g.putSection(ctx, document)
		if err != nil {
			return fmt.Errorf("commenting on pull request %d: %w", g.event.PullRequest, err)
		}
		if stored {
			return nil
		}
	}
	return fmt.Errorf("commenting on pull request %d: other jobs kept overwriting the comment", g.event.PullRequest)
}

// putSection writes one section, and reports whether it is still in the comment after
// a pause. If two jobs created a comment at once, the older comment stays. Once GitHub
// has acknowledged the write, an error of reading it again does not count.
func (g *GitHub) putSection(ctx context.Context, document *report.Document) (stored bool, err error) {
	comments, err := g.ownComments(ctx)
	if err != nil {
		return false, err
	}
	var existing github.IssueComment
	if len(comments) > 0 {
		existing = *comments[0]
	}
	own := section{key: g.step.key(), attempt: g.attempt}
	if g.isOutdated(existing.GetBody()) {
		return false, errNewerResult
	}
	body := withSection(withoutSection(existing.GetBody(), g.step.previousKey()), own, document)
	if err := g.writeComment(ctx, &existing, body); err != nil {
		return false, err
	}
	if g.pause(ctx, commentPause+rand.N(commentPause)) != nil {
		return true, nil
	}
	if comments, err = g.ownComments(ctx); err != nil {
		return true, nil
	}
	if len(comments) == 0 { // ours was a duplicate, and somebody deleted the other one
		return false, nil
	}
	if g.deleteDuplicates(ctx, comments, withSection("", own, document)) != nil {
		return true, nil
	}
	wrote, _ := findSection(sections(body), own.key)
	found, _ := findSection(sections(comments[0].GetBody()), own.key)
	return found == wrote, nil
}

// isOutdated reports whether the section of this step in a body is that of a newer run.
func (g *GitHub) isOutdated(body string) bool {
	found, _ := findSection(sections(body), g.step.key())
	return g.attempt != (attempt{}) && found.attempt.compare(g.attempt) > 0
}

// deleteDuplicates deletes those of the comments, but for the oldest, whose body holds
// the section of this step alone.
func (g *GitHub) deleteDuplicates(ctx context.Context, comments []*github.IssueComment, body string) error {
	for _, c := range comments[1:] {
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
// others, who could change them afterwards, even if they have the mark.
func (g *GitHub) ownComments(ctx context.Context) (own []*github.IssueComment, err error) {
	err = g.eachPage(ctx, commentPermission, func(page github.ListOptions) (*github.Response, error) {
		options := &github.IssueListCommentsOptions{ListOptions: page}
		comments, response, err := g.api.Issues.ListComments(ctx, g.event.Owner, g.event.Repo, g.event.PullRequest, options)
		for _, c := range comments {
			if withUnixLines(c); markLine().MatchString(c.GetBody()) {
				own = append(own, c)
			}
		}
		return response, err
	})
	if err != nil {
		return nil, err
	}
	if own, err = g.ofOwnAuthor(ctx, own); err != nil {
		return nil, err
	}
	isPosted := func(c *github.IssueComment) bool { return c.GetID() == g.posted.GetID() }
	if g.posted != nil && !slices.ContainsFunc(own, isPosted) {
		own = append(own, g.posted)
	}
	slices.SortFunc(own, func(a, b *github.IssueComment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return g.current(ctx, own)
}

// current returns the comments with the oldest, and the one that this run wrote, as
// they are now. GitHub's list may lag behind: it may lack a comment, have an old body,
// or have a comment that is deleted. A request by ID does not.
func (g *GitHub) current(ctx context.Context, listed []*github.IssueComment) (own []*github.IssueComment, err error) {
	for _, c := range listed {
		posted := c.GetID() == g.posted.GetID()
		if len(own) > 0 && !posted {
			own = append(own, c)
			continue
		}
		switch now, err := g.getComment(ctx, c.GetID()); {
		case err == nil:
			own = append(own, now)
		case !errors.Is(err, errNotFound):
			return nil, err
		case posted: // it exists, or somebody does not want it: there is no second one
			own = append(own, g.posted)
		}
	}
	return own, nil
}

func (g *GitHub) getComment(ctx context.Context, id int64) (c *github.IssueComment, err error) {
	err = g.read(ctx, commentPermission, func() (err error) {
		c, _, err = g.api.Issues.GetComment(ctx, g.event.Owner, g.event.Repo, id)
		return err
	})
	withUnixLines(c)
	return c, err
}

// markLine matches the line that is commentMark.
var markLine = lazyregexp.New(`(?m)^<!-- prefect-secrets -->[ \t]*$`)

// withUnixLines changes the ends of a comment's lines to those that the Action sent.
// GitHub stores other ones if somebody edits the comment on its page.
func withUnixLines(c *github.IssueComment) {
	if c != nil {
		c.Body = github.String(strings.ReplaceAll(c.GetBody(), "\r\n", "\n"))
	}
}

// ofOwnAuthor returns those of the comments that GITHUB_TOKEN or the token at hand has
// written. If GitHub does not say whose that is, an app's may be of any app.
func (g *GitHub) ofOwnAuthor(ctx context.Context, comments []*github.IssueComment) ([]*github.IssueComment, error) {
	isJobsOwn := func(c *github.IssueComment) bool { return c.GetUser().GetLogin() == jobsOwn }
	isOthers := func(c *github.IssueComment) bool { return !isJobsOwn(c) }
	if !slices.ContainsFunc(comments, isOthers) {
		return comments, nil
	}
	login, err := g.login(ctx)
	if err != nil && !g.isAppToken() {
		return nil, fmt.Errorf("asking whose the token is: %w", err)
	}
	return slices.DeleteFunc(comments, func(c *github.IssueComment) bool {
		isOwn := strings.EqualFold(c.GetUser().GetLogin(), login) || err != nil && c.GetUser().GetType() == "Bot"
		return !isOwn && !isJobsOwn(c)
	}), nil
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
		g.posted, g.created = nil, false
	}
	return g.ask(ctx, commentPermission, func() error {
		_, err := g.api.Issues.DeleteComment(ctx, g.event.Owner, g.event.Repo, c.GetID())
		return err
	})
}
