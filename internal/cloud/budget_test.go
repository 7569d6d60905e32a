package cloud_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

const tooMuchMessage = "the request asks for too much at once: send its fields in several requests"

// countingStore counts the calls of a store.
type countingStore struct {
	cloud.Store
	listings, values, infos int
}

func (s *countingStore) Names(ctx context.Context, tenant string) ([]string, error) {
	s.listings++
	return s.Store.Names(ctx, tenant)
}

func (s *countingStore) Get(ctx context.Context, tenant, name string) (json.RawMessage, error) {
	s.values++
	return s.Store.Get(ctx, tenant, name)
}

func (s *countingStore) Info(ctx context.Context, tenant string, names ...string) (map[string]cloud.Info, error) {
	s.infos += len(names)
	return s.Store.Info(ctx, tenant, names...)
}

// newCrowdedAPI makes an API over a store of n secrets with values of that length.
func newCrowdedAPI(t testing.TB, n, length int) (*cloud.API, *countingStore) {
	t.Helper()
	memory := cloud.NewMemory(now)
	value := json.RawMessage(`"` + strings.Repeat("v", length-2) + `"`)
	for i := range n {
		if _, err := memory.Set(t.Context(), tenantA, fmt.Sprintf("secret %05d", i), value, "ci", false); err != nil {
			t.Fatal(err)
		}
	}
	store := &countingStore{Store: memory}
	return newAPI(t, func(c *cloud.Config) { c.Store = store }), store
}

// aliased returns a document with a field under n aliases.
func aliased(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: %s ", i, field)
	}
	return "{" + b.String() + "}"
}

// countOutcomes counts the fields of a document that were answered and those that
// were refused, and returns the reason.
func countOutcomes(t *testing.T, got answer) (answered, refused int, reason string) {
	t.Helper()
	var body struct {
		Errors []wireError
		Data   map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Fatal(err)
	}
	for _, value := range body.Data {
		if string(value) != "null" {
			answered++
		}
	}
	if len(body.Errors) > 0 {
		reason = body.Errors[0].Message
	}
	return answered, len(body.Errors), reason
}

// TestFieldsOfARequestShareItsBudget sends as many fields as a document may have to
// a store with many names or large values.
func TestFieldsOfARequestShareItsBudget(t *testing.T) {
	const list, where = `query($l: [String!]) `, `query($w: secret_bool_exp) `
	tests := map[string]struct {
		key, document    string
		variables        string
		names, length    int
		answered, refuse int
	}{
		"names":           {adminKey, aliased(1000, "secret_names"), "{}", 10_000, 3, 101, 899},
		"rows":            {adminKey, aliased(500, "secret{name}"), "{}", 10_000, 3, 34, 466},
		"few rows":        {adminKey, aliased(500, "secret{name}"), "{}", 100, 3, 500, 0},
		"times of writes": {adminKey, aliased(100, "secret{version}"), "{}", 10_000, 3, 1, 99},
		"values": {runKey, aliased(1000, `secret_value(name: "secret 00000")`), "{}", 1,
			1 << 16, 257, 743},
		"small values": {runKey, aliased(1000, `secret_value(name: "secret 00000")`), "{}", 1, 3, 1000, 0},
		"conditions": {adminKey, where + aliased(400, "secret(where: $w){name}"),
			`{"w": {"_and": [` + strings.Repeat(`{"name": {"_gt": "x"}},`, 90) + `{}]}}`, 10_000, 3, 1, 399},
		"a long list": {adminKey, list + aliased(400, "secret(where: {name: {_in: $l}}){name}"),
			`{"l": ["` + strings.Repeat(`x","`, 90_000) + `x"]}`, 1, 3, 11, 389},
		"a long pattern": {adminKey, where + aliased(400, "secret(where: $w){name}"),
			`{"w": {"name": {"_like": "` + strings.Repeat("%", 5_000_000) + `"}}}`, 1, 3, 13, 387},
		"tenants": {adminKey, list + aliased(400, "tenant(where: {slug: {_in: $l}}){id}"),
			`{"l": ["` + strings.Repeat(`x","`, 90_000) + `x"]}`, 1, 3, 11, 389},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, store := newCrowdedAPI(t, tt.names, tt.length)
			document, _ := json.Marshal(tt.document)
			answered, refused, reason := countOutcomes(t,
				post(t, a, tt.key, `{"query": `+string(document)+`, "variables": `+tt.variables+`}`))
			if answered != tt.answered || refused != tt.refuse || refused > 0 && reason != tooMuchMessage {
				t.Errorf("%d answered, want %d; %d refused, want %d: %s", answered, tt.answered,
					refused, tt.refuse, reason)
			}
			if store.listings > 1 || store.values > tt.answered || store.infos > tt.names {
				t.Errorf("the store was asked for %d listings, %d values and %d infos", store.listings,
					store.values, store.infos)
			}
		})
	}
}

func TestBudgetIsOfAWholeBatch(t *testing.T) {
	a, store := newCrowdedAPI(t, 10_000, 3)
	document, _ := json.Marshal(map[string]string{"query": aliased(30, "secret_names")})
	got := post(t, a, adminKey, "["+strings.Repeat(string(document)+",", 4)+string(document)+"]")
	if n := strings.Count(got.body, tooMuchMessage); n != 49 || store.listings != 1 {
		t.Errorf("%d fields of 150 were refused, %d listings", n, store.listings)
	}
}

func TestAListingEndsWithAWrite(t *testing.T) {
	const names, more = `{"query": "{secret_names}"}`,
		`{"query": "mutation{set_secret(input: {name: \"new\", value: 1}){success}}"}`
	const less = `{"query": "mutation{delete_secret(input: {name: \"new\"}){success}}"}`
	got := post(t, newAPI(t), adminKey, "["+strings.Join([]string{names, more, names, less, names},
		",")+"]").body
	none, one := `{"data":{"secret_names":[]}}`, `{"data":{"secret_names":["new"]}}`
	want := "[" + strings.Join([]string{none, `{"data":{"set_secret":{"success":true}}}`, one,
		`{"data":{"delete_secret":{"success":true}}}`, none}, ",") + "]\n"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestColumnsOfARow(t *testing.T) {
	names := strings.TrimSuffix(strings.TrimPrefix(aliased(21, "name"), "{"), "}")
	checkQuery(t, newAPI(t), adminKey, "{secret{"+names+"}}",
		errorBody("the request selects more than 20 fields of one row", "secret", "BAD_USER_INPUT"))
	checkQuery(t, newAPI(t), adminKey, "{secret{name "+strings.Repeat("name ", 20)+"}}",
		`{"data":{"secret":[]}}`)
	checkQuery(t, newAPI(t), adminKey, "{tenant{"+strings.ReplaceAll(names, "name", "id")+"}}",
		errorBody("the request selects more than 20 fields of one row", "tenant", "BAD_USER_INPUT"))
}

func TestTheUserIsTheKey(t *testing.T) {
	const document = `{user{default_membership{tenant_id}}}`
	const member = `{"data":{"user":[{"default_membership":{"tenant_id":"%s"}}]}}`
	a := newAPI(t)
	checkQuery(t, a, adminKey, document, fmt.Sprintf(member, tenantA))
	access, refresh := login(t, a, adminKey, tenantB)
	checkQuery(t, a, access, document, fmt.Sprintf(member, tenantB))
	checkQuery(t, a, refresh, document, errorBody("Unauthenticated", "user", "UNAUTHENTICATED"))
}

// TestABodyThatIsTooLargeIsAnswered sends the entire body before it reads the
// answer, as most clients do.
func TestABodyThatIsTooLargeIsAnswered(t *testing.T) {
	server := httptest.NewServer(newAPI(t))
	t.Cleanup(server.Close)
	for _, framing := range []string{fmt.Sprintf("Content-Length: %d\r\n\r\n", 2*cloud.MaxBody),
		fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n", 2*cloud.MaxBody)} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		head := "POST / HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer " + adminKey +
			"\r\nContent-Type: application/json\r\n"
		if _, err := io.WriteString(conn, head+framing+strings.Repeat(" ", 2*cloud.MaxBody)+"\r\n0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %s", framing[:20], resp.Status)
		}
		_, _ = resp.Body.Close(), conn.Close()
	}
}
