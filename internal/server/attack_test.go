package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// Attacks with one key, over sockets, on a server that may use little memory. The
// bounds treat each key alike, whichever tenant it belongs to.

const (
	littleMemory = 64 << 20
	otherKey     = "other"
)

func startSmallServer(t *testing.T, change ...func(*Config)) (r *testServer, other, address string) {
	t.Helper()
	other = keysfile.NewKey()
	change = append([]func(*Config){func(c *Config) { c.Memory = littleMemory }}, change...)
	r = newRig(t, keyText(otherKey, "runner", other), change...)
	r.query(r.admin, setQuery("A", "v")).check(t, 200, `"success":true`)
	r.query(r.admin, setQuery("LARGE", strings.Repeat("v", 65_000))).check(t, 200, `"success":true`)
	address, _ = r.start()
	return r, other, address
}

// largeQuery asks for the large value under so many aliases.
func largeQuery(values int) string {
	var b strings.Builder
	for i := range values {
		fmt.Fprintf(&b, "a%d:secret_value(name:\"LARGE\") ", i)
	}
	return "{" + b.String() + "}"
}

// openRequest sends a request whose body lacks so many bytes of its declared length,
// and reads nothing.
func openRequest(t *testing.T, address, key, body string, missing int) net.Conn {
	t.Helper()
	return openRequestAt(t, address, "/", key, body, missing)
}

func openRequestAt(t *testing.T, address, path, key, body string, missing int) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
		"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", path, key, len(body)+missing, body)
	return conn
}

func queryBody(query string) string {
	body, _ := json.Marshal(map[string]string{"query": query})
	return string(body)
}

// heapInUse returns how many bytes are allocated on the heap.
func heapInUse() int {
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return int(live[0].Value.Uint64())
}

// idle reports whether no request holds or waits for anything.
func (b *bounds) idle() bool {
	units, waiting := used([]*turns.Pool{
		b.slots, b.work, b.lists, b.forwards, b.bodies.small, b.bodies.large, b.answers.small, b.answers.large,
	})
	return units == 0 && waiting == 0
}

// A request of 8 KB has an answer of 16 MiB. Many at once are all answered, and they
// take no more memory together than the bounds allow.
func TestLargeAnswersAllComeInTurn(t *testing.T) {
	// On a busy machine the last answer waits longer than a client would.
	const enough = 10 * time.Minute
	r, _, address := startSmallServer(t, func(c *Config) {
		c.timeouts.patience, c.timeouts.request, c.timeouts.write = enough, enough, enough
	})
	most, done := 0, make(chan struct{})
	var clients, watch sync.WaitGroup
	before := heapInUse()
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				most = max(most, heapInUse()-before)
			}
		}
	})
	for range 16 {
		clients.Go(func() {
			body := strings.NewReader(queryBody(largeQuery(256)))
			resp, err := httpClient.Do(r.newRequest("http://"+address, r.runner, body))
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
	eventually(t, "all released", r.bounds.idle)
}

// Clients that never read hold little, and delay neither small answers of another key
// nor large ones.
func TestReadersThatNeverRead(t *testing.T) {
	r, other, address := startSmallServer(t, func(c *Config) { c.MaxRequests = 8 })
	before := heapInUse()
	for range 100 {
		openRequest(t, address, r.runner, queryBody(largeQuery(64)), 0)
	}
	eventually(t, "waiting for memory", func() bool { _, waiting := r.bounds.answers.large.Used(); return waiting > 0 })
	if got := r.queryURL("http://"+address, other, valueQuery("A")); !strings.Contains(got, `"v"`) {
		t.Errorf("a small answer: %.200s", got)
	}
	if got := r.queryURL("http://"+address, other, largeQuery(32)); len(got) < 32*65_000 {
		t.Errorf("a large answer: %d bytes", len(got))
	}
	if used := heapInUse() - before; used > littleMemory*3/4 {
		t.Errorf("%d MiB are in use", used>>20)
	}
	if got := r.queryURL("http://"+address, other, largeQuery(256)); len(got) < 256*65_000 {
		t.Errorf("an answer of more than half of the budget: %d bytes", len(got))
	}
}

// A client that reads more slowly than the pace is cut off, and what it held is free.
func TestSlowReaderIsCutOff(t *testing.T) {
	r, _, address := startSmallServer(t, func(c *Config) { c.timeouts.grace = 300 * time.Millisecond })
	openRequest(t, address, r.runner, queryBody(largeQuery(64)), 0)
	eventually(t, "an answer", func() bool { used, _ := r.bounds.answers.large.Used(); return used > 0 })
	eventually(t, "all released", r.bounds.idle)
}

// Requests with headers and no body take no turn, whatever length they declare, and
// nearly no memory.
func TestHeadersWithoutBodies(t *testing.T) {
	r, other, address := startSmallServer(t, func(c *Config) { c.MaxRequests = 8 })
	for range 128 {
		openRequest(t, address, r.runner, "{", 4<<20)
	}
	eventually(t, "the bodies' beginnings", func() bool {
		used, _ := r.bounds.bodies.small.Used()
		return used == 128*4<<10
	})
	r.get("/metrics").check(t, 200,
		`prefect_secrets_held_bytes{what="body"} 524288`, `prefect_secrets_requests_waiting{what="turn"} 0`)
	for _, key := range []string{other, r.runner} {
		if got := r.queryURL("http://"+address, key, valueQuery("A")); !strings.Contains(got, `"v"`) {
			t.Errorf("%.200s", got)
		}
	}
}

// Large bodies that never end delay no body of another key.
func TestBodiesWithoutAnEnd(t *testing.T) {
	r, other, address := startSmallServer(t)
	before := heapInUse()
	part := []byte(`{"query":"` + strings.Repeat(" ", 2<<20))
	for range 40 {
		conn := openRequest(t, address, r.runner, "", len(part)+100)
		go func() { _, _ = conn.Write(part) }()
	}
	eventually(t, "waiting for memory", func() bool { _, waiting := r.bounds.bodies.large.Used(); return waiting > 0 })
	got := r.queryURL("http://"+address, other, valueQuery("A")+strings.Repeat(" ", 512<<10))
	if !strings.Contains(got, `"v"`) {
		t.Errorf("%.200s", got)
	}
	if used := heapInUse() - before; used > littleMemory/2 {
		t.Errorf("%d MiB are in use", used>>20)
	}
}

// A large body that is sent more slowly than the pace is cut off.
func TestSlowSenderIsCutOff(t *testing.T) {
	r, _, address := startSmallServer(t, func(c *Config) { c.timeouts.grace = 300 * time.Millisecond })
	conn := openRequest(t, address, r.runner, `{"query":"`+strings.Repeat(" ", 2*smallSize), 1<<20)
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if answer, err := io.ReadAll(conn); err != nil || !strings.Contains(string(answer), " 400 ") {
		t.Errorf("%q, %v", answer, err)
	}
	eventually(t, "all released", r.bounds.idle)
}

// Requests wait in turn by key: a request of another key waits for one turn, and not
// for the first key's queue.
func TestTurnsByKey(t *testing.T) {
	r, f := newFragileRig(t, func(c *Config) { c.MaxRequests = 1 })
	other := keysfile.NewKey()
	if err := r.replaceKeys([]byte(r.keys() + keyText(otherKey, "runner", other))); err != nil {
		t.Fatal(err)
	}
	r.query(r.admin, setQuery("A", "v"))
	f.release, f.entered = make(chan struct{}), make(chan struct{}, 100)
	address, _ := r.start()
	isWaiting := func(n int) func() bool {
		return func() bool { _, waiting := r.bounds.slots.Used(); return waiting == n }
	}
	mine, others := make(chan string, 10), make(chan string, 1)
	for range 10 {
		go func() { mine <- r.queryURL("http://"+address, r.runner, valueQuery("A")) }()
	}
	eventually(t, "the queue", isWaiting(9))
	go func() { others <- r.queryURL("http://"+address, other, valueQuery("A")) }()
	eventually(t, "the other in the queue", isWaiting(10))
	for range 3 {
		f.release <- struct{}{}
	}
	if got := <-others; !strings.Contains(got, `"v"`) {
		t.Error(got)
	}
	close(f.release)
	for range 10 {
		if got := <-mine; !strings.Contains(got, `"v"`) {
			t.Error(got)
		}
	}
}

// A request has no turn any more while its answer is not read.
func TestTurnEndsBeforeTheAnswerIsWritten(t *testing.T) {
	r, other, address := startSmallServer(t, func(c *Config) { c.MaxRequests = 1 })
	for range 3 {
		openRequest(t, address, r.runner, queryBody(largeQuery(16)), 0)
	}
	eventually(t, "unread answers", func() bool { used, _ := r.bounds.answers.large.Used(); return used > 2*16*65_000 })
	for _, key := range []string{other, r.runner} {
		if got := r.queryURL("http://"+address, key, valueQuery("A")); !strings.Contains(got, `"v"`) {
			t.Errorf("%.200s", got)
		}
	}
}

// Many concurrent listings of many names stay within the memory of the process.
func TestListingsAreBounded(t *testing.T) {
	r, other, address := startSmallServer(t)
	prefix := strings.Repeat("n", 200)
	for i := range 100 {
		var b strings.Builder
		for j := range 100 {
			fmt.Fprintf(&b, "a%d: set_secret(input: {name: \"%s%d\", value: 1}) { success } ", j, prefix, i*100+j)
		}
		r.query(r.admin, "mutation {"+b.String()+"}").check(t, 200, `"success":true`)
	}
	before, most := heapInUse(), 0
	for range 128 {
		openRequest(t, address, r.runner, queryBody(`{ secret { name updated updated_by version } }`), 0)
	}
	for range 20 {
		most = max(most, heapInUse()-before)
		if got := r.queryURL("http://"+address, other, valueQuery("A")); !strings.Contains(got, `"v"`) {
			t.Errorf("%.200s", got)
		}
	}
	if most > littleMemory {
		t.Errorf("%d MiB are in use", most>>20)
	}
}

// slowLister is a store whose listings of names wait until they are released.
type slowLister struct {
	*cloud.Memory
	entered, release chan struct{}
}

func (l *slowLister) Names(ctx context.Context, tenant string) ([]string, error) {
	l.entered <- struct{}{}
	<-l.release
	return l.Memory.Names(ctx, tenant)
}

// Few listings are in progress at once, since nobody knows how large they are.
func TestFewListingsAtOnce(t *testing.T) {
	store := &slowLister{entered: make(chan struct{}, 10), release: make(chan struct{})}
	r, _, address := startSmallServer(t, func(c *Config) {
		store.Memory = c.Store.(*cloud.Memory)
		c.Store = store
	})
	answers := make(chan string, 10)
	for range 10 {
		go func() { answers <- r.queryURL("http://"+address, r.runner, `{ secret_names }`) }()
	}
	eventually(t, "the queue", func() bool {
		held, waiting := r.bounds.lists.Used()
		return held == littleMemory/memoryPerList && waiting == 10-littleMemory/memoryPerList
	})
	close(store.release)
	for range 10 {
		if got := <-answers; !strings.Contains(got, `"LARGE"`) {
			t.Errorf("%.200s", got)
		}
	}
}

// Requests that an upstream does not answer take no turn, and half of the forwards stay
// free for other keys.
func TestUpstreamThatHangs(t *testing.T) {
	hangs := make(chan struct{})
	r, other, address := startSmallServer(t, func(c *Config) {
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
		openRequestAt(t, address, "/upstream", r.runner, "", 0)
	}
	eventually(t, "waiting", func() bool {
		held, waiting := r.bounds.forwards.Used()
		return held == 2 && waiting == 6
	})
	if got := r.queryURL("http://"+address+"/upstream", other, valueQuery("A")); got != "forwarded" {
		t.Errorf("%.200s", got)
	}
	if got := r.queryURL("http://"+address, r.runner, valueQuery("A")); !strings.Contains(got, `"v"`) {
		t.Errorf("%.200s", got)
	}
}
