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

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// What the Action does with GitHub's API. An input asks for the comment, so its errors
// fail the step. The rest is optional: its errors go to the log.

// github returns the API. It also trusts the authority of ca-certificate, which may
// have issued the certificate of a GitHub Enterprise.
func (a *step) github() (*GitHub, error) {
	transport, err := a.connectOptions().Transport()
	if err != nil {
		return nil, err
	}
	return a.runner.GitHub(GitHubConfig{
		Client: &http.Client{Timeout: a.inputs.Timeout, Transport: transport},
		Token:  a.inputs.GitHubToken, Event: a.event, Now: time.Now,
	})
}

// hasToken reports whether a token and a repository are given.
func (a *step) hasToken() bool {
	return a.inputs.GitHubToken.RevealText() != "" && a.event.Repo != ""
}

// comment puts the plan and the findings on the pull request, if the input comment is
// true.
func (a *step) comment(ctx context.Context) error {
	var parts []string
	if a.skippedMarkdown != "" {
		parts = append(parts, a.skippedMarkdown)
	}
	if len(a.tenants) > 0 {
		parts = append(parts, report.PlanMarkdown(a.tenants))
	}
	if a.found.Files > 0 {
		parts = append(parts, report.DiagnosticsMarkdown(a.found.Diagnostics, a.found.Files))
	}
	if !a.inputs.Comment || a.event.PullRequest == 0 || len(parts) == 0 {
		return nil
	}
	api, err := a.github()
	if err != nil {
		return fmt.Errorf("comment: true: %w", err)
	}
	return api.Comment(ctx, strings.Join(parts, "\n"))
}

// checkRun makes a check run with all findings if GitHub does not show all annotations.
func (a *step) checkRun(ctx context.Context, failed bool) {
	if !a.hasToken() || report.Unannotated(a.found.Diagnostics) == 0 {
		return
	}
	api, err := a.github()
	if err == nil {
		err = api.CheckRun(ctx, failed, a.found.Diagnostics, a.found.Files)
	}
	if err != nil {
		a.logError(err)
	}
}

// notPassed returns a note about the repository's secrets that were not passed to the
// step, or none.
func (a *step) notPassed(ctx context.Context) []string {
	text := a.inputs.Sources.Text("secrets")
	if !a.hasToken() || text == "" || a.event.Untrusted != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, a.inputs.Timeout/4)
	defer cancel()
	api, err := a.github()
	if err != nil {
		a.logError(err)
		return nil
	}
	configured, err := api.SecretNames(ctx, a.inputs.Environment)
	if err != nil && (a.asksForNames(text) || !errors.Is(err, errRefused)) {
		a.logError(err)
	}
	missing := slices.DeleteFunc(configured, passedIn(text))
	if len(missing) == 0 {
		return nil
	}
	return []string{"set in the repository but not passed to this step: " + strings.Join(missing, ", ")}
}

// asksForNames reports whether the token can only be meant for the names of secrets: it
// is not the job's own, which cannot list them, and there is no comment to write.
func (a *step) asksForNames(secrets string) bool {
	return !a.inputs.Comment && !passedAs(secrets, a.inputs.GitHubToken.RevealText())
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
func (a *step) logError(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	a.note(err.Error())
}

// note prints a note to the log, unless text is empty.
func (a *step) note(text string) {
	if text != "" {
		fmt.Fprintf(a.Stdout, "note: %s\n", report.Safe(text))
	}
}
