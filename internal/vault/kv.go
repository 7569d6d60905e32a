package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// Errors of a write with check-and-set.
var (
	errCASMismatch = errors.New("somebody else wrote in between")
	errCASRequired = errors.New("the mount requires check-and-set")
)

// Messages of the KV engine (path_data.go), and of Vault for an unknown mount.
const (
	msgCASMismatch = "check-and-set parameter did not match"
	msgCASRequired = "check-and-set parameter required"
	msgNoRoute     = "no handler for route"
)

func (s *Store) dataPath(path string) string     { return s.config.Mount + "/data/" + path }
func (s *Store) metadataPath(path string) string { return s.config.Mount + "/metadata/" + path }

// read reads the current version of a secret.
func (s *Store) read(ctx context.Context, path string) (storedSecret, error) {
	resp, err := s.do(ctx, request{method: http.MethodGet, path: s.dataPath(path), needs: "read", allowMissing: true})
	if err != nil {
		return storedSecret{}, err
	}
	stored, ok := parseStored(resp.body)
	if stored.exists = resp.status == http.StatusOK; !stored.exists && (ok || len(resp.body) == 0) {
		return stored, nil // deleted, or never written
	}
	if !ok || stored.doc.Value == nil || stored.version == 0 {
		return storedSecret{}, s.foreignError(path)
	}
	return stored, nil
}

// parseStored parses the answer to a read. The version is 0 if it has none. It reports
// false if something is not what this package and the KV engine write.
func parseStored(text []byte) (stored storedSecret, ok bool) {
	if !json.Valid(text) {
		return stored, false
	}
	data := member(text, "data")
	metadata := member(data, "metadata")
	stored.version = number(member(metadata, "version"))
	if created := member(metadata, "created_time"); created != nil && stored.created.UnmarshalJSON(created) != nil {
		return stored, false
	}
	doc := member(data, "data")
	return stored, doc == nil || json.Unmarshal(doc, &stored.doc) == nil
}

// parseVersion returns the version in the answer to a write, and 0 if it has none.
func parseVersion(text []byte) int {
	if !json.Valid(text) {
		return 0
	}
	return number(member(member(text, "data"), "version"))
}

// member returns a member of valid JSON. It returns nil if that is nil or no object, or
// has no such member.
func member(text []byte, name string) (value []byte) {
	c := rawjson.Cursor{Text: text}
	if text == nil || c.Peek() != '{' {
		return nil
	}
	c.Members(func(key []byte) {
		if v := c.Skip(); string(key) == name {
			value = v
		}
	})
	return value
}

// number returns a positive number, and 0 for anything else.
func number(text []byte) int {
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return 0
	}
	return max(0, n)
}

// foreignError returns the error for a secret that this package did not write.
func (s *Store) foreignError(path string) error {
	return fmt.Errorf("the secret at %q in Vault is not in this store's format: "+
		"it needs the field value, a string that holds JSON, on a KV mount of version 2", s.dataPath(path))
}

// write writes a new version. If cas is not nil, it does so only if *cas is the current
// version. Resent reports whether a failed write was sent more than once.
func (s *Store) write(ctx context.Context, path string, doc document, cas *int) (resent bool, err error) {
	resp, err := s.do(ctx, request{
		method: http.MethodPut, path: s.dataPath(path), body: doc.appendWrite(nil, cas), needs: "create and update",
	})
	if err != nil {
		return resp.sent > 1, err
	}
	version := parseVersion(resp.body)
	if version == 0 {
		return false, fmt.Errorf(
			"the mount %q of Vault returned no version for a write: it must be a KV engine of version 2", s.config.Mount)
	}
	if version == 1 && s.config.MaxVersions > 0 {
		return false, s.limitVersions(ctx, path)
	}
	return false, nil
}

// appendWrite appends the body of a write.
func (d document) appendWrite(dst []byte, cas *int) []byte {
	dst = slices.Grow(dst, len(*d.Value)+len(*d.Value)/8+len(d.Writer)+64)
	dst = rawjson.AppendString(append(dst, `{"data":{"value":`...), *d.Value)
	dst = append(rawjson.AppendString(append(dst, `,"writer":`...), d.Writer), '}')
	if cas != nil {
		dst = append(strconv.AppendInt(append(dst, `,"options":{"cas":`...), int64(*cas), 10), '}')
	}
	return append(dst, '}')
}

func (s *Store) limitVersions(ctx context.Context, path string) error {
	body := fmt.Appendf(nil, `{"max_versions":%d}`, s.config.MaxVersions)
	_, err := s.do(ctx, request{method: http.MethodPut, path: s.metadataPath(path), body: body, needs: "create and update"})
	return err
}

// lists has buffers that grew to the size of a list, so that the next one does not grow.
var lists = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// list returns the names in a folder; those of folders end in a slash.
func (s *Store) list(ctx context.Context, folder string) ([]string, error) {
	path := s.metadataPath(strings.TrimSuffix(folder, "/"))
	text := lists.Get().(*bytes.Buffer)
	defer lists.Put(text)
	resp, err := s.do(ctx, request{method: methodList, path: path, needs: "list", allowMissing: true, into: text})
	if err != nil || resp.status == http.StatusNotFound {
		return nil, err
	}
	keys, err := parseKeys(resp.body)
	if err != nil {
		return nil, fmt.Errorf("cannot read Vault's list of %q", s.metadataPath(folder))
	}
	return keys, nil
}
