// Package blockstest provides the part of Prefect's REST API that Secret blocks need, in
// memory and with faults, and the test that it and a real server must pass.
package blockstest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Fake is a server of Prefect 2 or 3 with Secret blocks. It is an http.Handler, with the
// API at /api, and is safe for concurrent use. The fields are set before its first
// request.
type Fake struct {
	// Version is what it says of itself; empty means 3.9.1.
	Version string
	// Authorization is the header that it requires; empty for none.
	Authorization string
	// NoTypes lets the type of Secret blocks be missing until it is installed.
	NoTypes bool
	// HidesValues answers asterisks to a key that asks for values.
	HidesValues bool
	// PageLen is the longest page; 0 means 200.
	PageLen int

	faulty
	mu        sync.Mutex
	installed bool
	schemas   int // how often the schema was replaced
	made      int // documents that were ever created
	documents map[string]*document
}

type document struct {
	id    string
	value json.RawMessage
}

// New returns a server without secrets.
func New() *Fake { return &Fake{documents: map[string]*document{}} }

// The ids of a type and of the documents.
const typeID = "97fda652-1ef1-4bbc-b13f-a5d251cbd759"

func numberedID(kind, n int) string { return fmt.Sprintf("%08d-0000-4000-8000-%012d", kind, n) }

func (f *Fake) schemaID() string { return numberedID(1, f.schemas) }

// ReplaceSchema makes the server forget the schema that it had.
func (f *Fake) ReplaceSchema() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.schemas++
}

// Set stores the JSON of a value without a request, as another program would.
func (f *Fake) Set(name, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.documents[name]; d != nil {
		d.value = json.RawMessage(value)
		return
	}
	f.add(name, json.RawMessage(value))
}

func (f *Fake) add(name string, value json.RawMessage) *document {
	f.made++
	d := &document{numberedID(2, f.made), value}
	f.documents[name] = d
	return d
}

// Delete deletes a block without a request.
func (f *Fake) Delete(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.documents, name)
}

// Get returns the JSON of a value.
func (f *Fake) Get(name string) (value string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.documents[name]
	if d == nil {
		return "", false
	}
	return string(d.value), true
}

// Names returns the names of the blocks, sorted.
func (f *Fake) Names() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.documents))
}

// ServeHTTP implements [http.Handler].
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	req := f.parse(r, body)
	f.serve(w, r, req.call, func() answer { return f.answer(r, req) })
}

// request is a request to the API.
type request struct {
	call // what it is about
	body requestBody
	bad  bool // the body is not JSON
}

// requestBody has the fields of every request.
type requestBody struct {
	Name     string `json:"name"`
	Data     data   `json:"data"`
	Type     string `json:"block_type_id"`
	Schema   string `json:"block_schema_id"`
	Secrets  bool   `json:"include_secrets"`
	Limit    *int   `json:"limit"`
	Offset   int    `json:"offset"`
	Document struct {
		Name *struct {
			Any []string `json:"any_"`
		} `json:"name"`
	} `json:"block_documents"`
}

type data struct {
	Value json.RawMessage `json:"value"`
}

// answer is what the server answers.
type answer struct {
	status int
	body   any // nil for none
}

func detail(status int, text string) answer { return answer{status, map[string]string{"detail": text}} }

func exception(status int, text string) answer {
	return answer{status, map[string]string{"exception_message": text}}
}

// busy is the answer of a server whose database is locked.
var busy = exception(http.StatusServiceUnavailable, "Service Unavailable")

// answer executes a request.
func (f *Fake) answer(r *http.Request, req request) answer {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Authorization != "" && r.Header.Get("Authorization") != f.Authorization {
		return exception(http.StatusUnauthorized, "Unauthorized")
	}
	if req.bad {
		return exception(http.StatusUnprocessableEntity, "Invalid request received.")
	}
	switch req.Field {
	case Version:
		version := f.Version
		if version == "" {
			version = "3.9.1"
		}
		return answer{http.StatusOK, version}
	case Type:
		if f.NoTypes && !f.installed {
			return detail(http.StatusNotFound, noType)
		}
		return answer{http.StatusOK, map[string]string{"id": typeID, "slug": "secret"}}
	case missingType:
		return detail(http.StatusNotFound, noType)
	case Install:
		f.installed = true
		return answer{http.StatusOK, json.RawMessage("null")}
	case Schemas:
		return answer{http.StatusOK, []map[string]string{{"id": f.schemaID(), "block_type_id": typeID}}}
	case List, Values:
		return f.list(req.body)
	case Create:
		return f.create(req.body)
	case Overwrite:
		return f.overwrite(req)
	case Delete:
		return f.remove(req)
	}
	return detail(http.StatusNotFound, "Not Found")
}

const noType = "Block type not found"

const maxPage = 200

func (f *Fake) list(body requestBody) answer {
	limit := maxPage
	if body.Limit != nil {
		limit = *body.Limit
	}
	if limit > maxPage {
		return detail(http.StatusUnprocessableEntity, "Invalid limit: must be less than or equal to 200.")
	}
	if f.PageLen > 0 {
		limit = min(limit, f.PageLen)
	}
	names := slices.Sorted(maps.Keys(f.documents))
	if body.Document.Name != nil {
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(body.Document.Name.Any, name) })
	}
	names = names[min(body.Offset, len(names)):]
	page := []map[string]any{}
	for _, name := range names[:min(limit, len(names))] {
		page = append(page, f.row(name, body.Secrets && !f.HidesValues))
	}
	return answer{http.StatusOK, page}
}

// row returns a document as the API lists it. It hides a value unless that is an object.
func (f *Fake) row(name string, secrets bool) map[string]any {
	d := f.documents[name]
	value := d.value
	if !secrets && (len(value) == 0 || value[0] != '{') {
		value = json.RawMessage(`"` + masked + `"`)
	}
	return map[string]any{
		"id": d.id, "created": time.Now(), "name": name, "data": data{value},
		"block_type_id": typeID, "block_schema_id": f.schemaID(), "is_anonymous": false,
	}
}

const masked = "********"

func (f *Fake) create(body requestBody) answer {
	switch {
	case !isName(body.Name):
		return exception(http.StatusUnprocessableEntity, "Invalid request received.")
	case f.documents[body.Name] != nil:
		return detail(http.StatusConflict, "Block already exists")
	case body.Type != typeID || body.Schema != f.schemaID():
		return detail(http.StatusConflict, "Data integrity conflict. This usually means a unique or foreign key constraint was violated. See server logs for details.")
	}
	f.add(body.Name, body.Data.Value)
	return answer{http.StatusCreated, f.row(body.Name, false)}
}

func isName(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return name != ""
}

func (f *Fake) overwrite(req request) answer {
	d := f.documents[req.Secret]
	if d == nil {
		return detail(http.StatusNotFound, "Block document not found")
	}
	if string(req.body.Data.Value) != `"`+masked+`"` {
		d.value = req.body.Data.Value
	}
	return answer{http.StatusNoContent, nil}
}

func (f *Fake) remove(req request) answer {
	if f.documents[req.Secret] == nil {
		return detail(http.StatusNotFound, "Block document not found")
	}
	delete(f.documents, req.Secret)
	return answer{http.StatusNoContent, nil}
}
