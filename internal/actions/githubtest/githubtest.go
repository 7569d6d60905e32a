// Package githubtest is a fake of the part of GitHub's API that the Action uses. It
// checks methods, paths, permissions and limits, pages its lists, and refuses what
// GitHub refuses. [Workspace] is a fake of a runner's files and environment.
package githubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Token is the bearer token of an app that the server accepts, and PersonalToken is a
// person's.
const (
	Token         = "ghs_test-token"
	PersonalToken = "ghp_test-token"
)

// maxComment is the longest comment, in characters (GitHub's API refuses 65,537).
const maxComment = 65536

// maxAnnotations is how many annotations a request may have (GitHub, "Create a check
// run").
const maxAnnotations = 50

// Comment is a comment on a pull request.
type Comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"` // Bot or User
	} `json:"user"`
	AuthorAssociation string `json:"author_association"`

	posted  bool
	created string // the body that it was created with
}

// Annotation is an annotation in a check run.
type Annotation struct {
	Path            string `json:"path"`
	StartLine       int    `json:"start_line"`
	EndLine         int    `json:"end_line"`
	StartColumn     int    `json:"start_column"`
	EndColumn       int    `json:"end_column"`
	AnnotationLevel string `json:"annotation_level"`
	Title           string `json:"title"`
	Message         string `json:"message"`
}

// CheckRun is a check run, with the annotations of all requests about it.
type CheckRun struct {
	Name, HeadSHA, Status, Conclusion, Title, Summary string
	Annotations                                       []Annotation
}

// Limit is the answer to a request over a rate limit.
type Limit struct {
	Status int         // 403 or 429
	Header http.Header // such as Retry-After
	Body   string
}

// Server is GitHub's API for one repository, o/r, whose number is 42, and its pull
// request 7. It is safe for concurrent use once the fields are set.
type Server struct {
	// Permissions are those of the token, such as "pull-requests": "write". The
	// permission to write includes that to read.
	Permissions map[string]string
	// Secrets are the names of secrets, by "repository", "organization", or the name of
	// an environment. An organization or environment that is not a key does not exist.
	Secrets map[string][]string
	// PageSize is how many entries a page has at most; 0 means as many as requested.
	PageSize int
	// Lagging omits comments that were created by POST from every list. Forgetful also
	// makes a request by their ID fail.
	Lagging, Forgetful bool
	// Stale makes lists show each comment as it was created, whatever changed it.
	Stale bool
	// Fails makes a request fail with HTTP 502; nil for none.
	Fails func(*http.Request) bool
	// Login is whose the token is; empty means github-actions[bot], as for GITHUB_TOKEN.
	Login string
	// Slow is the delay between reading a list of comments and answering.
	Slow time.Duration

	mu         sync.Mutex
	comments   []Comment
	runs       []CheckRun
	limits     []Limit
	unexpected []string
	requests   []string
	nextID     int64
}

// AddComment adds a comment to the pull request.
func (s *Server) AddComment(login, kind, association, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(login, kind, association, body)
}

// EditComments changes the body of each comment, as a person could on its page.
func (s *Server) EditComments(change func(body string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.comments {
		s.comments[i].Body = change(s.comments[i].Body)
	}
}

// RemoveComments deletes all comments, as a person could.
func (s *Server) RemoveComments() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.comments = nil
}

func (s *Server) add(login, kind, association, body string) Comment {
	s.nextID++
	c := Comment{ID: s.nextID, Body: body, AuthorAssociation: association, created: body}
	c.User.Login, c.User.Type = login, kind
	s.comments = append(s.comments, c)
	return c
}

// Limit makes the next requests fail, one with each limit.
func (s *Server) Limit(limits ...Limit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = append(s.limits, limits...)
}

// Comments returns the comments on the pull request, oldest first.
func (s *Server) Comments() []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.comments)
}

// CheckRuns returns the check runs that were created.
func (s *Server) CheckRuns() []CheckRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.runs)
}

// Requests returns the methods and paths of the requests, in order.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Unexpected returns the methods and paths that this API does not have.
func (s *Server) Unexpected() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unexpected)
}

// Handler serves the API at the prefix, such as /api/v3 on an Enterprise host. The
// prefix may be empty.
func (s *Server) Handler(prefix string) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern, permission string, answer func(http.ResponseWriter, *http.Request)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+prefix+path, s.withPermission(permission, answer))
	}
	handle("GET /repos/o/r/issues/7/comments", "pull-requests: read", s.listComments)
	handle("POST /repos/o/r/issues/{number}/comments", "pull-requests: write", s.createComment)
	handle("GET /repos/o/r/issues/comments/{id}", "pull-requests: read", s.getComment)
	handle("PATCH /repos/o/r/issues/comments/{id}", "pull-requests: write", s.editComment)
	handle("DELETE /repos/o/r/issues/comments/{id}", "pull-requests: write", s.deleteComment)
	handle("POST /repos/o/r/check-runs", "checks: write", s.createRun)
	handle("PATCH /repos/o/r/check-runs/{id}", "checks: write", s.updateRun)
	handle("GET /repos/o/r/actions/secrets", "secrets: read", s.listSecrets("repository"))
	handle("GET /repos/o/r/actions/organization-secrets", "secrets: read", s.listSecrets("organization"))
	handle("GET /repositories/42/environments/{environment}/secrets", "environments: read", s.listSecrets(""))
	mux.HandleFunc("POST "+strings.TrimSuffix(prefix, "/v3")+"/graphql", s.withPermission("metadata: read", s.viewer))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.unexpected = append(s.unexpected, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		fail(w, http.StatusNotFound, "Not Found")
	})
	return mux
}

// withPermission answers requests with the token and the permission. It refuses others,
// and those over a limit.
func (s *Server) withPermission(permission string, answer func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		var limit *Limit
		if len(s.limits) > 0 {
			limit, s.limits = &s.limits[0], s.limits[1:]
		}
		s.mu.Unlock()
		name, level, _ := strings.Cut(permission, ": ")
		switch has := s.Permissions[name]; {
		case limit != nil:
			for key, values := range limit.Header {
				w.Header()[key] = values
			}
			w.WriteHeader(limit.Status)
			fmt.Fprint(w, limit.Body)
		case s.Fails != nil && s.Fails(r):
			fail(w, http.StatusBadGateway, "Server Error")
		case !slices.Contains([]string{"Bearer " + Token, "Bearer " + PersonalToken}, r.Header.Get("Authorization")):
			fail(w, http.StatusUnauthorized, "Bad credentials")
		case name != "metadata" && has != "write" && has != level:
			fail(w, http.StatusForbidden, "Resource not accessible by integration")
		default:
			answer(w, r)
		}
	}
}

func fail(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

// viewer answers a query in GraphQL for the login of the token's owner, and no other.
func (s *Server) viewer(w http.ResponseWriter, r *http.Request) {
	var in struct{ Query string }
	if json.NewDecoder(r.Body).Decode(&in) != nil || strings.Join(strings.Fields(in.Query), "") != "{viewer{login}}" {
		fail(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"viewer": map[string]string{"login": s.login()}}})
}

func (s *Server) login() string { return cmp.Or(s.Login, "github-actions[bot]") }

// page returns the page of a list that a request asks for, and links to the next.
func page[T any](s *Server, w http.ResponseWriter, r *http.Request, list []T) []T {
	size, err := strconv.Atoi(r.URL.Query().Get("per_page"))
	if err != nil || size < 1 || size > 100 {
		size = 30 // GitHub's default
	}
	if s.PageSize > 0 {
		size = min(size, s.PageSize)
	}
	number, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || number < 1 {
		number = 1
	}
	from := min((number-1)*size, len(list))
	to := min(from+size, len(list))
	if to < len(list) {
		next := *r.URL
		query := next.Query()
		query.Set("page", strconv.Itoa(number+1))
		next.RawQuery = query.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s>; rel="next"`, r.Host, next.String()))
	}
	return list[from:to]
}

func (s *Server) listComments(w http.ResponseWriter, r *http.Request) {
	comments := slices.DeleteFunc(s.Comments(), func(c Comment) bool { return s.Lagging && c.posted })
	for i := range comments {
		if s.Stale {
			comments[i].Body = comments[i].created
		}
	}
	time.Sleep(s.Slow)
	_ = json.NewEncoder(w).Encode(slices.Concat([]Comment{}, page(s, w, r, comments)))
}

// readBody reads a comment's body. If that is invalid it answers the request.
func readBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct{ Body *string }
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Body == nil || *in.Body == "" {
		fail(w, http.StatusUnprocessableEntity, "body is missing")
		return "", false
	}
	if utf8.RuneCountInString(*in.Body) > maxComment {
		fail(w, http.StatusUnprocessableEntity, "body is too long")
		return "", false
	}
	return *in.Body, true
}

func (s *Server) createComment(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	kind, association := "Bot", "NONE"
	if !strings.HasSuffix(s.login(), "[bot]") {
		kind, association = "User", "MEMBER"
	}
	_ = json.NewEncoder(w).Encode(s.add(s.login(), kind, association, body))
	s.comments[len(s.comments)-1].posted = true
}

func (s *Server) getComment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.comment(r)
	if i < 0 || s.Forgetful {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	_ = json.NewEncoder(w).Encode(s.comments[i])
}

// comment returns the index of the comment that a path names, or -1.
func (s *Server) comment(r *http.Request) int {
	id := r.PathValue("id")
	return slices.IndexFunc(s.comments, func(c Comment) bool { return strconv.FormatInt(c.ID, 10) == id })
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.comment(r)
	if i < 0 {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.comments[i].Body = body
	_ = json.NewEncoder(w).Encode(s.comments[i])
}

func (s *Server) deleteComment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.comment(r)
	if i < 0 {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.comments = slices.Delete(s.comments, i, i+1)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) listSecrets(where string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		names, ok := s.Secrets[cmp.Or(where, r.PathValue("environment"))]
		if !ok {
			fail(w, http.StatusNotFound, "Not Found")
			return
		}
		secrets := []map[string]string{}
		for _, name := range page(s, w, r, names) {
			secrets = append(secrets, map[string]string{"name": name})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"total_count": len(names), "secrets": secrets})
	}
}
