package actions

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

const checkRunPermission = "checks: write"

// Limits of GitHub's API ("Create a check run"): annotations in a request, and
// the summary's characters.
const (
	annotationsPerRequest = 50
	maxCheckRunSummary    = 65535
)

// CheckRun makes a check run of the commit with all findings. GitHub shows only the
// first of a step's annotations. It needs the permission checks: write.
func (g *GitHub) CheckRun(ctx context.Context, failed bool, diagnostics []check.Diagnostic, files int) error {
	annotations := g.annotations(diagnostics)
	title := report.Counts(diagnostics, files)
	summary := g.markdown.Diagnostics(diagnostics, files).Footer(g.footer).Cut(maxCheckRunSummary, elsewhere)
	name, status, conclusion := g.checkRunName(), "completed", "neutral"
	if failed {
		conclusion = "failure"
	}
	first, rest := take(annotations, annotationsPerRequest)
	output := &github.CheckRunOutput{Title: &title, Summary: &summary, Annotations: first}
	var run *github.CheckRun
	err := g.ask(ctx, checkRunPermission, func() (err error) {
		run, _, err = g.api.Checks.CreateCheckRun(ctx, g.event.Owner, g.event.Repo, github.CreateCheckRunOptions{
			Name: name, HeadSHA: g.event.Commit, Status: &status, Conclusion: &conclusion, Output: output,
		})
		return err
	})
	for err == nil && len(rest) > 0 {
		first, rest = take(rest, annotationsPerRequest)
		more := &github.CheckRunOutput{Title: &title, Summary: &summary, Annotations: first}
		err = g.ask(ctx, checkRunPermission, func() error {
			options := github.UpdateCheckRunOptions{Name: name, Output: more}
			_, _, err := g.api.Checks.UpdateCheckRun(ctx, g.event.Owner, g.event.Repo, run.GetID(), options)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("making a check run of all findings: %w", err)
	}
	return nil
}

func (g *GitHub) checkRunName() string {
	if name := g.step.String(); name != "" {
		return "Prefect secrets: " + report.Safe(name)
	}
	return "Prefect secrets"
}

// take returns the first n elements of list, or all, and the rest.
func take[T any](list []T, n int) (first, rest []T) {
	n = min(n, len(list))
	return list[:n], list[n:]
}

// annotationLevels are GitHub's names of the severities ("Create a check run").
var annotationLevels = map[check.Severity]string{
	check.SeverityError: "failure", check.SeverityWarning: "warning", check.SeverityNote: "notice",
}

// annotations returns the annotations for the findings in files of the repository.
func (g *GitHub) annotations(diagnostics []check.Diagnostic) []*github.CheckRunAnnotation {
	var list []*github.CheckRunAnnotation
	for _, d := range report.ErrorsFirst(diagnostics) {
		path, ok := g.workspace.path(d.File)
		if !ok {
			continue
		}
		level := annotationLevels[d.Severity]
		a := &github.CheckRunAnnotation{
			Path: &path, StartLine: github.Int(max(d.Line, 1)), EndLine: github.Int(max(d.EndLine, d.Line, 1)),
			AnnotationLevel: &level, Title: github.String("prefect-secrets: " + d.Rule),
			Message: github.String(report.AnnotationText(d)),
		}
		if d.Line > 0 && d.EndLine == d.Line { // GitHub accepts columns only within one line
			a.StartColumn, a.EndColumn = github.Int(d.Column), github.Int(max(d.EndColumn, d.Column))
		}
		list = append(list, a)
	}
	return list
}
