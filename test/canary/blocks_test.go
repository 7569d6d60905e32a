package canary

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// Secrets of a server of Prefect 3: the string that it requires, one that it refuses, and
// the value of blocks that no source has.
var (
	authString    = newCanary("AUTH_STRING", "admin:"+randomString(45, 30)).only(randomString(45, 30))
	wrongAuth     = newCanary("WRONG_AUTH", "admin:"+randomString(47, 30)).only(randomString(47, 30))
	storedInBlock = newCanary("STORED_IN_BLOCK", randomString(46, 40))
)

// blocksManifest has an environment for each reader. The URL is an option.
const blocksManifest = `
[environments.three]
store = "blocks"
reader = "3"
[environments.two]
store = "blocks"
reader = "2"
`

// newPrefect3 returns a server that requires authString. Of its blocks, two have other
// values than the sources, of which one is an object in clear.
func newPrefect3() *blockstest.Fake {
	fake := blockstest.New()
	fake.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(authString.value))
	fake.Set("team-old", jsonText(storedInBlock.value))
	fake.Set("url", jsonText(storedInBlock.value))
	fake.Set("plain", `{"inner":`+jsonText(storedInBlock.value)+`}`)
	return fake
}

// inBlocks returns the arguments of a plan or sync of Secret blocks.
func inBlocks(cmd string, more ...string) []string {
	return append([]string{cmd, "--manifest", "IN/blocks", "--environment", "three", "--secrets-file", "IN/secrets.json"}, more...)
}

func blocksInputs(more map[string]string) map[string]string {
	all := map[string]string{"manifest": "IN/blocks", "environment": "three", "api-url": "$BLOCKS", "api-key": authString.value}
	maps.Copy(all, more)
	return all
}

// runBlocks runs each command that uses Secret blocks.
func (s *scene) runBlocks(all map[string]commandHelp) {
	for _, format := range all["sync"].formats {
		server := httptest.NewServer(newPrefect3())
		s.t.Cleanup(server.Close)
		at := []string{"--api-url", server.URL + "/api", "--format", format}
		prune := append(at, "--prune-scope", "TEAM_*", "--prune-unowned")
		none := binary.Options{Env: []string{"A=b"}}
		for _, cmd := range []string{"plan", "sync"} {
			s.run(binary.Options{}, "", refused, inBlocks(cmd, append(at, "--api-key-file", "IN/wrong-auth")...)...)
			s.run(binary.Options{}, "", usage, inBlocks(cmd, append(at, "--api-key-file", "IN/wrong.key")...)...)
			s.run(none, "", anyFailure, inBlocks(cmd, at...)...)
			s.run(binary.Options{}, "", usage, inBlocks(cmd, append(at, "--verify-key-file", "IN/auth-string")...)...)
			s.run(binary.Options{}, "", usage, inBlocks(cmd, append(at, "--name", "A_B=PLAIN", "--name", "a-b=URL")...)...)
			s.run(binary.Options{}, "", usage, inBlocks(cmd, append(at, "--secrets-file", "IN/broken.json")...)...)
			s.run(binary.Options{}, "", ok, inBlocks(cmd, prune...)...)
			s.run(binary.Options{}, "", ok, inBlocks(cmd, append(at, "--environment", "two", "--format-of", "PLAIN=string")...)...)
			s.run(binary.Options{}, "", ok, inBlocks(cmd, append(at, "--api-key-file", "IN/auth-string")...)...)
		}
	}
	for _, verbosity := range []string{"-v", "-q", "--verbose"} {
		s.run(binary.Options{}, "", ok, inBlocks("plan", verbosity, "--api-url", "$BLOCKS")...)
	}
	s.runBlocksPlanFile()
	dir := s.blocksDir()
	for _, format := range all["names"].formats {
		names := []string{"names", "--environment", "three", "--api-url", "$BLOCKS", "--format", format}
		s.run(dir, "", ok, names...)
		s.run(dir, "", refused, append(names, "--api-key-file", "IN/wrong-auth")...)
	}
	for _, format := range all["check"].formats {
		s.run(binary.Options{}, "", failed, "check", "--flows", "IN/flow3.py", "--manifest", "IN/blocks", "--environment", "three",
			"--api-url", "$BLOCKS", "--format", format)
	}
}

// blocksDir returns a directory whose manifest is that of Secret blocks.
func (s *scene) blocksDir() binary.Options {
	dir := s.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prefect-secrets.toml"), []byte(blocksManifest), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return binary.Options{Dir: dir}
}

// runBlocksPlanFile writes a plan to a file, carries it out, and refuses it the second
// time.
func (s *scene) runBlocksPlanFile() {
	server := httptest.NewServer(newPrefect3())
	defer server.Close()
	dir := binary.Options{Dir: s.t.TempDir()}
	more := []string{"--api-url", server.URL + "/api", "--plan-file", "plan.json", "--prune-scope", "TEAM_*", "--prune-unowned"}
	s.run(dir, "", ok, inBlocks("plan", more...)...)
	if plan, err := os.ReadFile(filepath.Join(dir.Dir, "plan.json")); err != nil || !strings.Contains(string(plan), "team-old") {
		s.t.Errorf("the plan file has %.200q, %v", plan, err)
	}
	s.run(dir, "", ok, inBlocks("sync", more...)...)
	s.run(dir, "", anyFailure, inBlocks("sync", more...)...)
}

// A command shows nothing of what a server of Prefect 3 repeats when it fails to list, to
// compare, to write or to look up a block.
func TestBlocksEchoed(t *testing.T) {
	s := newScene(t)
	dir := s.blocksDir()
	for name, answer := range blockEchoes() {
		for _, field := range []string{"list", "values", "write", "look-up"} {
			commands := map[string][]string{
				"text": inBlocks("sync", "-v", "--prune-scope", "TEAM_*", "--prune-unowned"),
				"JSON": inBlocks("sync", "--format", "json"), "Markdown": inBlocks("sync", "--format", "markdown"),
				"plan": inBlocks("plan"),
			}
			if field == "list" && name != "a name" {
				commands["names"] = []string{"names", "--environment", "three"}
			}
			t.Run(name+", "+field, func(t *testing.T) {
				failing := &failingPrefect3{Fake: newPrefect3(), field: field, answer: answer}
				server := httptest.NewServer(failing)
				t.Cleanup(func() {
					server.Close()
					if failing.met.Load() == 0 {
						t.Error("nothing met the fault")
					}
				})
				s.runEachAt(t, commands, server.URL+"/api", dir)
			})
		}
	}
}

// received is what a server repeats of a request: its body, its value, its key and a
// stored value, and that value as the name of a block.
type received struct{ text, name string }

// blockEchoes returns answers to a request that repeat it.
func blockEchoes() map[string]func(http.ResponseWriter, *http.Request, received) {
	all := map[string]func(http.ResponseWriter, *http.Request, received){
		"redirect": func(w http.ResponseWriter, r *http.Request, got received) {
			to := "https://" + got.name + ".example.com/" + base64.URLEncoding.EncodeToString([]byte(got.text))
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		},
		"wrong JSON": func(w http.ResponseWriter, _ *http.Request, got received) {
			_, _ = io.WriteString(w, `[{"id":`+jsonText(got.text)+`,"name":`+jsonText(got.text)+`,"data":{"value":`)
		},
		"a name": func(w http.ResponseWriter, r *http.Request, got received) {
			if strings.HasSuffix(r.URL.Path, "/filter") {
				const row = `[{"id":"97fda652-1ef1-4bbc-b13f-a5d251cbd759","name":%s,"data":{"value":%s}}]`
				fmt.Fprintf(w, row, jsonText(got.name), jsonText(got.text))
				return
			}
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"detail":"Block already exists"}`)
		},
		"HTML": func(w http.ResponseWriter, _ *http.Request, got received) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>"+got.text)
		},
		"a header": func(w http.ResponseWriter, _ *http.Request, got received) {
			w.Header().Set("Retry-After", unquoted(jsonText(got.text)))
			w.WriteHeader(http.StatusTooManyRequests)
		},
	}
	for _, status := range []int{200, 201, 400, 401, 403, 404, 409, 413, 422, 500, 503} {
		all[fmt.Sprint(status)] = func(w http.ResponseWriter, _ *http.Request, got received) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{"detail": got.text, "exception_message": got.text, "request_body": got.text})
		}
	}
	all["422 of FastAPI"] = func(w http.ResponseWriter, _ *http.Request, got received) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"exception_message": "Invalid request received.",
			"exception_detail":  []any{map[string]any{"loc": []string{"body", got.name}, "msg": got.text, "input": got.text}},
			"detail":            []any{map[string]any{"msg": got.text}},
		})
	}
	return all
}

// failingPrefect3 is a server that gives its answer to the requests of one field.
type failingPrefect3 struct {
	*blockstest.Fake
	field  string
	answer func(http.ResponseWriter, *http.Request, received)
	met    atomic.Int64
}

func (f *failingPrefect3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := readBody(r)
	r.Body = io.NopCloser(strings.NewReader(body))
	does := fieldOf(r, body)
	if f.field == "look-up" && does == "write" {
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"detail":"Block already exists"}`)
		return
	}
	if does != f.field {
		f.Fake.ServeHTTP(w, r)
		return
	}
	f.met.Add(1)
	var sent struct{ Data struct{ Value string } }
	_ = json.Unmarshal([]byte(body), &sent)
	text := strings.Join([]string{sent.Data.Value, storedInBlock.value, authString.value, r.Header.Get("Authorization"), body}, " ")
	f.answer(w, r, received{text, strings.ToLower(storedInBlock.value)})
}

// fieldOf returns what a request does.
func fieldOf(r *http.Request, body string) string {
	isFilter := strings.HasSuffix(r.URL.Path, "/block_documents/filter")
	switch {
	case isFilter && strings.Contains(body, `"include_secrets":true`):
		return "values"
	case isFilter && strings.Contains(body, `"name":{`):
		return "look-up"
	case isFilter:
		return "list"
	case strings.Contains(r.URL.Path, "/block_documents/"):
		return "write"
	}
	return ""
}
