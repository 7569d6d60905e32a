package actions_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// noon is the time of the clock in these tests.
var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// newGitHub returns the API of a fake GitHub for one job. It records pauses in waits
// and skips all but those of one second: the library enforces a secondary limit itself.
// If waits is nil, pauses last a tenth of their time. The variables are GitHub's.
func newGitHub(t *testing.T, fake *githubtest.Server, job string, waits *[]time.Duration, variables ...string) *actions.GitHub {
	t.Helper()
	server := httptest.NewServer(fake.Handler("/api/v3"))
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		if asked := fake.Unexpected(); len(asked) > 0 {
			t.Errorf("GitHub was asked for %v", asked)
		}
	})
	env := map[string]string{
		"GITHUB_API_URL": server.URL + "/api/v3", "GITHUB_WORKSPACE": workingDirectory(t), "GITHUB_SHA": commit,
		"GITHUB_WORKFLOW": "deploy", "GITHUB_JOB": job, "GITHUB_ACTION": "__self",
	}
	token := githubtest.Token
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
		if name == "token" {
			token = value
		}
	}
	runner := actions.NewRunner(&strings.Builder{}, nil, func(name string) string { return env[name] })
	g, err := runner.GitHub(actions.GitHubConfig{
		Client: server.Client(), Token: prefect.TextValue(token),
		Now:   func() time.Time { return noon },
		Event: actions.Event{Owner: "o", Repo: "r", RepoID: 42, PullRequest: 7, Commit: commit},
		Pause: func(ctx context.Context, d time.Duration) error {
			if waits == nil {
				time.Sleep(d / 10)
				return ctx.Err()
			}
			*waits = append(*waits, d)
			if d == time.Second {
				time.Sleep(d)
			}
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func workingDirectory(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// newDocument returns a short document with a footer.
func newDocument(text, footer string) *report.Document {
	return report.Markdown{}.Skipped(text).Footer(footer)
}

func TestCommentHasASectionForEachJob(t *testing.T) {
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}, PageSize: 2}
	for range 3 {
		fake.AddComment("somebody", "User", "NONE", "unrelated")
	}
	fake.AddComment("mallory", "User", "CONTRIBUTOR", "<!-- prefect-secrets -->\nforged")
	var waits []time.Duration
	for _, job := range []string{"staging", "production", "staging"} {
		err := newGitHub(t, fake, job, &waits).Comment(t.Context(),
			newDocument(fmt.Sprintf("plan %d of %s", len(waits), job), job))
		if err != nil {
			t.Fatal(err)
		}
	}
	comments := fake.Comments()
	if len(comments) != 5 {
		t.Fatalf("there are %d comments", len(comments))
	}
	body := comments[4].Body
	staging, production := strings.Index(body, "Plan 2 of staging"), strings.Index(body, "Plan 1 of production")
	if staging < 0 || production < staging || strings.Contains(body, "Plan 0") ||
		!strings.Contains(body, "<sub>production</sub>") {
		t.Errorf("the comment is\n%s", body)
	}
	if comments[3].Body != "<!-- prefect-secrets -->\nforged" {
		t.Error("the comment of an outsider was taken for the Action's own")
	}
}

// isList reports whether a request lists the comments.
func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/issues/7/comments")
}

// A run sends one comment, whatever GitHub's list says afterwards.
func TestACommentIsMadeOnceWhateverTheListSays(t *testing.T) {
	for name, fake := range map[string]*githubtest.Server{
		"a list that lags":          {Lagging: true},
		"nothing that knows the id": {Lagging: true, Forgetful: true},
		"a stale list":              {Stale: true},
		"a list that fails":         {},
		"everything that fails":     {},
	} {
		fake.Permissions = map[string]string{"pull-requests": "write"}
		posted := false
		fake.Fails = func(r *http.Request) bool {
			posted = posted || r.Method == http.MethodPost
			return name == "a list that fails" && posted && isList(r) ||
				name == "everything that fails" && posted && r.Method == http.MethodGet
		}
		var waits []time.Duration
		if err := newGitHub(t, fake, "plan", &waits).Comment(t.Context(), newDocument("the plan", "plan")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if comments := fake.Comments(); len(comments) != 1 || !strings.Contains(comments[0].Body, "The plan") {
			t.Errorf("%s: the comments are %v", name, comments)
		}
		if n := countRequests(fake, "POST "); n != 1 {
			t.Errorf("%s: %d comments were sent", name, n)
		}
	}
}

func countRequests(fake *githubtest.Server, prefix string) int {
	n := 0
	for _, request := range fake.Requests() {
		if strings.HasPrefix(request, prefix) {
			n++
		}
	}
	return n
}

// What another job wrote, and the list does not show yet, stays. A comment that the list
// still shows and that is deleted is made again.
func TestAStaleListLosesNothing(t *testing.T) {
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}, Stale: true}
	var waits []time.Duration
	for _, job := range []string{"first", "second", "third", "second"} {
		if err := newGitHub(t, fake, job, &waits).Comment(t.Context(), newDocument("plan of "+job, job)); err != nil {
			t.Fatal(err)
		}
	}
	comments := fake.Comments()
	if len(comments) != 1 || countRequests(fake, "POST ") != 1 {
		t.Fatalf("the comments are %v", comments)
	}
	for _, job := range []string{"first", "second", "third"} {
		if strings.Count(comments[0].Body, "Plan of "+job+".") != 1 {
			t.Errorf("%s is missing in\n%s", job, comments[0].Body)
		}
	}
	if n := countRequests(fake, "PATCH "); n != 2 {
		t.Errorf("the comment was changed %d times, and the last change changed nothing", n)
	}
}

// A step whose comment was a duplicate of another job's writes one again if that one is
// deleted, too.
func TestBothCommentsAreDeleted(t *testing.T) {
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	posts, deleted := 0, false
	fake.Fails = func(r *http.Request) bool {
		switch {
		case r.Method == http.MethodPost:
			if posts++; posts == 1 {
				fake.AddComment("github-actions[bot]", "Bot", "NONE", "<!-- prefect-secrets -->\nof another job")
			}
		case r.Method == http.MethodDelete:
			deleted = true
		case deleted && isList(r) && posts == 1:
			fake.RemoveComments()
		}
		return false
	}
	if err := callComment(newGitHub(t, fake, "plan", new([]time.Duration)), t.Context()); err != nil {
		t.Error(err)
	}
	if comments := fake.Comments(); !deleted || posts != 2 || len(comments) != 1 {
		t.Errorf("%d comments were sent, and the comments are %v", posts, comments)
	}
}

// A comment that GitHub failed to take may exist, and is not sent again. A list that
// fails for a moment is read again; without it nothing is sent.
func TestAFailingGitHub(t *testing.T) {
	for name, tt := range map[string]struct {
		fails func(r *http.Request, n int) bool // n requests came before
		posts int
		want  string
	}{
		"a post that fails":   {func(r *http.Request, _ int) bool { return r.Method == http.MethodPost }, 1, "GitHub answered HTTP 502"},
		"no list":             {func(r *http.Request, _ int) bool { return isList(r) }, 0, "GitHub answered HTTP 502"},
		"a list for a moment": {func(_ *http.Request, n int) bool { return n < 2 }, 1, ""},
	} {
		n := 0
		fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
		fake.Fails = func(r *http.Request) bool { n++; return tt.fails(r, n-1) }
		err := callComment(newGitHub(t, fake, "plan", new([]time.Duration)), t.Context())
		if got := fmt.Sprint(err); (err == nil) != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if posts := countRequests(fake, "POST "); posts != tt.posts {
			t.Errorf("%s: %d comments were sent", name, posts)
		}
	}
}

// Concurrent jobs lose no section, and leave one comment.
func TestCommentsOfJobsAtOnce(t *testing.T) {
	fake := &githubtest.Server{
		Permissions: map[string]string{"pull-requests": "write"}, Slow: 5 * time.Millisecond,
	}
	const jobs = 3
	errs := make(chan error, jobs)
	for i := range jobs {
		g := newGitHub(t, fake, fmt.Sprintf("job%d", i), nil)
		go func() { errs <- g.Comment(t.Context(), newDocument(fmt.Sprintf("plan of job%d", i), "")) }()
	}
	for range jobs {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	comments := fake.Comments()
	if len(comments) != 1 {
		t.Fatalf("there are %d comments", len(comments))
	}
	for i := range jobs {
		if !strings.Contains(comments[0].Body, fmt.Sprintf("Plan of job%d.\n", i)) {
			t.Errorf("job%d is missing in\n%s", i, comments[0].Body)
		}
	}
}

func TestCommentFits(t *testing.T) {
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	plan := &secretsync.Plan{}
	for range 1000 {
		plan.Actions = append(plan.Actions, secretsync.Action{Name: strings.Repeat("Ä", 80), Kind: secretsync.Create})
	}
	document := report.Markdown{}.Plan([]secretsync.TenantResult{{Plan: plan}})
	for i := range 6 {
		err := newGitHub(t, fake, fmt.Sprintf("job%d", i), new([]time.Duration)).Comment(t.Context(), document)
		if err != nil {
			t.Fatal(err)
		}
	}
	body := fake.Comments()[0].Body
	n := strings.Count(body, "of 1000 changes are shown here; the log has all of them.\n")
	if n < 2 || !strings.Contains(body, "<!-- prefect-secrets:end -->\n") {
		t.Errorf("%d sections were cut, in %d bytes", n, len(body))
	}
}

func TestRefusalsNameThePermission(t *testing.T) {
	tests := []struct {
		permissions map[string]string
		call        func(*actions.GitHub, context.Context) error
		want        string
	}{
		{nil, callComment, "the token needs the permission pull-requests: write"},
		{
			map[string]string{"pull-requests": "read"}, callComment,
			"the token needs the permission pull-requests: write",
		},
		{nil, callCheckRun, "the token needs the permission checks: write"},
		{nil, callSecretNames, "the token needs the permission secrets: read"},
		{
			map[string]string{"secrets": "read"}, callSecretNames,
			"the token needs the permission environments: read",
		},
	}
	for _, tt := range tests {
		fake := &githubtest.Server{
			Permissions: tt.permissions,
			Secrets:     map[string][]string{"repository": nil, "organization": nil, "staging": nil},
		}
		err := tt.call(newGitHub(t, fake, "job", new([]time.Duration)), t.Context())
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "http") {
			t.Errorf("with %v: %v, want %q", tt.permissions, err, tt.want)
		}
	}
}

func callComment(g *actions.GitHub, ctx context.Context) error {
	return g.Comment(ctx, newDocument("plan", ""))
}

func callCheckRun(g *actions.GitHub, ctx context.Context) error {
	return g.CheckRun(ctx, true, []check.Diagnostic{{File: "a.toml", Severity: check.SeverityError, Message: "m"}}, 1)
}

func callSecretNames(g *actions.GitHub, ctx context.Context) error {
	_, err := g.SecretNames(ctx, "staging")
	return err
}

func TestRateLimitsAreWaitedFor(t *testing.T) {
	reset := fmt.Sprint(noon.Add(90 * time.Second).Unix())
	limits := []githubtest.Limit{
		{
			Status: http.StatusForbidden, Header: http.Header{"Retry-After": {"1"}},
			Body: `{"message": "secondary", "documentation_url": "https://docs.github.com/rest/overview/resources-in-the-rest-api#secondary-rate-limits"}`,
		},
		{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3"}}, Body: `{}`},
		{Status: http.StatusTooManyRequests, Header: http.Header{"X-Ratelimit-Reset": {reset}}, Body: `{}`},
		{Status: http.StatusTooManyRequests, Body: `{}`},
		{
			Status: http.StatusForbidden,
			Header: http.Header{
				"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {reset},
				"X-Ratelimit-Limit": {"1000"},
			},
			Body: `{"message": "primary"}`,
		},
	}
	want := []time.Duration{time.Second, 3 * time.Second, 91 * time.Second, time.Minute, 91 * time.Second}
	for i, limit := range limits {
		fake := &githubtest.Server{Permissions: map[string]string{"checks": "write"}}
		fake.Limit(limit)
		var waits []time.Duration
		err := callCheckRun(newGitHub(t, fake, "job", &waits), t.Context())
		if err != nil || len(waits) != 1 || waits[0] != want[i] || len(fake.CheckRuns()) != 1 {
			t.Errorf("limit %d: %v, waited %v, want %v", i, err, waits, want[i])
		}
	}
}

// A limit that lasts longer than the timeout is an error at once.
func TestRateLimitsAreNotWaitedForInVain(t *testing.T) {
	fake := &githubtest.Server{Permissions: map[string]string{"checks": "write"}}
	fake.Limit(githubtest.Limit{
		Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: `{}`,
	})
	var waits []time.Duration
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	g := newGitHub(t, fake, "job", &waits)
	ctx, cancel = context.WithDeadline(ctx, noon.Add(time.Minute))
	defer cancel()
	if err := callCheckRun(g, ctx); err == nil || len(waits) > 0 {
		t.Errorf("%v, waited %v", err, waits)
	}
}

func TestCheckRunHasEveryFinding(t *testing.T) {
	t.Chdir(t.TempDir())
	fake := &githubtest.Server{Permissions: map[string]string{"checks": "write"}}
	var found []check.Diagnostic
	for i := range 120 {
		d := check.Diagnostic{
			Rule: "type", Severity: check.SeverityWarning, Message: "message", Hint: "hint",
			File: "config/a.toml", Line: i + 1, Column: 3, EndLine: i + 1, EndColumn: 9,
		}
		switch i {
		case 118:
			d.Severity = check.SeverityNote
		case 119:
			d.Severity, d.EndLine = check.SeverityError, i+5
		}
		found = append(found, d)
	}
	for _, file := range []string{workingDirectory(t) + "/b.toml", "/etc/prefect.toml", "../x.toml"} {
		found = append(found, check.Diagnostic{Severity: check.SeverityWarning, Message: "m", File: file})
	}
	if err := newGitHub(t, fake, "check", nil).CheckRun(t.Context(), true, found, 4); err != nil {
		t.Fatal(err)
	}
	runs := fake.CheckRuns()
	if len(runs) != 1 {
		t.Fatalf("there are %d check runs", len(runs))
	}
	run := runs[0]
	if run.Name != "Prefect secrets: deploy / check" || run.HeadSHA != commit ||
		run.Status != "completed" || run.Conclusion != "failure" || run.Title != report.Counts(found, 4) {
		t.Errorf("the check run is %q of %q: %s, %s, %q", run.Name, run.HeadSHA, run.Status,
			run.Conclusion, run.Title)
	}
	if len(run.Annotations) != 121 {
		t.Fatalf("there are %d annotations", len(run.Annotations))
	}
	first := githubtest.Annotation{
		Path: "config/a.toml", StartLine: 120, EndLine: 124, AnnotationLevel: "failure",
		Title: "prefect-secrets: type", Message: "message\nhint: hint",
	}
	second := githubtest.Annotation{
		Path: "config/a.toml", StartLine: 1, EndLine: 1, StartColumn: 3, EndColumn: 9,
		AnnotationLevel: "warning", Title: "prefect-secrets: type", Message: "message\nhint: hint",
	}
	if diff := cmp.Diff([]githubtest.Annotation{first, second}, run.Annotations[:2]); diff != "" {
		t.Error(diff)
	}
	if last := run.Annotations[119]; last.Path != "b.toml" || last.StartLine != 1 {
		t.Errorf("the last warning is %+v", last)
	}
	if note := run.Annotations[120]; note.AnnotationLevel != "notice" || note.StartLine != 119 {
		t.Errorf("the note is %+v", note)
	}
}

func TestSecretNames(t *testing.T) {
	names := make([]string, 0, 250)
	for i := range 250 {
		names = append(names, fmt.Sprintf("NAME_%03d", i))
	}
	fake := &githubtest.Server{
		Permissions: map[string]string{"secrets": "read", "environments": "read"},
		Secrets: map[string][]string{
			"repository": names, "organization": {"NAME_000", "ORG"}, "staging": {"ENV"},
		},
	}
	g := newGitHub(t, fake, "job", nil)
	for environment, want := range map[string]int{"": 251, "staging": 252, "nowhere": 251} {
		got, err := g.SecretNames(t.Context(), environment)
		if err != nil || len(got) != want {
			t.Errorf("environment %q: %d names, %v; want %d", environment, len(got), err, want)
		}
	}
	if n := len(fake.Requests()); n != 3*(3+1)+2 {
		t.Errorf("%d requests", n)
	}
}

// An error does not show the API's URL, whatever the way in which GitHub does not answer.
func TestGitHubDoesNotAnswer(t *testing.T) {
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = connection.Close()
		}
	}))
	defer cut.Close()
	odd := httptest.NewTLSServer(http.NotFoundHandler())
	defer odd.Close()
	for url, want := range map[string]string{
		"http://127.0.0.1:1": "connection refused", cut.URL: "", odd.URL: "certificate", "http://no.such.invalid": "",
	} {
		g := newGitHub(t, newCommentable(), "plan", new([]time.Duration), "GITHUB_API_URL="+url+"/api/v3")
		err := callComment(g, t.Context())
		got := fmt.Sprint(err)
		if err == nil || !strings.HasPrefix(got, "commenting on pull request 7: GitHub does not answer: ") ||
			!strings.Contains(got, want) || strings.Contains(got, "/repos/") || strings.Contains(got, `Get "`) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
