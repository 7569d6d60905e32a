package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/prefect-secrets/prefect-secrets/internal/pause"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// GitHub is GitHub's API for the repository of a run.
type GitHub struct {
	api   *github.Client
	event Event
	step  stepID // which step this is, for what steps share
	// workspace is where the repository is checked out; empty if nobody says.
	workspace string
	now       func() time.Time
	pause     func(context.Context, time.Duration) error
	posted    *github.IssueComment // the comment that this run wrote
	created   bool                 // it was not there before
}

// GitHubConfig is what [Runner.GitHub] needs.
type GitHubConfig struct {
	Client *http.Client
	Token  prefect.Value // a JSON string; required
	Event  Event
	// Now tells the time, by which a rate limit is over.
	Now func() time.Time
	// Pause waits; nil waits for real.
	Pause func(context.Context, time.Duration) error
}

// GitHub is the API at GITHUB_API_URL, or that of github.com. It asks nothing yet.
func (r *Runner) GitHub(c GitHubConfig) (*GitHub, error) {
	text := c.Token.RevealText()
	if text == "" {
		return nil, errors.New("the input github-token is missing: give it ${{ github.token }}")
	}
	g := &GitHub{
		api: github.NewClient(c.Client).WithAuthToken(text), event: c.Event,
		step: r.stepID(), workspace: r.getenv("GITHUB_WORKSPACE"), now: c.Now, pause: c.Pause,
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
	return g, nil
}

// ask sends a request, and again once a rate limit is over if that is within the
// time of ctx. The permission is the least that the request needs.
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

// secondaryWait is how long to wait where GitHub does not say (GitHub, "Rate
// limits for the REST API": at least one minute).
const secondaryWait = time.Minute

// limit reports whether a rate limit kept the request from being answered, and for
// how much longer it will.
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

// Why GitHub does not give something: the token lacks a permission, or it is not
// there, which GitHub also says where a token may not know of it.
var (
	errRefused  = errors.New("GitHub refused")
	errNotFound = errors.New("GitHub has no such thing")
)

// plainly says what GitHub refused without its text, which holds URLs.
func describeRefusal(err error, permission string) error {
	var refused *github.ErrorResponse
	var failed *url.Error
	if errors.As(err, &failed) {
		return prefect.Cause(err)
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
		return fmt.Errorf("GitHub answered HTTP %d", status)
	}
}

// everyPage asks for page after page.
func (g *GitHub) eachPage(ctx context.Context, permission string, page func(github.ListOptions) (*github.Response, error)) error {
	options := github.ListOptions{PerPage: 100}
	for {
		var response *github.Response
		err := g.ask(ctx, permission, func() (err error) {
			response, err = page(options)
			return err
		})
		if err != nil || response.NextPage == 0 {
			return err
		}
		options.Page = response.NextPage
	}
}
