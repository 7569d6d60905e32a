package canary

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// broken is the path of the command with added statements that panic with a value in
// the middle of a write.
var broken string

func breakCommand(dir string) (string, error) {
	const (
		set      = "Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {"
		document = "sendDocument(ctx context.Context, m mutation, secrets []NamedValue) (results []MutationResult, err error) {"
	)
	inStore := `if name == "PANIC" { panic("the value is " + string(value)) }`
	inClient := `for _, s := range secrets { if s.Name == "CRASH" { panic("the value is " + string(s.Value.Reveal())) } }`
	return binary.BuildBroken(dir,
		binary.Change{File: "internal/cloud/memory.go", After: "func (m *Memory) " + set, Statement: inStore},
		binary.Change{File: "internal/filestore/ops.go", After: "func (s *Store) " + set, Statement: inStore},
		binary.Change{File: "internal/vault/store.go", After: "func (s *Store) " + set, Statement: inStore},
		binary.Change{File: "prefect/documents.go", After: "func (c *Client) " + document, Statement: inClient},
	)
}

// A panic in the middle of a request ends that request, in whichever goroutine it is.
// Neither the log nor the response repeats the panic value.
func TestPanicInServe(t *testing.T) {
	value := values()[0].value
	several := "mutation { a: " + strings.TrimPrefix(binary.Set("PANIC", value), "mutation { ")
	several = strings.TrimSuffix(several, "}") + " b: " + strings.TrimPrefix(binary.Set("B", value), "mutation { ")
	for _, format := range []string{"text", "json"} {
		for _, level := range levels {
			site := binary.NewSite(t, "")
			w := newWatch(t, vaultToken, newCanary("ADMIN", site.Admin), newCanary("STORE", site.StoreKey))
			for name, store := range newBackend(w).stores(site) {
				dir := t.TempDir()
				args := append([]string{
					"--log-format", format, "--log-level", level,
					"--audit-log", filepath.Join(dir, "audit.log"), "--metrics-listen", "127.0.0.1:0",
				}, store.flags...)
				o := binary.Options{Path: broken, Dir: dir, Env: append([]string{"GOTRACEBACK=all"}, store.env...)}
				server := site.Serve(t, o, args...)
				for _, query := range []string{binary.Set("PANIC", value), several} {
					a := server.Ask(t, site.Admin, query)
					w.checkAnswer(name, a)
					if a.Status != 500 {
						t.Errorf("%s: a panic is answered %d %s %v", name, a.Status, a.Body, a.Err)
					}
				}
				if a := server.Ask(t, site.Admin, binary.Set("A", value)); !a.Has(`"success":true`) {
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
	w := newWatch(t, newCanary("ADMIN", server.Admin))
	w.checkAnswer("serve --dev", server.Ask(t, server.Admin, binary.Set("PANIC", values()[0].value)))
	if a := server.Ask(t, server.Admin, binary.Set("A", "v")); !a.Has(`"success":true`) {
		t.Errorf("after a panic: %v", a)
	}
	server.Stop(t)
	w.checkProcess("serve --dev", server.Process)
	w.checkFiles("serve --dev", dir)
}

// A panic of a command ends it with an exit code, and prints where it was but not the
// panic value.
func TestPanicInCommands(t *testing.T) {
	s := newScene(t)
	value := values()[0].value
	s.writeInput("crash.json", `{"CRASH":"`+value+`","B":"`+value+`"}`)
	for _, args := range [][]string{
		{"set", "CRASH", "--api-url", "$URL"},
		{"sync", "--api-url", "$URL", "--secrets-file", "IN/crash.json"},
		{"sync", "--api-url", "embedded", "--secrets-file", "IN/crash.json"},
		{"sync", "--format", "json", "--api-url", "$URL", "--secrets-file", "IN/crash.json"},
	} {
		o := binary.Options{Path: broken, Env: []string{"PREFECT__CLOUD__API_KEY=" + s.apiKey, "GOTRACEBACK=all"}}
		p := s.run(o, value, []int{1, 2, 3}, args...)
		if !strings.Contains(p.Stderr.String(), "goroutine") {
			t.Errorf("%v: no stack: %s", args, p.Stderr)
		}
	}
}
