//go:build realvault

package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
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

// replica is serve, as a process of the built command.
type replica struct {
	program string
	url     string
	dir     string
	env     []string
	args    []string
	process *exec.Cmd
}

// serveReplica starts a replica for a prefix in the Vault at an address.
func serveReplica(t testing.TB, s *server, address, prefix string) *replica {
	t.Helper()
	return serveReplicaOf(t, os.Getenv("PREFECT_SECRETS_BIN"), s, address, prefix)
}

// serveReplicaOf is serveReplica for another build of the command.
func serveReplicaOf(t testing.TB, program string, s *server, address, prefix string) *replica {
	t.Helper()
	r := &replica{program: program, dir: t.TempDir(), env: []string{"VAULT_ADDR=" + address, "VAULT_TOKEN=" + s.Token}}
	keys := "[[tenants]]\nid = \"" + tenant + "\"\nslug = \"data\"\n" +
		keyEntry("ci", "admin", adminKey) + keyEntry("agents", "runner", runnerKey)
	if err := os.WriteFile(r.file("keys.toml"), []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	r.args = []string{
		"serve", "--store", "vault", "--vault-prefix", prefix, "--keys-file", r.file("keys.toml"),
		"--audit-log", r.file("audit"), "--ready-file", r.file("ready.json"), "--shutdown-delay", "0s",
	}
	r.run(t)
	t.Cleanup(r.kill)
	return r
}

// keyEntry returns a key as a keys file has it.
func keyEntry(name, role, key string) string {
	hash := keysfile.FormatHash(sha256.Sum256([]byte(key)))
	return fmt.Sprintf("[[keys]]\nname = %q\nrole = %q\ntenants = [\"data\"]\nhash = %q\n", name, role, hash)
}

func (r *replica) file(name string) string { return filepath.Join(r.dir, name) }

// run starts the process and waits until it accepts connections. A restarted process
// uses the same address.
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
	r.process = exec.Command(r.program, append(r.args, "--listen", listen)...)
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

// acknowledged returns the names that were written according to the audit log: the
// store acknowledged them, and the client may have received that.
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

// startProxy starts a proxy of the Vault that calls onNth before it sends the nth
// write, and returns its URL.
func startProxy(t testing.TB, s *server, n int64, onNth func()) string {
	t.Helper()
	target, err := url.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &countingTransport{next: transport(), method: http.MethodPut, n: n, onNth: onNth}
	proxy.ErrorLog = log.New(io.Discard, "", 0) // connections that end when a replica is killed
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// startBalancer starts a load balancer and returns its URL. It forwards each connection
// to the first address that accepts it. When a replica is killed, its connections end.
func startBalancer(t testing.TB, urls ...string) string {
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
			go forward(client, urls)
		}
	}()
	return "http://" + listener.Addr().String()
}

func forward(client net.Conn, urls []string) {
	defer func() { _ = client.Close() }()
	for _, target := range urls {
		replica, err := net.Dial("tcp", strings.TrimPrefix(target, "http://"))
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
