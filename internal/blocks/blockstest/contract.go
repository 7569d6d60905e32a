package blockstest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Contract tests that the API at a URL, which ends in /api, answers as the client expects
// of Prefect 2 and 3. It leaves nothing behind.
func Contract(t *testing.T, url string) {
	c := &contract{T: t, url: url, prefix: "contract-" + strings.ToLower(rand.Text()) + "-"}
	c.schema()
	t.Run("create", func(t *testing.T) { c.in(t).create() })
	t.Run("overwrite", func(t *testing.T) { c.in(t).overwrite() })
	t.Run("delete", func(t *testing.T) { c.in(t).remove() })
	t.Run("list", func(t *testing.T) { c.in(t).list() })
	t.Run("hidden", func(t *testing.T) { c.in(t).hidden() })
	t.Run("refused", func(t *testing.T) { c.in(t).refused() })
}

// contract is one run of the test.
type contract struct {
	*testing.T
	url, prefix      string
	typeID, schemaID string
}

func (c *contract) in(t *testing.T) *contract {
	other := *c
	other.T = t
	return &other
}

// got is an answer.
type got struct {
	status int
	body   string
}

// busyTries is how often a request is sent to a server whose database is busy.
const busyTries = 50

// ask sends a request, and again while the database is busy.
func (c *contract) ask(method, path string, body any) got {
	c.Helper()
	for range busyTries {
		found := c.send(method, path, body)
		if found.status != http.StatusServiceUnavailable {
			return found
		}
		c.checkDetail(found, busy.status, "Service Unavailable")
		time.Sleep(20 * time.Millisecond)
	}
	c.Fatalf("%s %s: the database stays busy", method, path)
	return got{}
}

func (c *contract) send(method, path string, body any) got {
	c.Helper()
	raw := []byte(nil)
	if text, ok := body.(string); ok {
		raw = []byte(text)
	} else if body != nil {
		raw, _ = json.Marshal(body)
	}
	r, err := http.NewRequestWithContext(c.Context(), method, c.url+path, bytes.NewReader(raw))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		c.Fatal(err)
	}
	return got{resp.StatusCode, answer.String()}
}

// checkDetail checks an answer with an error: its status, and the message of either of
// the two fields.
func (c *contract) checkDetail(found got, status int, message string) {
	c.Helper()
	var body struct {
		Detail    any    `json:"detail"`
		Exception string `json:"exception_message"`
	}
	_ = json.Unmarshal([]byte(found.body), &body)
	if detail, _ := body.Detail.(string); found.status != status || detail != message && body.Exception != message {
		c.Errorf("got %d %s, want %d and %q", found.status, found.body, status, message)
	}
}

// decode reads the JSON of an answer with status 200.
func (c *contract) decode(found got, target any) {
	c.Helper()
	if found.status != http.StatusOK || json.Unmarshal([]byte(found.body), target) != nil {
		c.Fatalf("got %d %s", found.status, found.body)
	}
}

// schema finds the ids that a document needs.
func (c *contract) schema() {
	c.Helper()
	var version string
	if c.decode(c.ask(http.MethodGet, "/admin/version", nil), &version); !strings.Contains("23", version[:1]) {
		c.Errorf("the version is %q", version)
	}
	if found := c.ask(http.MethodPost, "/block_types/install_system_block_types", nil); found.status != http.StatusOK || found.body != "null" {
		c.Errorf("installing: %d %s", found.status, found.body)
	}
	var row struct{ ID string }
	c.decode(c.ask(http.MethodGet, "/block_types/slug/secret", nil), &row)
	c.typeID = row.ID
	var rows []struct{ ID string }
	c.decode(c.ask(http.MethodPost, "/block_schemas/filter", map[string]any{
		"block_schemas": map[string]any{"block_type_id": map[string]any{"any_": []string{row.ID}}}, "limit": 1,
	}), &rows)
	if len(rows) != 1 {
		c.Fatalf("%d schemas", len(rows))
	}
	c.schemaID = rows[0].ID
}

func (c *contract) document(name string, value any) map[string]any {
	return map[string]any{
		"name": name, "data": map[string]any{"value": value}, "block_type_id": c.typeID, "block_schema_id": c.schemaID,
	}
}

// mustCreate creates a document that is deleted at the end, and returns its id.
func (c *contract) mustCreate(suffix string, value any) (id string) {
	c.Helper()
	found := c.ask(http.MethodPost, "/block_documents/", c.document(c.prefix+suffix, value))
	var row row
	if found.status != http.StatusCreated || json.Unmarshal([]byte(found.body), &row) != nil || row.ID == "" {
		c.Fatalf("creating: %d %s", found.status, found.body)
	}
	if _, isText := value.(string); isText && string(row.Data.Value) != hiddenValue {
		c.Errorf("creating shows the value %s", row.Data.Value)
	}
	t, url := c.T, c.url
	c.Cleanup(func() {
		for range busyTries {
			r, _ := http.NewRequest(http.MethodDelete, url+"/block_documents/"+row.ID, nil)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusServiceUnavailable {
				return
			}
		}
	})
	return row.ID
}

// page asks for the documents of names.
func (c *contract) page(secrets bool, limit, offset int, names ...string) (rows []row) {
	c.Helper()
	c.decode(c.ask(http.MethodPost, "/block_documents/filter", map[string]any{
		"block_types":     map[string]any{"slug": map[string]any{"any_": []string{"secret"}}},
		"block_documents": map[string]any{"name": map[string]any{"any_": names}},
		"include_secrets": secrets, "sort": "NAME_ASC", "limit": limit, "offset": offset,
	}), &rows)
	return rows
}

// row is a document in a list.
type row struct {
	ID, Name string
	Data     data
}

// hiddenValue is the JSON of a value that is not shown.
const hiddenValue = `"` + masked + `"`

// stored returns the JSON of a value.
func (c *contract) stored(suffix string) string {
	c.Helper()
	rows := c.page(true, maxPage, 0, c.prefix+suffix)
	if len(rows) != 1 {
		c.Fatalf("%d documents of %s", len(rows), suffix)
	}
	return string(rows[0].Data.Value)
}

func (c *contract) create() {
	c.mustCreate("a", "v")
	c.checkDetail(c.ask(http.MethodPost, "/block_documents/", c.document(c.prefix+"a", "w")), http.StatusConflict, "Block already exists")
	if got := c.stored("a"); got != `"v"` {
		c.Errorf("after a conflict it is %s", got)
	}
	for _, suffix := range []string{"-", "a-", "a--b", "123", strings.Repeat("x", 255)} {
		c.mustCreate(suffix, "v")
	}
	stale := c.document(c.prefix+"b", "v")
	stale["block_schema_id"] = numberedID(9, 9)
	found := c.ask(http.MethodPost, "/block_documents/", stale)
	c.checkDetail(found, http.StatusConflict,
		"Data integrity conflict. This usually means a unique or foreign key constraint was violated. See server logs for details.")
}

func (c *contract) overwrite() {
	path := "/block_documents/" + c.mustCreate("a", "v")
	for value, want := range map[string]string{"w": `"w"`, masked: `"w"`, `{"a": 1}`: `"{\"a\": 1}"`} {
		before := c.stored("a")
		body := map[string]any{"data": map[string]any{"value": value}, "merge_existing_data": true}
		if found := c.ask(http.MethodPatch, path, body); found.status != http.StatusNoContent {
			c.Errorf("overwriting: %d %s", found.status, found.body)
		}
		if value == masked {
			want = before
		}
		if got := c.stored("a"); got != want {
			c.Errorf("got %s, want %s", got, want)
		}
	}
	found := c.ask(http.MethodPatch, "/block_documents/"+numberedID(9, 9), map[string]any{"data": map[string]any{"value": "v"}})
	c.checkDetail(found, http.StatusNotFound, "Block document not found")
}

func (c *contract) remove() {
	path := "/block_documents/" + c.mustCreate("a", "v")
	if found := c.ask(http.MethodDelete, path, nil); found.status != http.StatusNoContent {
		c.Errorf("deleting: %d %s", found.status, found.body)
	}
	c.checkDetail(c.ask(http.MethodDelete, path, nil), http.StatusNotFound, "Block document not found")
	body := map[string]any{"data": map[string]any{"value": "w"}, "merge_existing_data": true}
	c.checkDetail(c.ask(http.MethodPatch, path, body), http.StatusNotFound, "Block document not found")
	if rows := c.page(false, maxPage, 0, c.prefix+"a"); len(rows) != 0 {
		c.Errorf("it is still there: %+v", rows)
	}
	c.mustCreate("a", "again")
	if got := c.stored("a"); got != `"again"` {
		c.Errorf("created again, it is %s", got)
	}
}

// list checks that pages are sorted and have an order of their own.
func (c *contract) list() {
	var names []string
	for i := range 5 {
		suffix := fmt.Sprintf("n%d", i)
		c.mustCreate(suffix, "v")
		names = append(names, c.prefix+suffix)
	}
	for offset := range len(names) + 2 {
		rows := c.page(false, 2, offset, names...)
		want := names[min(offset, len(names)):min(offset+2, len(names))]
		if len(rows) != len(want) {
			c.Fatalf("at %d there are %d documents, want %d", offset, len(rows), len(want))
		}
		for i, row := range rows {
			if row.Name != want[i] {
				c.Errorf("at %d is %s, want %s", offset+i, row.Name, want[i])
			}
		}
	}
	if rows := c.page(false, maxPage, 0, c.prefix+"missing", names[3], c.prefix+"n"); len(rows) != 1 || rows[0].Name != names[3] {
		c.Errorf("of three names of which one exists, it lists %+v", rows)
	}
	found := c.ask(http.MethodPost, "/block_documents/filter", map[string]any{"limit": maxPage + 1})
	c.checkDetail(found, http.StatusUnprocessableEntity, "Invalid limit: must be less than or equal to 200.")
}

// hidden checks which values a list shows that asks for none.
func (c *contract) hidden() {
	for suffix, value := range map[string]any{"text": "v", "json": `{"a": 1}`, "object": map[string]any{"a": 1}} {
		c.mustCreate(suffix, value)
		want, _ := json.Marshal(value)
		if got := c.stored(suffix); got != string(want) {
			c.Errorf("%s is %s, want %s", suffix, got, want)
		}
		if suffix != "object" {
			want = []byte(hiddenValue)
		}
		if rows := c.page(false, maxPage, 0, c.prefix+suffix); len(rows) != 1 || string(rows[0].Data.Value) != string(want) {
			c.Errorf("a list shows %+v, want %s", rows, want)
		}
	}
}

func (c *contract) refused() {
	for _, name := range []string{"A", "a_b", "a b", "ü", ""} {
		c.checkDetail(c.ask(http.MethodPost, "/block_documents/", c.document(name, "v")), http.StatusUnprocessableEntity, "Invalid request received.")
	}
	c.checkDetail(c.ask(http.MethodPost, "/block_documents/", "not JSON"), http.StatusUnprocessableEntity, "Invalid request received.")
	c.checkDetail(c.ask(http.MethodGet, "/block_types/slug/missing", nil), http.StatusNotFound, "Block type not found")
	c.checkDetail(c.ask(http.MethodDelete, "/block_documents/not-a-uuid", nil), http.StatusNotFound, "Not Found")
}
