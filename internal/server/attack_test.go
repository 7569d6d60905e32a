package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// Attacks of who holds one key, over sockets, on a server that may take little
// memory. Another key is another tenant's as far as the bounds go.

const (
	littleMemory = 64 << 20
	otherKey     = "other"
)

func newAttacked(t *testing.T, change ...func(*Config)) (r *rig, other, address string) {
	t.Helper()
	other = keysfile.NewKey()
	change = append([]func(*Config){func(c *Config) { c.Memory = littleMemory }}, change...)
	r = newRig(t, keyText(otherKey, "runner", other), change...)
	r.do(r.admin, set("A", "v")).wants(t, 200, `"success":true`)
	r.do(r.admin, set("LARGE", strings.Repeat("v", 65_000))).wants(t, 200, `"success":true`)
	address, _ = r.serve()
	return r, other, address
}

// many asks for the large value under so many names.
func many(values int) string {
	var b strings.Builder
	for i := range values {
		fmt.Fprintf(&b, "a%d:secret_value(name:\"LARGE\") ", i)
	}
	return "{" + b.String() + "}"
}

// open sends a request of which the body says to be longer than it is by so many
// bytes, and reads nothing.
func open(t *testing.T, address, key, body string, missing int) net.Conn {
	t.Helper()
	return openAt(t, address, "/", key, body, missing)
}

func openAt(t *testing.T, address, path, key, body string, missing int) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", path, key, len(body)+missing, body)
	return conn
}

func queryBody(query string) string {
	body, _ := json.Marshal(map[string]string{"query": query})
	return string(body)
}

// live is how many bytes the process uses.
func live() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// idle reports whether nothing is held any more.
func (b *bounds) idle() bool {
	units, waiting := used([]*turns.Pool{b.slots, b.work, b.lists, b.forwards, b.bodies.small, b.bodies.large, b.answers.small, b.answers.large})
	return units == 0 && waiting == 0
}

// A request of 8 KB has an answer of 16 MiB. Many at once are all answered, with no
// more of them in memory than there is room for.
func TestLargeAnswersAllComeInTurn(t *testing.T) {
	r, _, address := newAttacked(t, func(c *Config) { c.timeouts.patience = time.Minute })
	most, done := 0, make(chan struct{})
	var clients, watch sync.WaitGroup
	before := live()
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				most = max(most, live()-before)
			}
		}
	})
	for range 16 {
		clients.Go(func() {
			resp, err := oneShot.Do(r.requestTo("http://"+address, r.runner, strings.NewReader(queryBody(many(256)))))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if n, err := io.Copy(io.Discard, resp.Body); resp.StatusCode != 200 || n < 256*65_000 {
				t.Errorf("%d bytes after %s: %v", n, resp.Status, err)
			}
		})
	}
	clients.Wait()
	close(done)
	watch.Wait()
	if most > littleMemory {
		t.Errorf("%d MiB were in use", most>>20)
	}
	eventually(t, "all given back", r.bounds.idle)
}

// Who never reads holds little, and holds up nobody: neither small answers of
// another key nor large ones.
func TestReadersThatNeverRead(t *testing.T) {
	r, other, address := newAttacked(t, func(c *Config) { c.MaxRequests = 8 })
	before := live()
	for range 100 {
		open(t, address, r.runner, queryBody(many(64)), 0)
	}
	eventually(t, "waiting for room", func() bool { _, waiting := r.bounds.answers.large.Used(); return waiting > 0 })
	if got := r.post("http://"+address, other, value("A")); !strings.Contains(got, `"v"`) {
		t.Errorf("a small answer: %.200s", got)
	}
	if got := r.post("http://"+address, other, many(32)); len(got) < 32*65_000 {
		t.Errorf("a large answer: %d bytes", len(got))
	}
	if used := live() - before; used > littleMemory*3/4 {
		t.Errorf("%d MiB are in use", used>>20)
	}
	if got := r.post("http://"+address, other, many(256)); len(got) < 256*65_000 {
		t.Errorf("an answer of more than half of the room: %d bytes", len(got))
	}
}

// Who reads at less than the pace is cut off, and what it held is free.
func TestSlowReaderIsCutOff(t *testing.T) {
	r, _, address := newAttacked(t, func(c *Config) { c.timeouts.grace = 300 * time.Millisecond })
	open(t, address, r.runner, queryBody(many(64)), 0)
	eventually(t, "an answer", func() bool { used, _ := r.bounds.answers.large.Used(); return used > 0 })
	eventually(t, "all given back", r.bounds.idle)
}

// Sockets with headers and no body take no turn, whatever they say is to come, and
// nearly no memory.
func TestHeadersWithoutBodies(t *testing.T) {
	r, other, address := newAttacked(t, func(c *Config) { c.MaxRequests = 8 })
	for range 128 {
		open(t, address, r.runner, "{", 4<<20)
	}
	eventually(t, "the bodies' beginnings", func() bool { used, _ := r.bounds.bodies.small.Used(); return used == 128*4<<10 })
	r.get("/metrics").wants(t, 200, `prefect_secrets_held_bytes{what="body"} 524288`, `prefect_secrets_requests_waiting{what="turn"} 0`)
	for _, key := range []string{other, r.runner} {
		if got := r.post("http://"+address, key, value("A")); !strings.Contains(got, `"v"`) {
			t.Errorf("%.200s", got)
		}
	}
}

// Large bodies that never end hold up no body of another key.
func TestBodiesWithoutAnEnd(t *testing.T) {
	r, other, address := newAttacked(t)
	before := live()
	part := []byte(`{"query":"` + strings.Repeat(" ", 2<<20))
	for range 40 {
		conn := open(t, address, r.runner, "", len(part)+100)
		go func() { _, _ = conn.Write(part) }()
	}
	eventually(t, "waiting for room", func() bool { _, waiting := r.bounds.bodies.large.Used(); return waiting > 0 })
	if got := r.post("http://"+address, other, value("A")+strings.Repeat(" ", 512<<10)); !strings.Contains(got, `"v"`) {
		t.Errorf("%.200s", got)
	}
	if used := live() - before; used > littleMemory/2 {
		t.Errorf("%d MiB are in use", used>>20)
	}
}

// A large body that comes at less than the pace is cut off.
func TestSlowSenderIsCutOff(t *testing.T) {
	r, _, address := newAttacked(t, func(c *Config) { c.timeouts.grace = 300 * time.Millisecond })
	conn := open(t, address, r.runner, `{"query":"`+strings.Repeat(" ", 2*smallSize), 1<<20)
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if answer, err := io.ReadAll(conn); err != nil || !strings.Contains(string(answer), " 400 ") {
		t.Errorf("%q, %v", answer, err)
	}
	eventually(t, "all given back", r.bounds.idle)
}

// Requests wait in turn by key: one of another key waits for one turn, and not for
// the queue of the first.
func TestTurnsByKey(t *testing.T) {
	r, f := newFragile(t, func(c *Config) { c.MaxRequests = 1 })
	other := keysfile.NewKey()
	if err := r.admit([]byte(r.keys() + keyText(otherKey, "runner", other))); err != nil {
		t.Fatal(err)
	}
	r.do(r.admin, set("A", "v"))
	f.held, f.entered = make(chan struct{}), make(chan struct{}, 100)
	address, _ := r.serve()
	waiting := func(n int) func() bool {
		return func() bool { _, waiting := r.bounds.slots.Used(); return waiting == n }
	}
	mine, others := make(chan string, 10), make(chan string, 1)
	for range 10 {
		go func() { mine <- r.post("http://"+address, r.runner, value("A")) }()
	}
	eventually(t, "the queue", waiting(9))
	go func() { others <- r.post("http://"+address, other, value("A")) }()
	eventually(t, "the other in the queue", waiting(10))
	for range 3 {
		f.held <- struct{}{}
	}
	if got := <-others; !strings.Contains(got, `"v"`) {
		t.Error(got)
	}
	close(f.held)
	for range 10 {
		if got := <-mine; !strings.Contains(got, `"v"`) {
			t.Error(got)
		}
	}
}

// While an answer is not read its turn is over.
func TestTurnEndsBeforeTheAnswerIsWritten(t *testing.T) {
	r, other, address := newAttacked(t, func(c *Config) { c.MaxRequests = 1 })
	for range 3 {
		open(t, address, r.runner, queryBody(many(16)), 0)
	}
	eventually(t, "unread answers", func() bool { used, _ := r.bounds.answers.large.Used(); return used > 2*16*65_000 })
	for _, key := range []string{other, r.runner} {
		if got := r.post("http://"+address, key, value("A")); !strings.Contains(got, `"v"`) {
			t.Errorf("%.200s", got)
		}
	}
}

// Many listings at once, of many names, take no more memory than there is.
func TestListingsAreBounded(t *testing.T) {
	r, other, address := newAttacked(t)
	for i := range 100 {
		var b strings.Builder
		for j := range 100 {
			fmt.Fprintf(&b, "a%d: set_secret(input: {name: \"%s%d\", value: 1}) { success } ", j, strings.Repeat("n", 200), i*100+j)
		}
		r.do(r.admin, "mutation {"+b.String()+"}").wants(t, 200, `"success":true`)
	}
	before, most := live(), 0
	for range 128 {
		open(t, address, r.runner, queryBody(`{ secret { name updated updated_by version } }`), 0)
	}
	for range 20 {
		most = max(most, live()-before)
		if got := r.post("http://"+address, other, value("A")); !strings.Contains(got, `"v"`) {
			t.Errorf("%.200s", got)
		}
	}
	if most > littleMemory {
		t.Errorf("%d MiB are in use", most>>20)
	}
}

// listed is a store that counts who lists names, and lets them wait.
type listed struct {
	*cloud.Memory
	entered, held chan struct{}
}

func (l *listed) Names(ctx context.Context, tenant string) ([]string, error) {
	l.entered <- struct{}{}
	<-l.held
	return l.Memory.Names(ctx, tenant)
}

// Few listings are under way at once, since nobody knows how large they are.
func TestFewListingsAtOnce(t *testing.T) {
	store := &listed{entered: make(chan struct{}, 10), held: make(chan struct{})}
	r, _, address := newAttacked(t, func(c *Config) {
		store.Memory = c.Store.(*cloud.Memory)
		c.Store = store
	})
	answers := make(chan string, 10)
	for range 10 {
		go func() { answers <- r.post("http://"+address, r.runner, `{ secret_names }`) }()
	}
	eventually(t, "the queue", func() bool {
		held, waiting := r.bounds.lists.Used()
		return held == littleMemory/memoryOfList && waiting == 10-littleMemory/memoryOfList
	})
	close(store.held)
	for range 10 {
		if got := <-answers; !strings.Contains(got, `"LARGE"`) {
			t.Errorf("%.200s", got)
		}
	}
}

// What an upstream does not answer takes no turn, and leaves room for another key's.
func TestUpstreamThatHangs(t *testing.T) {
	hangs := make(chan struct{})
	r, other, address := newAttacked(t, func(c *Config) {
		c.MaxRequests = 4
		c.Wrap = func(api *cloud.API) (http.Handler, error) {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				caller, _ := api.Authorize(r)
				if r.URL.Path != "/upstream" || caller.Forward(r.Context()) != nil {
					api.ServeHTTP(w, r)
					return
				}
				if r.ContentLength == 0 {
					<-hangs
				}
				_, _ = io.WriteString(w, "forwarded")
			}), nil
		}
	})
	defer close(hangs)
	for range 8 {
		openAt(t, address, "/upstream", r.runner, "", 0)
	}
	eventually(t, "waiting", func() bool {
		held, waiting := r.bounds.forwards.Used()
		return held == 2 && waiting == 6
	})
	if got := r.post("http://"+address+"/upstream", other, value("A")); got != "forwarded" {
		t.Errorf("%.200s", got)
	}
	if got := r.post("http://"+address, r.runner, value("A")); !strings.Contains(got, `"v"`) {
		t.Errorf("%.200s", got)
	}
}
