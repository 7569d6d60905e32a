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
	case s.event.Untrusted != "": // the token of such a run may be read-only
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

// comment puts the plan and the findings on the pull request, if the input comment is
// true.
func (s *step) comment(ctx context.Context) error {
	var parts []string
	if s.skippedMarkdown != "" {
		parts = append(parts, s.skippedMarkdown)
	}
	if len(s.tenants) > 0 {
		parts = append(parts, report.PlanMarkdown(s.tenants))
	}
	if s.found.Files > 0 {
		parts = append(parts, report.DiagnosticsMarkdown(s.found.Diagnostics, s.found.Files))
	}
	if !s.inputs.Comment || s.event.PullRequest == 0 || len(parts) == 0 {
		return nil
	}
	api, err := s.github()
	if err != nil {
		return fmt.Errorf("comment: true: %w", err)
	}
	return api.Comment(ctx, strings.Join(parts, "\n"))
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
	if !s.hasToken() || text == "" || s.event.Untrusted != "" {
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
	if err != nil && (s.asksForNames(text) || !errors.Is(err, errRefused)) {
		s.logError(err)
	}
	missing := slices.DeleteFunc(configured, passedIn(text))
	if len(missing) == 0 {
		return nil
	}
	return []string{"set in the repository but not passed to this step: " + strings.Join(missing, ", ")}
}

// asksForNames reports whether the token can only be meant for the names of secrets: it
// is not the job's own, which cannot list them, and there is no comment to write.
func (s *step) asksForNames(secrets string) bool {
	return !s.inputs.Comment && !passedAs(secrets, s.inputs.GitHubToken.RevealText())
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
