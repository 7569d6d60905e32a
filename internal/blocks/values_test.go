package blocks_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestUnchanged(t *testing.T) {
	tests := map[string]struct{ stored, text string }{
		"the same":           {`"v"`, "v"},
		"the same, escaped":  {`"\u00e9<"`, "é<"},
		"empty":              {`""`, ""},
		"JSON in a string":   {`"{\"a\": 1}"`, `{"a": 1}`},
		"with a NUL":         {`"a\u0000b"`, "a\x00b"},
		"no another":         {`"w"`, "v"},
		"no object":          {`{"a":1}`, `{"a":1}`}, // which the API shows to whoever lists blocks
		"no number":          {`1`, "1"},
		"no null":            {`null`, "null"},
		"no hidden value":    {`"********"`, "********"},
		"no surrogate":       {`"\ud800"`, "\ufffd"},
		"no value":           {``, "v"},
		"no more characters": {`"v "`, "v"},
	}
	fake, want := blockstest.New(), []string{}
	var secrets []prefect.NamedValue
	for name, tt := range tests {
		if tt.stored != "" {
			fake.Set(name, tt.stored)
		}
		if !strings.HasPrefix(name, "no ") {
			want = append(want, name)
		}
		secrets = append(secrets, secret(name, tt.text))
	}
	got, err := newClient(t, fake).Unchanged(t.Context(), secrets)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
}

// Values are asked for by name, and for no other names.
func TestOnlyTheseValuesAreRead(t *testing.T) {
	fake, names := newNumbered(450)
	fake.Set("other", quoted(canary))
	var secrets []prefect.NamedValue
	for _, name := range names {
		secrets = append(secrets, secret(name, "v"))
	}
	read := 0
	client := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := &recorder{ResponseWriter: w}
		fake.ServeHTTP(recorder, r)
		if strings.Contains(recorder.body.String(), canary) {
			t.Error("the value of another name is read")
		}
		read += strings.Count(recorder.body.String(), `"value":"v"`)
	}))
	got, err := client.Unchanged(t.Context(), secrets)
	if err != nil || len(got) != 450 || read != 450 || client.Requests() != 3 {
		t.Errorf("%d unchanged, %d values read in %d requests: %v", len(got), read, client.Requests(), err)
	}
	if got, err := client.Unchanged(t.Context(), nil); err != nil || len(got) != 0 || client.Requests() != 3 {
		t.Errorf("of no names: %v, %v", got, err)
	}
}

// recorder records what a handler writes.
type recorder struct {
	http.ResponseWriter
	body strings.Builder
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// A key that may not read values makes no claim about them.
func TestAKeyThatMayNotRead(t *testing.T) {
	for name, prepare := range map[string]func(*blockstest.Fake){
		"refused": func(f *blockstest.Fake) { f.Inject(faults.Match{Field: blockstest.Values}, faults.Fault{Status: 403}) },
		"hidden":  func(f *blockstest.Fake) { f.HidesValues = true },
	} {
		fake := blockstest.New()
		fake.Set("a", quoted(canary))
		prepare(fake)
		client := newClient(t, fake)
		if got, err := client.Unchanged(t.Context(), []prefect.NamedValue{secret("a", canary)}); err != nil || len(got) != 0 {
			t.Errorf("%s: unchanged: %v, %v", name, got, err)
		}
		_, unreadable, err := client.GetFlowValues(t.Context(), []string{"a"})
		if !errors.Is(err, prefect.ErrForbidden) && (err != nil || !slices.Equal(unreadable, []string{"a"})) {
			t.Errorf("%s: unreadable: %q, %v", name, unreadable, err)
		}
	}
}

// A server that cannot compare values at all ends the plan, which would be wrong without.
func TestAServerThatFailsOnValues(t *testing.T) {
	fake := blockstest.New()
	fake.Set("a", quoted(canary))
	fake.Inject(faults.Match{Field: blockstest.Values}, faults.Fault{Status: 500})
	const failed = ": the API is not available: Internal Server Error (HTTP 500): try again later, and see the server's log"
	client := newClient(t, fake)
	if got, err := client.Unchanged(t.Context(), []prefect.NamedValue{secret("a", canary)}); got != nil || fmt.Sprint(err) != "comparing values"+failed || !prefect.Retryable(err) {
		t.Errorf("%v, %v", got, err)
	}
	if _, _, err := client.GetFlowValues(t.Context(), []string{"a"}); fmt.Sprint(err) != "reading values back"+failed {
		t.Error(err)
	}
}

// Of a value that a server hides, or a part of it, nothing is known: it is neither
// unchanged nor different. Those beside it are compared.
func TestValuesThatAreHiddenInPart(t *testing.T) {
	for what, shown := range map[string]string{
		"eight asterisks":     `"********"`,
		"a part of an object": `{"user":"u","password":"********"}`,
		"deep in an object":   `{"a":[{"b":["x", "********"]}]}`,
		"null":                `null`,
		"no value":            ``,
		"no block":            "-",
	} {
		client := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rows := []string{fmt.Sprintf(`{"id":%q,"name":"b","data":{"value":"v"}}`, id)}
			data := "{}"
			if shown != "" {
				data = `{"value":` + shown + `}`
			}
			if shown != "-" {
				rows = append(rows, fmt.Sprintf(`{"id":%q,"name":"a","data":%s}`, strings.Replace(id, "9", "8", 1), data))
			}
			answerJSON(200, "["+strings.Join(rows, ",")+"]")(w, r)
		}))
		same, err := client.Unchanged(t.Context(), []prefect.NamedValue{secret("a", canary), secret("b", "v")})
		if diff := cmp.Diff([]string{"b"}, same); err != nil || diff != "" {
			t.Errorf("%s: %v, unchanged: %s", what, err, diff)
		}
		values, unreadable, err := client.GetFlowValues(t.Context(), []string{"a", "b"})
		if diff := cmp.Diff([]string{"a"}, unreadable); err != nil || values["b"] != "v" || diff != "" {
			t.Errorf("%s: %v, unreadable: %s", what, err, diff)
		}
	}
}

// A value that only has asterisks, or looks like a masked one, is compared like any other.
func TestValuesWithAsterisks(t *testing.T) {
	for _, text := range []string{
		"****", "*******", "*********", "********x", "x********", "****3f9a", "pass****word", `"********`, `"********"`,
		"{\"password\": \"********\"}", "a\n****\nb", strings.Repeat("*", 300),
	} {
		fake := blockstest.New()
		fake.Set("same", quoted(text))
		fake.Set("other", quoted(text))
		client := newClient(t, fake)
		same, err := client.Unchanged(t.Context(), []prefect.NamedValue{secret("same", text), secret("other", text+"!")})
		if diff := cmp.Diff([]string{"same"}, same); err != nil || diff != "" {
			t.Errorf("%s: %v, unchanged: %s", text, err, diff)
		}
		values, unreadable, err := client.GetFlowValues(t.Context(), []string{"same"})
		if err != nil || len(unreadable) > 0 || len(values) != 1 {
			t.Errorf("%s: %d values, unreadable: %q, %v", text, len(values), unreadable, err)
		}
	}
	client := newClient(t, http.HandlerFunc(answerJSON(200, `[{"id":"`+id+`","name":"a","data":{"value":{"a":["****", "x********"]}}}]`)))
	if _, unreadable, err := client.GetFlowValues(t.Context(), []string{"a"}); err != nil || len(unreadable) > 0 {
		t.Errorf("an object: unreadable: %q, %v", unreadable, err)
	}
}

// What get() returns is from the table of what 3.9.1 and 2.20.27 return.
func TestFlowValues(t *testing.T) {
	deep := strings.Repeat("[", 2000)
	type want struct{ in3, in2 any } // nil if no flow can load it; null is in null
	null := json.RawMessage("null")
	for stored, want := range map[string]want{
		`"text"`:         {"text", "text"},
		`""`:             {"", ""},
		`"123456"`:       {json.Number("123456"), "123456"},
		`"{\"a\": 1}"`:   {map[string]any{"a": json.Number("1")}, `{"a": 1}`},
		`"\"123456\""`:   {"123456", `"123456"`},
		`"null"`:         {null, "null"},
		`"1e5"`:          {json.Number("1e5"), "1e5"},
		`"-Infinity"`:    {math.Inf(-1), "-Infinity"},
		`"` + deep + `"`: {nil, deep},
		`42`:             {json.Number("42"), "42"},
		`true`:           {true, "True"},
		`false`:          {false, "False"},
		`{"a": 1}`:       {map[string]any{"a": json.Number("1")}, nil},
		`[1]`:            {[]any{json.Number("1")}, nil},
	} {
		fake := blockstest.New()
		fake.Set("a", stored)
		for reader, want := range map[string]any{blocks.Reader3: want.in3, blocks.Reader2: want.in2} {
			client := mustNew(t, blocks.Config{URL: "http://localhost/api", Reader: reader, Transport: cloud.Transport(fake)})
			got, _, err := client.GetFlowValues(t.Context(), []string{"a", "missing"})
			value, ok := got["a"]
			if _, isNull := want.(json.RawMessage); isNull {
				ok, want = !ok, nil // the value is nil, and is there
			}
			if diff := cmp.Diff(want, value); err != nil || diff != "" || ok != (want != nil) || len(got) > 1 {
				t.Errorf("reader %s of %.20s: %v, %v: %s", reader, stored, err, ok, diff)
			}
		}
	}
}

// An answer that is too large is asked for in parts; a value that is too large alone is
// not compared.
func TestLargeValuesAreReadInParts(t *testing.T) {
	large := quoted(strings.Repeat("x", 20<<10))
	fake := blockstest.New()
	client := newClient(t, fake)
	client.SetMaxAnswer(64 << 10)
	var names []string
	for i := range 6 {
		name := fmt.Sprintf("n%d", i)
		fake.Set(name, large)
		names = append(names, name)
	}
	got, _, err := client.GetFlowValues(t.Context(), names)
	if err != nil || len(got) != 6 {
		t.Errorf("%d values: %v", len(got), err)
	}
}

func TestCheckValue(t *testing.T) {
	deep, long := strings.Repeat("[", 2000), strings.Repeat("1", 5000)
	for text, want := range map[string]struct{ in3, in2 bool }{
		"text": {true, true}, "": {true, true}, "123456": {true, true}, `{"a": 1}`: {true, true}, "NaN": {true, true},
		"********": {false, false}, `"********"`: {true, true}, "*********": {true, true},
		deep: {false, true}, long: {false, true},
	} {
		for reader, want := range map[string]bool{blocks.Reader3: want.in3, blocks.Reader2: want.in2} {
			client := mustNew(t, blocks.Config{URL: "http://localhost/api", Reader: reader})
			if err := client.CheckValue(prefect.TextValue(text)); (err == nil) != want {
				t.Errorf("reader %s of %.20q: %v", reader, text, err)
			}
		}
	}
	client := mustNew(t, blocks.Config{URL: "http://localhost/api"})
	for _, raw := range []string{`{"a":1}`, `1`, `null`, `"\ud800"`} {
		value, err := prefect.NewValue(json.RawMessage(raw))
		if err != nil || client.CheckValue(value) == nil {
			t.Errorf("%s is taken: %v", raw, err)
		}
	}
}

func TestServerNotes(t *testing.T) {
	for version, want := range map[string][]string{
		"":                        {"the server runs Prefect 3.9.1"},
		"3.0.0rc1":                {"the server runs Prefect 3.0.0rc1"},
		"2.20.27":                 {"the server runs Prefect 2.20.27", `reader is "3", but the server runs Prefect 2: set reader = "2" if the flows run Prefect 2`},
		"::error::" + canary:      nil,
		"3.9.1\x1b[2J":            nil,
		strings.Repeat("3.9", 99): nil,
	} {
		fake := blockstest.New()
		fake.Version = version
		overview, err := newClient(t, fake).GetOverview(t.Context(), nil)
		if diff := cmp.Diff(want, overview.Notes); err != nil || diff != "" {
			t.Errorf("%.20q: %v: %s", version, err, diff)
		}
	}
}
