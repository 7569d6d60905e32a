package canary

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// backend holds a Vault and a Prefect Server for serve. The Prefect Server never
// answers, so that requests are running when the process ends.
type backend struct {
	*watch
	vault, upstream *httptest.Server
	blocked         atomic.Int64 // requests that were never answered
}

func newBackend(w *watch) *backend {
	b := &backend{watch: w}
	fake := vaulttest.NewFake()
	fake.AddToken(vaultToken.value)
	fake.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		w.check("the URL of a request to Vault", r.URL.String())
		if strings.Contains(r.URL.Path, "BLOCKED") {
			return b.block(r)
		}
		return false
	}
	b.vault = httptest.NewServer(fake)
	b.upstream = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		w.check("the URL of a request to the upstream", r.URL.String())
		_, _ = io.Copy(io.Discard, r.Body)
		b.block(r)
	}))
	w.t.Cleanup(func() { b.upstream.CloseClientConnections(); b.vault.CloseClientConnections() })
	return b
}

// block blocks until the client gives up.
func (b *backend) block(r *http.Request) bool {
	b.blocked.Add(1)
	<-r.Context().Done()
	return true
}

// stores returns the flags and environment of each store.
func (b *backend) stores(site *binary.Site) map[string]struct{ flags, env []string } {
	vault := []string{"VAULT_ADDR=" + b.vault.URL, "VAULT_TOKEN=" + vaultToken.value}
	return map[string]struct{ flags, env []string }{
		"memory": {[]string{"--store", "memory"}, nil},
		"file":   {site.FileStore(), nil},
		"vault":  {[]string{"--store", "vault"}, vault},
	}
}

// endings are the signals that end a server, with its possible exit codes; negative
// ones are signals. At the last four Go's runtime prints every goroutine.
var endings = []struct {
	signal syscall.Signal
	codes  []int
}{
	{syscall.SIGTERM, []int{0, 1}}, {syscall.SIGINT, []int{0, 1}},
	{syscall.SIGQUIT, []int{2, -3, -6}}, {syscall.SIGABRT, []int{2, -6}},
	{syscall.SIGSEGV, []int{2, -11, -6}}, {syscall.SIGBUS, []int{2, -7, -6}},
}

// serve shows no value with each store, in each format and level of its log, and
// ended by each signal in the middle of requests: not in its output, audit log,
// metrics, responses, files or stack traces.
func TestServe(t *testing.T) {
	for _, format := range listCommands(t)["serve"].formats {
		for _, level := range levels {
			for _, end := range endings {
				t.Run(fmt.Sprint(format, " ", level, " ", end.signal), func(t *testing.T) {
					t.Parallel()
					checkServe(t, []string{"--log-format", format, "--log-level", level}, end.signal, end.codes)
				})
			}
		}
	}
}

func checkServe(t *testing.T, flags []string, signal syscall.Signal, codes []int) {
	site := binary.NewSite(t, "")
	w := newWatch(t, wrongKey, vaultToken, tokenSecret,
		newCanary("ADMIN", site.Admin), newCanary("RUNNER", site.Runner), newCanary("STORE", site.StoreKey))
	b := newBackend(w)
	secret := site.Write(t, "token.secret", tokenSecret.value+"\n")
	for name, store := range b.stores(site) {
		dir := t.TempDir()
		args := slices.Concat([]string{
			"--audit-log", filepath.Join(dir, "audit.log"), "--metrics-listen", "127.0.0.1:0",
			"--token-secret-file", secret, "--upstream", b.upstream.URL,
		}, store.flags, flags)
		server := site.Serve(t, withCore(binary.Options{Dir: dir, Env: store.env}), args...)
		where := name + " " + strings.Join(flags, " ") + " " + signal.String()
		w.sendRequests(where, site, server)
		w.check(where+": metrics", binary.Text(t, server.Metrics))
		w.checkArguments(where, server.PID())
		hangUp := b.startRequests(site, server)
		server.Signal(syscall.SIGHUP)
		server.Signal(signal)
		if signal == syscall.SIGTERM || signal == syscall.SIGINT {
			hangUp()
		}
		if code := server.Wait(t); !slices.Contains(codes, code) {
			t.Errorf("%s: it ended with %d, want one of %v: %.300s", where, code, codes, server.Stderr)
		}
		w.checkProcess(where, server.Process)
		w.checkFiles(where, dir)
		if data, err := os.ReadFile(filepath.Join(site.Dir, "secrets.db")); err == nil {
			w.check(where+": the store's file", string(data))
		}
	}
}

func truncate(s string, n int) string { return s[:min(len(s), n)] }

// withCore allows a process to write a core dump and a full stack trace, unless it
// prevents that itself.
func withCore(o binary.Options) binary.Options {
	o.Shell, o.Env = "ulimit -c unlimited 2>/dev/null", append([]string{"GOTRACEBACK=crash"}, o.Env...)
	return o
}

// sendRequests sends values in valid and invalid requests, and checks each response. Of
// the response that is to hold a value it checks the rest.
func (w *watch) sendRequests(where string, site *binary.Site, server *binary.Server) {
	w.t.Helper()
	for i, c := range values() {
		w.checkAnswer(where, server.Ask(w.t, site.Admin, binary.Set(c.name, c.value)))
		read := server.Ask(w.t, site.Runner, binary.Value(c.name))
		if _, _, found := w.searcher.find(read.Body); !found {
			w.t.Errorf("%s: the runner does not get %s: %s", where, c.name, read.Body)
		}
		w.check(where+": beside the runner's answer", removeException(w.t, "runner's answer", read.Body)+fmt.Sprint(read.Header))
		if i%5 == 2 { // QUOTED, OBJECT
			w.sendBadRequests(where, site, server, c)
		}
	}
	plain := values()[0].value
	w.checkAnswer(where, server.Ask(w.t, site.Admin, binary.Set("HUGE", strings.Repeat(plain, 2000))))
	w.checkAnswer(where, server.Ask(w.t, wrongKey.value, binary.Set("A", plain)))
	w.checkAnswer(where, server.Ask(w.t, site.Admin, binary.Value("PLAIN")))
	w.checkAnswer(where, server.Ask(w.t, site.Admin, `{ secret { name updated_by } secret_names }`))
	w.checkAnswer(where, server.Send(w.t, "GET", "/backup", http.Header{"Authorization": {"Bearer " + site.Admin}}, ""))
	for _, path := range []string{"/healthz", "/readyz"} {
		w.checkAnswer(where, server.Send(w.t, "GET", path, nil, ""))
	}
}

func (w *watch) checkAnswer(where string, a binary.Answer) {
	w.t.Helper()
	w.check(where+": an answer", a.Body+fmt.Sprint(a.Header, a.Err))
}

// sendBadRequests sends requests with a value where none belongs: in names, types,
// headers and the URL.
func (w *watch) sendBadRequests(where string, site *binary.Site, server *binary.Server, c canary) {
	text := jsonText(c.value)
	headers := func(extra ...string) http.Header {
		h := http.Header{"Authorization": {"Bearer " + site.Admin}, "Content-Type": {"application/json"}}
		for i := 0; i+1 < len(extra); i += 2 {
			h.Set(extra[i], url.PathEscape(extra[i+1]))
		}
		return h
	}
	post := func(h http.Header, path, body string) { w.checkAnswer(where, server.Send(w.t, "POST", path, h, body)) }
	for _, query := range []string{
		"mutation { set_secret(input: {name: \"A\", value: " + text + "}) { nothing } }",
		"mutation { set_secret(input: {name: \"A\", wrong: " + text + "}) { success } }",
		"mutation { set_secret(input: {name: \"A\", value: " + text,
		"mutation { set_secret(input: " + text + ") { success } }",
		"mutation { set_secret(input: {name: {a: " + text + "}, value: 1}) { success } }",
		"{ secret(where: {name: {_regex: " + text + "}}) { name } }",
		"{ secret(limit: " + text + ") { name } }",
		"mutation { switch_tenant(input: {tenant_id: " + text + "}) { access_token } }",
		"mutation { refresh_token(input: {access_token: " + text + "}) { access_token } }",
		"{ __typename @include(if: " + text + ") }",
		"{ flow(where: {name: {_eq: " + text + "}}) { secret_names } secret_names }",
	} {
		w.checkAnswer(where, server.Ask(w.t, site.Admin, query))
	}
	variables := `{"query":"mutation($v: String!, $n: Int) { set_secret(input: {name: \"A\", value: $v}) { success } }","variables":`
	post(headers(), "/", variables+`{"v":{"a":`+text+`},"n":`+text+`}}`)
	post(headers(), "/", variables+text+"}")
	post(headers(), "/", variables+`{"v":`+text+`}`)
	post(headers(), "/", `{"query":`+text+`}`)
	post(headers(), "/", `{"query":"{ secret_names }","operationName":`+text+`}`)
	post(headers(), "/", text)
	post(headers("X-PREFECT-TENANT-ID", c.value), "/", binary.Body("{ secret_names }"))
	h := headers("X-Request-Id", c.value, "X-Forwarded-For", c.value, "User-Agent", c.value, "Referer", c.value)
	post(h, "/", binary.Body("{ secret_names }"))
	post(headers("Content-Type", c.value), "/", binary.Body("{ secret_names }"))
	post(headers("Content-Encoding", c.value), "/", binary.Body("{ secret_names }"))
	post(headers("Authorization", c.value), "/", binary.Body("{ secret_names }"))
	post(headers("Authorization", "Bearer "+c.value+".b.c"), "/", binary.Body("{ secret_names }"))
	post(headers(), "/"+url.PathEscape(truncate(c.value, 60)), binary.Body("{ secret_names }"))
	post(headers(), "/?key="+url.QueryEscape(truncate(c.value, 60)), binary.Body("{ secret_names }"))
	query := url.QueryEscape("{ secret_value(name: " + text + ") { }")
	w.checkAnswer(where, server.Send(w.t, "GET", "/?query="+query, headers(), ""))
}

// startRequests starts requests with values that do not end: one that the upstream
// blocks, one whose body is incomplete, and one that Vault blocks, if it is the store.
// HangUp ends them from the client's side, so that a stopping server need not wait.
func (b *backend) startRequests(site *binary.Site, server *binary.Server) (hangUp func()) {
	value := jsonText(values()[0].value)
	before := b.blocked.Load()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	b.t.Cleanup(cancel)
	send := func(query string) {
		r, err := http.NewRequestWithContext(ctx, "POST", server.URL, strings.NewReader(binary.Body(query)))
		if err != nil {
			b.t.Error(err)
			return
		}
		r.Header = http.Header{"Authorization": {"Bearer " + site.Admin}, "Content-Type": {"application/json"}}
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			_ = resp.Body.Close()
		}
	}
	go send("mutation { create_flow(input: {name: " + value + "}) { id } }")
	go send("mutation { a: set_secret(input: {name: \"BLOCKED\", value: " + value + "}) { success } " +
		"b: set_secret(input: {name: \"BLOCKED2\", value: " + value + "}) { success } }")
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
		"Authorization: Bearer %s\r\nContent-Length: 4000\r\n\r\n{\"query\":\"%s", site.Admin, values()[0].value)
	for range 500 {
		if b.blocked.Load() > before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if b.blocked.Load() == before {
		b.t.Error("no request is running")
	}
	return func() { cancel(); _ = conn.Close() }
}

// checkArguments checks the command line of a process, and that it has no child
// processes and may write no core dump.
func (w *watch) checkArguments(where string, pid int) {
	w.t.Helper()
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		w.t.Skip("there is no /proc")
	}
	w.check(where+": its arguments", string(line))
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range children {
		if text, _ := os.ReadFile(list); len(text) > 0 {
			w.t.Errorf("%s: it has started a process: %s", where, text)
		}
	}
	if limits, _ := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid)); !strings.Contains(string(limits), "Max core file size        0 ") {
		w.t.Errorf("%s: it may write a core: %s", where, limits)
	}
}

// serve --dev shows its keys if it has no ready-file, and no other secret.
func TestServeDev(t *testing.T) {
	for _, end := range endings {
		t.Run(end.signal.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			server := binary.Serve(t, withCore(binary.Options{Dir: dir}), "--dev")
			w := newWatch(t, wrongKey, newCanary("ADMIN", server.Admin), newCanary("RUNNER", server.Runner))
			site := &binary.Site{Admin: server.Admin, Runner: server.Runner}
			w.sendRequests("serve --dev", site, server)
			for _, command := range []string{"seed", "faults", "calls", "snapshot", "leaks", "reset", "none"} {
				for _, body := range []string{
					`{"secrets":` + asJSON(values()) + `}`, `{"secrets":{"A":` + jsonText(values()[0].value), values()[0].value, ``,
				} {
					h := http.Header{"Authorization": {"Bearer " + server.Admin}, "Content-Type": {"application/json"}}
					w.checkAnswer("serve --dev: "+command, server.Send(t, "POST", "/_testkit/"+command, h, body))
					w.checkAnswer("serve --dev: "+command, server.Send(t, "GET", "/_testkit/"+command, h, body))
				}
			}
			w.checkArguments("serve --dev", server.PID())
			server.Signal(end.signal)
			if code := server.Wait(t); !slices.Contains(end.codes, code) {
				t.Errorf("it ended with %d", code)
			}
			w.checkProcess("serve --dev", server.Process)
			w.checkFiles("serve --dev", dir)
		})
	}
	server := binary.Start(t, binary.Options{Dir: t.TempDir()}, "serve", "--dev", "--listen", "127.0.0.1:0")
	for range 500 {
		if strings.Contains(server.Stdout.String(), "flow.py") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	rest := removeException(t, "serve --dev without a ready-file", server.Stdout.String())
	if !strings.Contains(rest, "write from here") {
		t.Errorf("it prints %q", rest)
	}
	ready := filepath.Join(t.TempDir(), "ready.json")
	binary.Start(t, binary.Options{Dir: t.TempDir()}, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", ready)
	for range 500 {
		if data, err := os.ReadFile(ready); err == nil {
			if info, err := os.Stat(ready); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v", info.Mode())
			}
			removeException(t, "ready-file of serve --dev", string(data))
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("no ready-file")
}
