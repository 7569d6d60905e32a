package upstream

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// owner is where a request is answered.
type owner int

const (
	// ownerAPI owns requests with fields of the secrets API, and all that are not
	// understood: those are not forwarded.
	ownerAPI owner = iota
	// ownerUpstream owns requests without any.
	ownerUpstream
	// ownerBoth is for requests that mix the two, which are refused.
	ownerBoth
)

// isUncompressedJSON reports whether the headers declare the body as uncompressed JSON in
// UTF-8, so that no other reader finds another document in its bytes.
func isUncompressedJSON(h http.Header) bool {
	if len(h["Content-Encoding"]) > 0 || len(h["Content-Type"]) != 1 {
		return false
	}
	media, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, named := parameters["charset"]
	return err == nil && media == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

// classify returns who owns a body, and the fields of the secrets API that it names.
func classify(body []byte) (o owner, apiFields []string) {
	list, ok := documents(body)
	if !ok {
		return ownerAPI, nil
	}
	hasOthers := false
	for _, document := range list {
		names, ok := graphql.TopFields(document)
		if !ok || len(names) == 0 {
			return ownerAPI, nil
		}
		for _, name := range names {
			switch {
			case cloud.Owns(name):
				apiFields = append(apiFields, name)
			case !strings.HasPrefix(name, "__"):
				hasOthers = true
			}
		}
	}
	switch {
	case !hasOthers:
		return ownerAPI, apiFields
	case len(apiFields) > 0:
		return ownerBoth, apiFields
	}
	return ownerUpstream, nil
}

// documents returns the GraphQL documents of a body: of one request, or of each in an
// array. Keys match exactly, and the last of equal keys wins, as in JavaScript; decoded
// into a struct, "Query" would match "query".
func documents(body []byte) ([]string, bool) {
	var requests []json.RawMessage
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		requests = append(requests, body)
	} else if json.Unmarshal(body, &requests) != nil {
		return nil, false
	}
	if !utf8.Valid(body) || len(requests) > cloud.MaxBatch {
		return nil, false
	}
	out := make([]string, len(requests))
	for i, text := range requests {
		var request map[string]json.RawMessage
		if json.Unmarshal(text, &request) != nil || json.Unmarshal(request["query"], &out[i]) != nil {
			return nil, false
		}
	}
	return out, true
}
