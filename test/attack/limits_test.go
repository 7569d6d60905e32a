package attack

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// limitAttacks returns attacks on what all share: memory, slots, logs and connections.
func limitAttacks() []attack {
	return []attack{
		{
			"one key asks for a 64 KB value under 256 names, with 100 clients that never read",
			"the process stays under 128 MiB, with Go's memory limit (`GOMEMLIMIT`) at 112 MiB; other keys are answered", hugeAnswers,
		},
		{"one weak key opens 128 requests and sends no body", "other keys are answered", bodyless},
		{
			"requests of 1,000 fields that a key may not ask for",
			"the audit log grows by less than 1 KiB a request", forbiddenFields,
		},
		{
			"bearer tokens that look like a workflow's, without any key",
			"the server's log gets 200 lines at once and 50 a second at most; silent without `[[github]]`", junkTokens,
		},
		{"a client without a key that keeps its connection", "closed after its answer", idleClient},
		{
			"clients without a key fill every connection, after one request or before it",
			"health and keys are answered", idleClients,
		},
		{
			"140 clients with junk tokens while the issuer does not answer",
			"ordinary keys are answered", hangingIssuer,
		},
	}
}

// post sends a request with a key, whose header gives length as that of the body.
func post(s *binary.Server, key, body string, length int) (net.Conn, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err == nil {
		_, err = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
			"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", key, length, body)
	}
	return conn, err
}

// openConnections sends a request on each of n connections, and closes them at the end
// of the test.
func (r *run) openConnections(n int, s *binary.Server, key, body string, length int) {
	for range n {
		conn, err := post(s, key, body, length)
		if err != nil {
			r.Fatal(err)
		}
		r.Cleanup(func() { _ = conn.Close() })
		r.tries++
	}
}

// checkAnswered checks that another key gets its answer while the attack goes on.
func (r *run) checkAnswered(s *binary.Server, key string) {
	r.Helper()
	a := s.Ask(r.T, key, "{ secret_names }")
	r.check(a.Has(`"A"`), "another key", a)
}

func hugeAnswers(r *run) {
	site := binary.NewSite(r.T, "")
	o := binary.Options{Env: []string{"GOMEMLIMIT=112MiB"}}
	s := site.Serve(r.T, o, append(site.FileStore(), "--audit-log", "/dev/null")...)
	s.Ask(r.T, site.Admin, binary.Set("BIG", strings.Repeat("x", 64<<10-2)))
	s.Ask(r.T, site.Other, binary.Set("A", "v"))
	body := binary.Body("{" + repeatFormat(256, `a%d: secret_value(name: "BIG") `) + "}")
	r.openConnections(100, s, site.Runner, body, len(body))
	time.Sleep(3 * time.Second)
	r.checkAnswered(s, site.Other)
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if peak == nil {
		r.Fatal("the process is gone")
	}
	kib, _ := strconv.Atoi(string(peak[1]))
	r.Logf("%d MiB at most", kib>>10)
	r.check(kib < 128<<10, "KiB of memory", kib)
}

func bodyless(r *run) {
	site, s := startServer(r.T, "")
	r.openConnections(128, s, site.Runner, "{", 1000)
	time.Sleep(300 * time.Millisecond)
	r.checkAnswered(s, site.Other)
}

func forbiddenFields(r *run) {
	log := filepath.Join(r.TempDir(), "audit.log")
	site, s := startServer(r.T, "", "--audit-log", log)
	before, _ := os.Stat(log)
	const requests = 20
	for range requests {
		a := s.Ask(r.T, site.Part, "{"+repeatFormat(1000, `a%d: secret_value(name: "A") `)+"}")
		r.check(!a.Has("treasure"), "a value", a)
	}
	after, err := os.Stat(log)
	if err != nil || after.Size()-before.Size() > requests<<10 {
		r.Errorf("the audit log grew by %d bytes", after.Size()-before.Size())
	}
}

func junkTokens(r *run) {
	for _, mapping := range []string{"", newIssuer(r).mapping()} {
		_, s := startServer(r.T, mapping, "--audit-log", "/dev/null")
		before, begin := strings.Count(s.Stderr.String(), "\n"), time.Now()
		for i := range 1000 {
			a := s.Ask(r.T, fmt.Sprintf("a%d.b.c", i), "{ secret_names }")
			r.check(a.Has("UNAUTHENTICATED"), "a junk token", a)
		}
		lines := strings.Count(s.Stderr.String(), "\n") - before
		// 200 at once and 50 a second, as docs/serve.md says.
		if most := 201 + int(50*time.Since(begin).Seconds()); lines > most || mapping == "" && lines > 0 {
			r.Errorf("the log grew by %d lines", lines)
		}
	}
}

// closedByServer reports whether the server closes a connection within 5 s.
func closedByServer(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err := io.Copy(io.Discard, conn)
	return err == nil
}

func idleClient(r *run) {
	_, s := startServer(r.T, "")
	for range 5 {
		body := binary.Body("{ secret_names }")
		conn, err := post(s, "wrong", body, len(body))
		if err != nil {
			r.Fatal(err)
		}
		r.check(closedByServer(conn), "the connection stays", nil)
		_ = conn.Close()
	}
}

func idleClients(r *run) {
	site, s := startServer(r.T, "", "--max-connections", "32")
	body := binary.Body("{ secret_names }")
	r.openConnections(32, s, "wrong", body, len(body))
	r.openConnections(32, s, "", "", 0)
	a := s.Send(r.T, "GET", "/healthz", nil, "")
	r.check(a.Status == 200, "health", a)
	r.checkAnswered(s, site.Other)
}

func hangingIssuer(r *run) {
	released := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	r.Cleanup(hanging.Close)
	release := sync.OnceFunc(func() { close(released) })
	r.Cleanup(release)
	i := newIssuer(r)
	i.URL = hanging.URL
	site, s := startServer(r.T, i.mapping())
	var clients sync.WaitGroup
	for range 140 {
		r.tries++
		clients.Go(func() { s.Ask(r.T, signedToken(i.key, rs256, i.claims()), "{ secret_names }") })
	}
	time.Sleep(500 * time.Millisecond)
	r.checkAnswered(s, site.Other)
	release()
	clients.Wait()
}
