package cloud_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exchange is one request of a recorded client, as it was sent over its connection.
type exchange struct {
	segments []string
	request  string
}

var connection = regexp.MustCompile(`(?m)^=== connection \d+, recv sizes \[([\d, ]+)\]\n`)

// readExchanges reads a recording, in which TOKEN and PORT replace the real ones.
func readExchanges(t *testing.T, file string) []exchange {
	t.Helper()
	text := strings.Join(readFixtureLines(t, file), "\n") + "\n"
	marks := connection.FindAllStringSubmatchIndex(text, -1)
	var out []exchange
	for i, mark := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		raw, _, ok := strings.Cut(text[mark[1]:end], "\n--- after response the client closed\n")
		head, body, ok2 := strings.Cut(raw, "\r\n\r\n")
		if !ok || !ok2 {
			t.Fatalf("%s: connection %d has no end or no body", file, i+1)
		}
		head += "\r\n\r\n"
		e := exchange{request: head + body, segments: []string{head + body}}
		if strings.Contains(text[mark[2]:mark[3]], ",") {
			e.segments = []string{head, body}
		}
		out = append(out, e)
	}
	if len(out) != 5 {
		t.Fatalf("%s holds %d requests, want 5", file, len(out))
	}
	return out
}

// rawAnswers are our answers to the five requests of each recording, without the
// headers.
func rawAnswers(camel bool) []string {
	set, get, names := "set_secret", "secret_value", "secret_names"
	if camel {
		set, get, names = "setSecret", "secretValue", "secretNames"
	}
	return []string{
		`{"data":{"` + set + `":{"success":true}}}`,
		`{"data":{"` + get + `":"there"}}`,
		`{"data":{"` + names + `":["MY_KEY","X"]}}`,
		`{"data":{"secret":[{"name":"MY_KEY"},{"name":"X"}]}}`,
		`{"data":{"auth_info":{"tenant_id":"` + tenantA + `"}}}`,
	}
}

// rawAnswer returns a complete answer, without the date.
func rawAnswer(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Type: application/json; "+
		"charset=utf-8\r\n"+
		"X-Content-Type-Options: nosniff\r\nDate: NOW\r\nContent-Length: %d\r\n\r\n%s\n", len(body)+1, body)
}

var date = regexp.MustCompile(`(?m)^Date: [^\r]+`)

// readRaw reads one answer with a Content-Length from a connection.
func readRaw(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var head strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", head.String(), err)
		}
		head.WriteString(line)
		_, _ = fmt.Sscanf(line, "Content-Length: %d", &length)
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	return date.ReplaceAllString(head.String(), "Date: NOW") + string(body)
}

// TestRecordedExchanges sends what the clients of three eras sent, byte for byte:
// divided as they divided it, over one connection each; then divided at every byte;
// and all over one connection, without waiting for the answers.
func TestRecordedExchanges(t *testing.T) {
	ways := map[string]func(exchange) []string{
		"as recorded":  func(e exchange) []string { return e.segments },
		"byte by byte": func(e exchange) []string { return strings.Split(e.request, "") },
	}
	for _, release := range []string{"0.9.3", "0.15.13", "1.4.1"} {
		want := rawAnswers(release == "0.9.3")
		for way, cut := range ways {
			t.Run(release+" "+way, func(t *testing.T) {
				server := newRecordedServer(t)
				for i, e := range readExchanges(t, "prefect-"+release+".txt") {
					conn := dial(t, server)
					writeRaw(t, conn, cut(withRealKey(e, i))...)
					if diff := cmp.Diff(rawAnswer(want[i]), readRaw(t, bufio.NewReader(conn))); diff != "" {
						t.Errorf("request %d (-want +got):\n%s", i+1, diff)
					}
				}
				checkQuery(t, server.Config.Handler, runKey, `{secret_value(name: "MY_KEY")}`,
					`{"data":{"secret_value":"pä\"ss"}}`)
			})
		}
		t.Run(release+" on one connection", func(t *testing.T) {
			conn := dial(t, newRecordedServer(t))
			recorded := readExchanges(t, "prefect-"+release+".txt")
			for i, e := range recorded {
				writeRaw(t, conn, withRealKey(e, i).request)
			}
			reader := bufio.NewReader(conn)
			for i := range recorded {
				if diff := cmp.Diff(rawAnswer(want[i]), readRaw(t, reader)); diff != "" {
					t.Errorf("request %d (-want +got):\n%s", i+1, diff)
				}
			}
		})
	}
}

// newRecordedServer serves what the recordings ask for.
func newRecordedServer(t *testing.T) *httptest.Server {
	t.Helper()
	a := newAPI(t)
	post(t, a, adminKey, setSecretBody(`{"name": "X", "value": "there"}`))
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return server
}

// withRealKey replaces the single key of the clients: here, setting and getting are
// two roles.
func withRealKey(e exchange, i int) exchange {
	key := adminKey
	if i == 1 {
		key = runKey
	}
	replace := strings.NewReplacer("TOKEN", key, "PORT", "4200")
	out := exchange{request: replace.Replace(e.request), segments: slices.Clone(e.segments)}
	for i, segment := range out.segments {
		out.segments[i] = replace.Replace(segment)
	}
	return out
}

func dial(t *testing.T, server *httptest.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// writeRaw writes each part in a packet of its own: Go's TCP connections do not wait
// for more.
func writeRaw(t *testing.T, conn net.Conn, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
	}
}
