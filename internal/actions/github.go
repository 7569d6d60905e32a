package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/internal/pause"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// GitHub is GitHub's API for the repository of a run.
type GitHub struct {
	api       *github.Client
	event     Event
	step      stepID
	attempt   attempt
	workspace *workspace
	markdown  report.Markdown // of the check run
	footer    string          // of the check run
	token     prefect.Value
	graphQL   string // the URL of the API in GraphQL, maybe relative to the other
	now       func() time.Time
	pause     func(context.Context, time.Duration) error
	posted    *github.IssueComment // the comment that this run wrote
	created   bool                 // this run created a comment
	owner     string               // of the token; empty if not known yet
}

// GitHubConfig is what [Runner.GitHub] needs.
type GitHubConfig struct {
	Client *http.Client
	Token  prefect.Value // a JSON string; required
	Event  Event
	// Now returns the time, which says when a rate limit ends; required.
	Now func() time.Time
	// Pause waits; nil means [pause.For].
	Pause func(context.Context, time.Duration) error
}

// GitHub returns the API at GITHUB_API_URL, or that of github.com. It sends nothing yet.
func (r *Runner) GitHub(c GitHubConfig) (*GitHub, error) {
	text := c.Token.RevealText()
	if text == "" {
		return nil, errors.New("the input github-token is missing: give it ${{ github.token }}")
	}
	g := &GitHub{
		api: github.NewClient(c.Client).WithAuthToken(text), event: c.Event,
		step: r.stepID(), attempt: r.attempt(), workspace: r.workspace(c.Event), now: c.Now, pause: c.Pause, token: c.Token,
		graphQL:  cmp.Or(r.getenv("GITHUB_GRAPHQL_URL"), "graphql"),
		markdown: r.markdown(c.Event), footer: r.footer(c.Event),
	}
	if g.pause == nil {
		g.pause = pause.For
	}
	base := r.getenv("GITHUB_API_URL")
	if base == "" {
		return g, nil
	}
	api, err := g.api.BaseURL.Parse(strings.TrimSuffix(base, "/") + "/")
	if err != nil {
		return nil, errors.New("GITHUB_API_URL is not a URL")
	}
	g.api.BaseURL = api
	if r.getenv("GITHUB_GRAPHQL_URL") == "" && strings.HasSuffix(api.Path, "/api/v3/") {
		g.graphQL = "../graphql"
	}
	return g, nil
}

// ask sends a request. After a rate limit it sends it again, if the limit ends within
// the deadline of ctx. The permission is what the request needs, for the error.
func (g *GitHub) ask(ctx context.Context, permission string, send func() error) error {
	for {
		err := send()
		wait, limited := g.rateLimit(err)
		if !limited {
			return describeRefusal(err, permission)
		}
		if deadline, ok := ctx.Deadline(); ok && g.now().Add(wait).After(deadline) {
			return fmt.Errorf("GitHub's rate limit lasts for another %s, which is more than this step has", wait.Round(time.Second))
		}
		if err := g.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// secondaryWait is how long to wait if GitHub does not say (GitHub, "Rate limits for
// the REST API": at least one minute).
const secondaryWait = time.Minute

// rateLimit reports whether err is a rate limit, and how long it lasts.
func (g *GitHub) rateLimit(err error) (wait time.Duration, limited bool) {
	var primary *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	var refused *github.ErrorResponse
	switch {
	case errors.As(err, &primary):
		return max(primary.Rate.Reset.Sub(g.now()), 0) + time.Second, true
	case errors.As(err, &secondary):
		if secondary.RetryAfter != nil {
			return *secondary.RetryAfter, true
		}
		return secondaryWait, true
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode == http.StatusTooManyRequests:
		return g.retryAfter(refused.Response.Header), true
	}
	return 0, false
}

func (g *GitHub) retryAfter(h http.Header) time.Duration {
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		return max(time.Unix(reset, 0).Sub(g.now()), 0) + time.Second
	}
	return secondaryWait
}

// Reasons for a refusal: the token lacks a permission, or the object does not exist.
// GitHub also says the latter if the token may not know about the object.
var (
	errRefused  = errors.New("GitHub refused")
	errNotFound = errors.New("GitHub has no such thing")
)

// errFailing is a failure of GitHub's own, which may not last.
var errFailing = errors.New("GitHub failed")

// failingError is an [errFailing].
type failingError struct{ error }

func (failingError) Is(target error) bool { return target == errFailing }

func (e failingError) Unwrap() error { return e.error }

// describeRefusal returns an error without GitHub's own text, which holds URLs.
func describeRefusal(err error, permission string) error {
	var refused *github.ErrorResponse
	var failed *url.Error
	if errors.As(err, &failed) {
		return failingError{fmt.Errorf("GitHub does not answer: %w", withoutURL(err))}
	}
	if !errors.As(err, &refused) || refused.Response == nil {
		return err
	}
	switch status := refused.Response.StatusCode; status {
	case http.StatusForbidden:
		return fmt.Errorf("%w (HTTP %d): the token needs the permission %s", errRefused, status, permission)
	case http.StatusNotFound:
		return fmt.Errorf("%w (HTTP %d), or the token needs the permission %s", errNotFound, status, permission)
	case http.StatusUnauthorized:
		return errors.New("GitHub did not accept the token (HTTP 401)")
	default:
		err := fmt.Errorf("GitHub answered HTTP %d", status)
		if status >= http.StatusInternalServerError {
			return failingError{err}
		}
		return err
	}
}

// withoutURL returns why a request got no answer, without its URL.
func withoutURL(err error) error {
	if reason := httperr.Reason(err); reason != "" {
		return errors.New(reason)
	}
	cause := httperr.Cause(err)
	for failed := (*url.Error)(nil); errors.As(cause, &failed); {
		cause = failed.Err
	}
	return cause
}

// maxReadTries is how often a request that changes nothing is sent while GitHub fails.
const maxReadTries = 3

// read is [GitHub.ask] for a request that changes nothing.
func (g *GitHub) read(ctx context.Context, permission string, send func() error) error {
	for try := 1; ; try++ {
		err := g.ask(ctx, permission, send)
		if try == maxReadTries || !errors.Is(err, errFailing) {
			return err
		}
		if err := g.pause(ctx, time.Duration(try)*time.Second); err != nil {
			return err
		}
	}
}

// eachPage calls page for every page of a list.
func (g *GitHub) eachPage(ctx context.Context, permission string, page func(github.ListOptions) (*github.Response, error)) error {
	options := github.ListOptions{PerPage: 100}
	for {
		var response *github.Response
		err := g.read(ctx, permission, func() (err error) {
			response, err = page(options)
			return err
		})
		if err != nil || response.NextPage == 0 {
			return err
		}
		options.Page = response.NextPage
	}
}
