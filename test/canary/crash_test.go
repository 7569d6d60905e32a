package canary

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// broken is the command with a panic in the middle of its work, which says the value
// at hand. It is made of the sources as they are, with a statement more.
var broken string

func breakCommand(dir string) (string, error) {
	inStore := `if name == "PANIC" { panic("the value is " + string(value)) }`
	return binary.BuildBroken(dir,
		binary.Change{File: "internal/cloud/memory.go", After: "func (m *Memory) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {", Statement: inStore},
		binary.Change{File: "internal/filestore/ops.go", After: "func (s *Store) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {", Statement: inStore},
		binary.Change{File: "internal/vault/store.go", After: "func (s *Store) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {", Statement: inStore},
		binary.Change{File: "prefect/client.go", After: "func (c *Client) batch(ctx context.Context, m mutation, secrets []NamedValue) ([]MutationResult, error) {",
			Statement: `for _, s := range secrets { if s.Name == "CRASH" { panic("the value is " + string(s.Value.Reveal())) } }`},
	)
}

// A panic in the middle of a request ends that request. Neither the log nor the
// answer says what it said, in whichever goroutine it was.
func TestPanicInServe(t *testing.T) {
	plain := values()[0].value
	many := "mutation { a: " + strings.TrimPrefix(binary.Set("PANIC", plain), "mutation { ")
	many = strings.TrimSuffix(many, "}") + " b: " + strings.TrimPrefix(binary.Set("B", plain), "mutation { ")
	for _, format := range []string{"text", "json"} {
		for _, level := range levels {
			site := binary.NewSite(t, "")
			w := newWatch(t, vaultToken, newCredential("ADMIN", site.Admin), newCredential("STORE", site.StoreKey))
			for name, store := range newBackend(w).stores(site) {
				dir := t.TempDir()
				args := append([]string{"--log-format", format, "--log-level", level, "--audit-log", filepath.Join(dir, "audit.log"), "--metrics-listen", "127.0.0.1:0"}, store.flags...)
				server := site.Serve(t, binary.Options{Path: broken, Dir: dir, Env: append([]string{"GOTRACEBACK=all"}, store.env...)}, args...)
				for _, query := range []string{binary.Set("PANIC", plain), many} {
					a := server.Ask(t, site.Admin, query)
					w.checkAnswer(name, a)
					if a.Status != 500 {
						t.Errorf("%s: a panic is answered %d %s %v", name, a.Status, a.Body, a.Err)
					}
				}
				if a := server.Ask(t, site.Admin, binary.Set("A", plain)); !a.Has(`"success":true`) {
					t.Errorf("%s: after a panic: %v", name, a)
				}
				if text := binary.Text(t, server.Metrics); !strings.Contains(text, "prefect_secrets_panics_total 2") {
					t.Errorf("%s: the panics are not counted", name)
				}
				server.Stop(t)
				w.checkProcess(name, server.Process)
				w.checkFiles(name, dir)
			}
		}
	}
}

func TestPanicInServeDev(t *testing.T) {
	dir := t.TempDir()
	server := binary.Serve(t, binary.Options{Path: broken, Dir: dir, Env: []string{"GOTRACEBACK=all"}}, "--dev")
	w := newWatch(t, newCredential("ADMIN", server.Admin))
	w.checkAnswer("serve --dev", server.Ask(t, server.Admin, binary.Set("PANIC", values()[0].value)))
	if a := server.Ask(t, server.Admin, binary.Set("A", "v")); !a.Has(`"success":true`) {
		t.Errorf("after a panic: %v", a)
	}
	server.Stop(t)
	w.checkProcess("serve --dev", server.Process)
	w.checkFiles("serve --dev", dir)
}

// A panic of a command ends it with a code of its own kind, says where it was, and
// not what it said.
func TestPanicInCommands(t *testing.T) {
	s := newScene(t)
	plain := values()[0].value
	s.writeInput("crash.json", `{"CRASH":"`+plain+`","B":"`+plain+`"}`)
	for _, args := range [][]string{
		{"set", "CRASH", "--api-url", "$URL"}, {"sync", "--api-url", "$URL", "--secrets-file", "IN/crash.json"},
		{"sync", "--api-url", "embedded", "--secrets-file", "IN/crash.json"}, {"sync", "--format", "json", "--api-url", "$URL", "--secrets-file", "IN/crash.json"},
	} {
		o := binary.Options{Path: broken, Env: []string{"PREFECT__CLOUD__API_KEY=" + s.apiKey, "GOTRACEBACK=all"}}
		p := s.run(o, plain, []int{1, 2, 3}, args...)
		if !strings.Contains(p.Stderr.String(), "goroutine") {
			t.Errorf("%v: it does not say where: %s", args, p.Stderr)
		}
	}
}
