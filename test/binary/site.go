package binary

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// Ids of the tenants of a [Site].
const (
	DataID = "11111111-1111-4111-8111-111111111111"
	MLID   = "22222222-2222-4222-8222-222222222222"
)

// Site is a directory with everything that serve needs: a keys file with two tenants
// and several keys, and the key of a file store.
type Site struct {
	Dir   string
	Admin string // writes both tenants; data is its default
	// Runner reads data. Part writes names in data that begin with team_. Other writes
	// ml.
	Runner, Part, Other string
	StoreKey            string
}

// NewSite makes a site. It appends extra to the keys file.
func NewSite(t testing.TB, extra string) *Site {
	t.Helper()
	s := &Site{
		Dir: t.TempDir(), StoreKey: filestore.NewKey(),
		Admin: keysfile.NewKey(), Runner: keysfile.NewKey(), Part: keysfile.NewKey(), Other: keysfile.NewKey(),
	}
	text := "url = \"https://secrets.example.com\"\n"
	text += fmt.Sprintf("[[tenants]]\nid = %q\nslug = \"data\"\n[[tenants]]\nid = %q\nslug = \"ml\"\n", DataID, MLID)
	text += keyTOML("ci", "admin", `"data", "ml"`, s.Admin) + keyTOML("agent", "runner", `"data"`, s.Runner)
	text += keyTOML("other", "admin", `"ml"`, s.Other) + keyTOML("part", "admin", `"data"`, s.Part) + "patterns = [\"team_*\"]\n"
	s.Write(t, "keys.toml", text+extra)
	s.Write(t, "store.key", s.StoreKey+"\n")
	return s
}

func keyTOML(name, role, tenants, key string) string {
	hash := keysfile.FormatHash(sha256.Sum256([]byte(key)))
	return fmt.Sprintf("[[keys]]\nname = %q\nrole = %q\ntenants = [%s]\nhash = %q\n", name, role, tenants, hash)
}

// Write writes a file of mode 0600 to the site, and returns its path.
func (s *Site) Write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// FileStore returns the flags of a file store in the site's directory.
func (s *Site) FileStore() []string {
	return []string{
		"--store", "file:" + filepath.Join(s.Dir, "secrets.db"),
		"--store-key-file", filepath.Join(s.Dir, "store.key"),
	}
}

// Server is a process of serve that is ready.
type Server struct {
	*Process
	URL     string
	Metrics string `json:"metrics_url"`
	// Of serve --dev.
	Admin  string `json:"admin_key"`
	Runner string `json:"runner_key"`
}

// Serve starts serve with the site's keys.
func (s *Site) Serve(t testing.TB, o Options, args ...string) *Server {
	t.Helper()
	keys := []string{"--keys-file", filepath.Join(s.Dir, "keys.toml"), "--shutdown-delay", "0s"}
	return Serve(t, s.options(o), append(keys, args...)...)
}

func (s *Site) options(o Options) Options {
	if o.Dir == "" {
		o.Dir = s.Dir
	}
	return o
}

// Serve starts serve and waits until it is ready.
func Serve(t testing.TB, o Options, args ...string) *Server {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready.json")
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--ready-file", ready}, args...)
	server := &Server{Process: Start(t, o, args...)}
	for range 3000 {
		if data, err := os.ReadFile(ready); err == nil {
			if err := json.Unmarshal(data, server); err != nil {
				t.Fatal(err)
			}
			return server
		}
		if server.Ended() {
			t.Fatalf("serve ended: %s", server.Stderr)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("serve is not ready: %s", server.Stderr)
	return nil
}

// Stop stops the server with SIGTERM, and returns its exit code.
func (s *Server) Stop(t testing.TB) int {
	t.Helper()
	s.Signal(syscall.SIGTERM)
	return s.Wait(t)
}

// Answer is a response, or the error of the request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	Err    error
}

// Has reports whether the body contains each of the substrings.
func (a Answer) Has(substrings ...string) bool {
	for _, substring := range substrings {
		if !strings.Contains(a.Body, substring) {
			return false
		}
	}
	return a.Err == nil
}

// client does not reuse connections, because a stopping server would wait for them.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	Timeout:       time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Ask sends a document with a key.
func (s *Server) Ask(t testing.TB, key, query string) Answer {
	t.Helper()
	header := http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
	return s.Send(t, "POST", "/", header, Body(query))
}

// Body returns the request body of a document.
func Body(query string) string {
	body, _ := json.Marshal(map[string]string{"query": query})
	return string(body)
}

// Set returns a document that sets a secret to a string.
func Set(name, value string) string {
	n, _ := json.Marshal(name)
	v, _ := json.Marshal(value)
	return fmt.Sprintf(`mutation { set_secret(input: {name: %s, value: %s}) { success } }`, n, v)
}

// Value returns a document that reads a secret's value.
func Value(name string) string { return fmt.Sprintf(`{ secret_value(name: %q) }`, name) }

// Send sends any request.
func (s *Server) Send(t testing.TB, method, path string, header http.Header, body string) Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	resp, err := client.Do(r)
	if err != nil {
		return Answer{Err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, resp.Header, string(text), err}
}

// Text returns the body at a URL, such as that of the metrics.
func Text(t testing.TB, url string) string {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
