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

// side is whose a request is.
type owner int

const (
	// ours is what the API answers, and all that cannot be told: nothing is passed on
	// that was not understood.
	ownerAPI owner = iota
	ownerUpstream
	ownerBoth
)

// plainBody reports whether the body is what its bytes say, so that no other reader
// finds another document in it: JSON in UTF-8 and uncompressed.
func isPlainJSON(h http.Header) bool {
	if len(h["Content-Encoding"]) > 0 || len(h["Content-Type"]) != 1 {
		return false
	}
	media, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, named := parameters["charset"]
	return err == nil && media == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

// classify tells whose a body is, and which of our fields it names.
func classify(body []byte) (whose owner, mine []string) {
	documents, ok := documents(body)
	if !ok {
		return ownerAPI, nil
	}
	others := false
	for _, document := range documents {
		names, ok := graphql.TopFields(document)
		if !ok || len(names) == 0 {
			return ownerAPI, nil
		}
		for _, name := range names {
			switch {
			case cloud.Owns(name):
				mine = append(mine, name)
			case !strings.HasPrefix(name, "__"):
				others = true
			}
		}
	}
	switch {
	case !others:
		return ownerAPI, mine
	case len(mine) > 0:
		return ownerBoth, mine
	}
	return ownerUpstream, nil
}

// queries are the GraphQL documents of a body: of one request, or of each in an array.
// Keys are compared exactly, and the last of several equal ones counts, as in
// JavaScript; a struct would take "Query" for "query".
func documents(body []byte) ([]string, bool) {
	var list []json.RawMessage
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		list = append(list, body)
	} else if json.Unmarshal(body, &list) != nil {
		return nil, false
	}
	if !utf8.Valid(body) || len(list) > cloud.MaxBatch {
		return nil, false
	}
	out := make([]string, len(list))
	for i, text := range list {
		var request map[string]json.RawMessage
		if json.Unmarshal(text, &request) != nil || json.Unmarshal(request["query"], &out[i]) != nil {
			return nil, false
		}
	}
	return out, true
}
