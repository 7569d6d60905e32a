package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// What the KV engine says of a write with check-and-set (path_data.go).
var (
	errCASMismatch = errors.New("somebody else wrote in between")
	errCASRequired = errors.New("the mount demands check-and-set")
)

const (
	msgCASMismatch = "check-and-set parameter did not match"
	msgCASRequired = "check-and-set parameter required"
	msgNoRoute     = "no handler for route"
)

func (s *Store) dataPath(place string) string     { return s.config.Mount + "/data/" + place }
func (s *Store) metadataPath(place string) string { return s.config.Mount + "/metadata/" + place }

// read gets the current version of a secret.
func (s *Store) read(ctx context.Context, place string) (storedSecret, error) {
	a, err := s.do(ctx, request{method: http.MethodGet, path: s.dataPath(place), needs: "read", missing: true})
	if err != nil {
		return storedSecret{}, err
	}
	var body struct {
		Data struct {
			Data     *document
			Metadata struct {
				Version int       `json:"version"`
				Created time.Time `json:"created_time"`
			}
		}
	}
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &body); err != nil {
			return storedSecret{}, s.foreignError(place)
		}
	}
	out := storedSecret{exists: a.status == http.StatusOK, version: body.Data.Metadata.Version, created: body.Data.Metadata.Created}
	if !out.exists {
		return out, nil
	}
	if body.Data.Data == nil || body.Data.Data.Value == nil || out.version == 0 {
		return storedSecret{}, s.foreignError(place)
	}
	out.doc = *body.Data.Data
	return out, nil
}

// foreign is the error for a secret that this package has not written.
func (s *Store) foreignError(place string) error {
	return fmt.Errorf("the secret at %q in vault is not of this store's making: it needs the field value, a text that holds JSON, on a KV mount of version 2", s.dataPath(place))
}

// write makes a new version, with cas only if that is the current version. Again
// tells that the request was sent more than once.
func (s *Store) write(ctx context.Context, place string, doc document, cas *int) (again bool, err error) {
	type options struct {
		CAS int `json:"cas"`
	}
	in := struct {
		Data    document `json:"data"`
		Options *options `json:"options,omitempty"`
	}{Data: doc}
	if cas != nil {
		in.Options = &options{*cas}
	}
	a, err := s.do(ctx, request{method: http.MethodPut, path: s.dataPath(place), body: in, needs: "create and update"})
	if err != nil {
		return a.sent > 1, err
	}
	var out struct {
		Data struct{ Version int }
	}
	if json.Unmarshal(a.body, &out) != nil || out.Data.Version == 0 {
		return false, fmt.Errorf("the mount %q of vault gave no version for what it was sent: it must be a KV engine of version 2", s.config.Mount)
	}
	if out.Data.Version == 1 && s.config.MaxVersions > 0 {
		return false, s.limitVersions(ctx, place)
	}
	return false, nil
}

func (s *Store) limitVersions(ctx context.Context, place string) error {
	in := map[string]int{"max_versions": s.config.MaxVersions}
	_, err := s.do(ctx, request{method: http.MethodPut, path: s.metadataPath(place), body: in, needs: "create and update"})
	return err
}

// list gives what is in a folder, folders with a slash at their end.
func (s *Store) list(ctx context.Context, folder string) ([]string, error) {
	a, err := s.do(ctx, request{method: methodList, path: s.metadataPath(strings.TrimSuffix(folder, "/")), needs: "list", missing: true})
	if err != nil || a.status == http.StatusNotFound {
		return nil, err
	}
	var body struct {
		Data struct{ Keys keys }
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		return nil, fmt.Errorf("vault's list of %q is not readable", s.metadataPath(folder))
	}
	return body.Data.Keys, nil
}
