package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// What the Action does with GitHub's API. An input asks for the comment, so its errors
// fail the step. The rest is optional: its errors go to the log.

// publish makes the check run and the comment. It returns err, the error of the run,
// or that of the comment if the run had none.
func (s *step) publish(ctx context.Context, err error) error {
	s.checkRun(ctx, exit.CodeOf(err) != exit.OK)
	commentErr := s.comment(ctx)
	switch {
	case commentErr == nil:
		return err
	case s.event.Untrusted.IsTrue(): // the token of such a run may be read-only
		s.logError(commentErr)
		return err
	case err != nil:
		s.runner.Error(commentErr.Error())
		return err
	case s.inputs.Mode == "sync":
		return &exit.Error{Code: exit.Partly, Err: commentErr}
	default:
		return &exit.Error{Code: exit.Failed, Err: commentErr}
	}
}

// github returns the API. It also trusts the authority of ca-certificate, which may
// have issued the certificate of a GitHub Enterprise.
func (s *step) github() (*GitHub, error) {
	transport, err := s.connectOptions().Transport()
	if err != nil {
		return nil, err
	}
	return s.runner.GitHub(GitHubConfig{
		Client: &http.Client{Timeout: s.inputs.Timeout, Transport: transport},
		Token:  s.inputs.GitHubToken, Event: s.event, Now: time.Now,
	})
}

// hasToken reports whether a token and a repository are given.
func (s *step) hasToken() bool {
	return s.inputs.GitHubToken.RevealText() != "" && s.event.Repo != ""
}

// document returns what the summary and the comment show: the result, or why there is
// none, then the findings, and where all of this is from.
func (s *step) document() *report.Document {
	markdown, d := s.runner.markdown(s.event), &report.Document{}
	if s.inputs.Mode != "check" {
		markdown.URL = s.inputs.APIURL
	}
	switch {
	case s.skipped != "":
		d.Join(markdown.Skipped(s.skipped))
	case s.failure != "":
		d.Join(markdown.Failed(s.inputs.Mode, s.failure))
	}
	switch {
	case s.result != nil:
		d.Join(s.result(markdown, s.tenants))
	case len(s.tenants) > 0:
		d.Join(markdown.Plan(s.tenants))
	}
	if s.found.Files > 0 {
		d.Join(markdown.Diagnostics(s.found.Diagnostics, s.found.Files))
	}
	if d.Empty() {
		return d
	}
	return d.Footer(s.runner.footer(s.event))
}

// summarize writes the job summary.
func (s *step) summarize() error {
	s.summarized = true
	if d := s.document(); !d.Empty() {
		return s.runner.Summary(d)
	}
	return nil
}

// summarizeOnce writes the job summary, unless that was tried before.
func (s *step) summarizeOnce() error {
	if s.summarized {
		return nil
	}
	return s.summarize()
}

// comment puts the document on the pull request, if the input comment is true.
func (s *step) comment(ctx context.Context) error {
	d := s.document()
	if !s.inputs.Comment || s.event.PullRequest == 0 || d.Empty() {
		return nil
	}
	api, err := s.github()
	if err != nil {
		return fmt.Errorf("comment: true: %w", err)
	}
	if err = api.Comment(ctx, d); errors.Is(err, errNewerResult) {
		s.logError(err)
		return nil
	}
	return err
}

// checkRun makes a check run with all findings if GitHub does not show all annotations.
func (s *step) checkRun(ctx context.Context, failed bool) {
	if !s.hasToken() || report.Unannotated(s.found.Diagnostics) == 0 {
		return
	}
	api, err := s.github()
	if err == nil {
		err = api.CheckRun(ctx, failed, s.found.Diagnostics, s.found.Files)
	}
	if err != nil {
		s.logError(err)
	}
}

// notPassed returns a note about the repository's secrets that were not passed to the
// step, or none.
func (s *step) notPassed(ctx context.Context) []string {
	text := s.inputs.Sources.Text("secrets")
	if !s.hasToken() || text == "" || s.event.Untrusted.IsTrue() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.inputs.Timeout/4)
	defer cancel()
	api, err := s.github()
	if err != nil {
		s.logError(err)
		return nil
	}
	configured, err := api.SecretNames(ctx, s.inputs.Environment)
	if err != nil && !(errors.Is(err, errRefused) && s.isJobsOwn(ctx, api)) {
		s.logError(err)
	}
	missing := slices.DeleteFunc(configured, passedIn(text))
	if len(missing) == 0 {
		return nil
	}
	return []string{"set in the repository but not passed to this step: " + strings.Join(missing, ", ")}
}

// isJobsOwn reports whether the token is GITHUB_TOKEN, which no workflow can let list the
// names of secrets. If GitHub does not say, a token for the comment counts as that.
func (s *step) isJobsOwn(ctx context.Context, api *GitHub) bool {
	if passedAs(s.inputs.Sources.Text("secrets"), s.inputs.GitHubToken.RevealText()) {
		return true
	}
	own, err := api.IsJobsOwn(ctx)
	return own || err != nil && s.inputs.Comment
}

// passedAs reports whether token is the job's own, which is github_token in the input
// secrets.
func passedAs(secrets, token string) bool {
	var passed map[string]any
	_ = json.Unmarshal([]byte(secrets), &passed)
	for name, value := range passed {
		if strings.EqualFold(name, "github_token") && value == token {
			return true
		}
	}
	return false
}

// passedIn returns a function that reports whether the input secrets has a name. GitHub
// ignores the case of names.
func passedIn(secrets string) func(name string) bool {
	var passed map[string]json.RawMessage
	_ = json.Unmarshal([]byte(secrets), &passed) // valid, since a source has read it
	upper := make(map[string]bool, len(passed))
	for name := range passed {
		upper[strings.ToUpper(name)] = true
	}
	return func(name string) bool { return upper[strings.ToUpper(name)] }
}

// logError logs the error of something optional.
func (s *step) logError(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.note(err.Error())
}

// note prints a note to the log, unless text is empty.
func (s *step) note(text string) {
	if text != "" {
		fmt.Fprintf(s.Stdout, "note: %s\n", report.Safe(text))
	}
}
