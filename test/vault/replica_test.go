//go:build realvault

package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// replica is the built command as serve, in a process of its own.
type replica struct {
	url     string
	dir     string
	env     []string
	args    []string
	process *exec.Cmd
}

// serveReplica serves what stands beneath a prefix of the Vault at an address.
func serveReplica(t testing.TB, s *server, address, prefix string) *replica {
	t.Helper()
	r := &replica{dir: t.TempDir(), env: []string{"VAULT_ADDR=" + address, "VAULT_TOKEN=" + s.Token}}
	keys := "[[tenants]]\nid = \"" + tenant + "\"\nslug = \"data\"\n" +
		"[[keys]]\nname = \"ci\"\nrole = \"admin\"\ntenants = [\"data\"]\nhash = \"" + keysfile.FormatHash(sha256.Sum256([]byte(adminKey))) + "\"\n"
	if err := os.WriteFile(r.file("keys.toml"), []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	r.args = []string{
		"serve", "--store", "vault", "--vault-prefix", prefix, "--keys-file", r.file("keys.toml"), "--audit-log", r.file("audit"),
		"--ready-file", r.file("ready.json"), "--shutdown-delay", "0s",
	}
	r.run(t)
	t.Cleanup(r.kill)
	return r
}

func (r *replica) file(name string) string { return filepath.Join(r.dir, name) }

// run starts the process and waits until it accepts connections. It keeps the
// address that it once had.
func (r *replica) run(t testing.TB) {
	t.Helper()
	_ = os.Remove(r.file("ready.json"))
	listen := "127.0.0.1:0"
	if r.url != "" {
		listen = strings.TrimPrefix(r.url, "http://")
	}
	log, err := os.OpenFile(r.file("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	r.process = exec.Command(os.Getenv("PREFECT_SECRETS_BIN"), append(r.args, "--listen", listen)...)
	r.process.Env, r.process.Stdout, r.process.Stderr = r.env, log, log
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "ready file", func() error {
		text, err := os.ReadFile(r.file("ready.json"))
		if err != nil {
			return err
		}
		var ready struct{ URL string }
		err = json.Unmarshal(text, &ready)
		r.url = ready.URL
		return err
	})
}

// kill ends the process as a crash does.
func (r *replica) kill() {
	if r.process != nil {
		_ = r.process.Process.Kill()
		_ = r.process.Wait()
		r.process = nil
	}
}

// acknowledged are the names that the audit log says were written: the store had
// said so, and the client may have heard it.
func (r *replica) acknowledged(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(r.file("audit"))
	if err != nil {
		t.Error(err)
	}
	var names []string
	for lines := json.NewDecoder(bytes.NewReader(text)); ; {
		var line struct{ Operation, Name, Outcome string }
		switch err := lines.Decode(&line); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return names
		case err != nil:
			t.Errorf("the audit log: %v", err)
			return names
		case line.Operation == "set_secret" && line.Outcome == "ok":
			names = append(names, line.Name)
		}
	}
}

// through is the Vault behind something that calls a function before it passes the
// nth write on.
func through(t testing.TB, s *server, nth int64, do func()) string {
	t.Helper()
	to, err := url.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = &counting{next: transport(), method: http.MethodPut, after: nth, do: do}
	proxy.ErrorLog = log.New(io.Discard, "", 0) // what was cut when a replica was killed
	out := httptest.NewServer(proxy)
	t.Cleanup(out.Close)
	return out.URL
}

// balance passes connections on to the first address that takes them, which is how
// a load balancer hides that a replica is gone: those it had are cut.
func balance(t testing.TB, urls ...string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(client, urls)
		}
	}()
	return "http://" + listener.Addr().String()
}

func pass(client net.Conn, urls []string) {
	defer func() { _ = client.Close() }()
	for _, to := range urls {
		replica, err := net.Dial("tcp", strings.TrimPrefix(to, "http://"))
		if err != nil {
			continue
		}
		go func() {
			_, _ = io.Copy(replica, client)
			_ = replica.Close()
		}()
		_, _ = io.Copy(client, replica)
		return
	}
}
