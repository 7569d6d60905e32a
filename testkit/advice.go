package testkit

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
)

// What a client of the fake adds to the API's message when its key may not do what
// was asked.
const (
	adviceToRead  = "; this is testkit's admin key, which may not read values: use Cloud.RunnerClient or Cloud.Context"
	adviceToWrite = "; this is testkit's runner key, which may only read: use Cloud.AdminClient"
)

// adviser adds advice to answers that hold the code FORBIDDEN. It is in the client,
// because the fake's answers are to be those of Prefect's API.
type adviser struct {
	next http.RoundTripper
	fake *fake.Fake
	key  string
}

// withAdvice returns next, with advice for the keys that every fake has.
func (c *Cloud) withAdvice(key string, next http.RoundTripper) http.RoundTripper {
	if key != AdminKey && key != RunnerKey {
		return next
	}
	return adviser{next, c.fake, key}
}

// RoundTrip implements [http.RoundTripper]. It reads no answer unless a call was
// forbidden meanwhile, this one or a concurrent one.
func (a adviser) RoundTrip(r *http.Request) (*http.Response, error) {
	before := a.fake.Forbidden()
	resp, err := a.next.RoundTrip(r)
	if err != nil || a.fake.Forbidden() == before || resp.ContentLength < 0 {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = a.advise(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// advise returns the body of an answer with advice in its messages.
func (a adviser) advise(body []byte) []byte {
	var answer struct {
		Errors []struct {
			Message    string          `json:"message"`
			Locations  json.RawMessage `json:"locations,omitempty"`
			Path       []any           `json:"path,omitempty"`
			Extensions struct {
				Code    string `json:"code,omitempty"`
				Refused string `json:"refused,omitempty"`
			} `json:"extensions"`
		} `json:"errors,omitempty"`
		Data json.RawMessage `json:"data,omitempty"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	for i, e := range answer.Errors {
		if e.Extensions.Code != "FORBIDDEN" || len(e.Path) == 0 {
			continue
		}
		reads := e.Path[0] == "secretValue" || e.Path[0] == "secret_value"
		switch {
		case reads && a.key == AdminKey:
			answer.Errors[i].Message += adviceToRead
		case !reads && a.key == RunnerKey:
			answer.Errors[i].Message += adviceToWrite
		}
	}
	advised, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return advised
}
