package blockstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// The fields of a [faults.Match] and a [faults.Call]: what a request does.
const (
	Version   = "version"
	Type      = "type"
	Install   = "install"
	Schemas   = "schemas"
	List      = "list"   // names, without values
	Values    = "values" // names with their values
	Create    = "create"
	Overwrite = "overwrite"
	Delete    = "delete"
)

// missingType asks for a type that no server has.
const missingType = "missing type"

type call = faults.Call

// faulty are the faults of a fake, and the calls that it got.
type faulty struct {
	mu    sync.Mutex
	rules []*rule
	calls []call
}

type rule struct {
	match faults.Match
	fault faults.Fault
	met   int // calls that match
	fired int
}

// Inject adds a fault. Of a match, Field, Secret, Nth and Times count. A Status of 503
// has Prefect's own body, unless the fault is Malformed too, which makes it a proxy's.
func (f *faulty) Inject(match faults.Match, fault faults.Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &rule{match: match, fault: fault})
}

// Calls returns the calls that match, in the order in which they came.
func (f *faulty) Calls(match faults.Match) (found []call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if matches(match, c) {
			found = append(found, c)
		}
	}
	return found
}

func matches(match faults.Match, c call) bool {
	return (match.Field == "" || match.Field == c.Field) && (match.Secret == "" || match.Secret == c.Secret)
}

// record records a call, and returns the fault that it meets; a zero one for none.
func (f *faulty) record(c call) faults.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.Seq = len(f.calls) + 1
	f.calls = append(f.calls, c)
	for _, r := range f.rules {
		if !matches(r.match, c) {
			continue
		}
		r.met++
		if r.match.Nth != 0 && r.met != r.match.Nth || r.match.Times != 0 && r.fired == r.match.Times {
			continue
		}
		r.fired++
		return r.fault
	}
	return faults.Fault{}
}

// serve answers a call with execute, or with the fault that it meets.
func (f *faulty) serve(w http.ResponseWriter, r *http.Request, c call, execute func() answer) {
	fault := f.record(c)
	if !fault.Applied {
		wait(r.Context(), fault.Delay)
	}
	ends := fault.Status != 0 || fault.Drop
	found := answer{}
	if !ends || fault.Applied {
		found = execute()
	}
	if fault.Applied {
		wait(r.Context(), fault.Delay)
	}
	switch {
	case fault.Drop:
		panic(http.ErrAbortHandler)
	case fault.Malformed:
		writePage(w, fault)
	case fault.Status != 0:
		writeFault(w, fault)
	default:
		write(w, found, fault.Truncate)
	}
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
}

// writePage writes a page of a proxy.
func writePage(w http.ResponseWriter, fault faults.Fault) {
	w.Header().Set("Content-Type", "text/html")
	setRetryAfter(w, fault)
	w.WriteHeader(max(fault.Status, http.StatusOK))
	_, _ = fmt.Fprint(w, "<html><body>Please log in</body></html>")
}

func setRetryAfter(w http.ResponseWriter, fault faults.Fault) {
	if fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((fault.RetryAfter+time.Second-1)/time.Second)))
	}
}

func writeFault(w http.ResponseWriter, fault faults.Fault) {
	setRetryAfter(w, fault)
	message := fault.Message
	if message == "" {
		message = http.StatusText(fault.Status)
	}
	write(w, exception(fault.Status, message), fault.Truncate)
}

// write writes an answer, or the first half of it.
func write(w http.ResponseWriter, a answer, half bool) {
	if a.body == nil {
		if half {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(a.status)
		return
	}
	body, err := json.Marshal(a.body)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	if !half {
		_, _ = w.Write(body)
		return
	}
	_, _ = w.Write(body[:len(body)/2])
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	panic(http.ErrAbortHandler)
}

// parse finds what a request is about.
func (f *Fake) parse(r *http.Request, body []byte) (req request) {
	if len(body) > 0 {
		req.bad = json.Unmarshal(body, &req.body) != nil
	}
	switch route := r.Method + " " + r.URL.Path; route {
	case "GET /api/admin/version":
		req.Field = Version
	case "GET /api/block_types/slug/secret":
		req.Field = Type
	case "GET /api/block_types/slug/missing":
		req.Field = missingType
	case "POST /api/block_types/install_system_block_types":
		req.Field = Install
	case "POST /api/block_schemas/filter":
		req.Field = Schemas
	case "POST /api/block_documents/filter":
		req.Field, req.Secret = f.parseFilter(req.body)
	case "POST /api/block_documents/":
		req.Field, req.Secret = Create, req.body.Name
	default:
		f.parseDocument(route, &req)
	}
	return req
}

// parseFilter returns what a filter asks for. A call that is about one name has it.
func (f *Fake) parseFilter(body requestBody) (field, secret string) {
	if body.Document.Name != nil && len(body.Document.Name.Any) == 1 {
		secret = body.Document.Name.Any[0]
	}
	if body.Secrets {
		return Values, secret
	}
	return List, secret
}

// parseDocument finds the name of the document whose id is in a path.
func (f *Fake) parseDocument(route string, req *request) {
	fields := map[string]string{http.MethodPatch: Overwrite, http.MethodDelete: Delete}
	method, path, _ := strings.Cut(route, " ")
	id, ok := strings.CutPrefix(path, "/api/block_documents/")
	if !ok || fields[method] == "" || len(id) != len(typeID) {
		return
	}
	req.Field = fields[method]
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, d := range f.documents {
		if d.id == id {
			req.Secret = name
		}
	}
}

// Fields returns what the calls did, each field once, sorted.
func Fields(calls []faults.Call) (fields []string) {
	for _, c := range calls {
		fields = append(fields, c.Field)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}
