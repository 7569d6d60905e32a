package prefect

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/shurcooL/graphql"
)

// variable is a variable of a document. The library derives its GraphQL type from the type
// of its value.
type variable struct {
	name  string
	value any
}

// write is the method of the GraphQL library that writes a document, as a query or as a
// mutation.
type write func(client *graphql.Client, ctx context.Context, document any, variables map[string]any) error

// written caches what the library writes for a type of document, as a JSON string. The type
// says what variables the document has, and whether it is a mutation.
var written sync.Map // reflect.Type → json.RawMessage

// textOfDocument returns the text of a document, as a JSON string.
func textOfDocument(write write, document any, variables []variable) (json.RawMessage, error) {
	t := reflect.TypeOf(document)
	if text, ok := written.Load(t); ok {
		return text.(json.RawMessage), nil
	}
	var w writer
	client := graphql.NewClient("http://localhost/", &http.Client{Transport: &w})
	byName := map[string]any{}
	for _, v := range variables {
		byName[v.name] = v.value
	}
	if err := write(client, context.Background(), document, byName); err != nil {
		return nil, err
	}
	written.Store(t, w.text)
	return w.text, nil
}

// writer is a transport that sends nothing. It keeps the document of the request, because
// the library has no function that returns it, and answers that there is no data.
type writer struct{ text json.RawMessage }

// RoundTrip implements [http.RoundTripper].
func (w *writer) RoundTrip(req *http.Request) (*http.Response, error) {
	var body struct {
		Query json.RawMessage `json:"query"`
	}
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
		return nil, err
	}
	w.text = body.Query
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}")), Request: req}, nil
}

// bytesPerVariable is about what a variable takes in a body.
const bytesPerVariable = 64

// bodyOf returns the body of a request for a document.
func bodyOf(write write, document any, variables []variable) ([]byte, error) {
	text, err := textOfDocument(write, document, variables)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(len(`{"query":,"variables":}`) + len(text) + bytesPerVariable*(1+len(variables)))
	values := json.NewEncoder(&b)
	b.WriteString(`{"query":`)
	b.Write(text)
	before := `,"variables":{`
	for _, v := range variables {
		b.WriteString(before)
		before = ","
		b.WriteString(`"` + v.name + `":`)
		if err := values.Encode(v.value); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - len("\n"))
	}
	if len(variables) > 0 {
		b.WriteString("}")
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}
