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
	var body struct {
		Data struct {
			Data     *document
			Metadata struct {
				Version int       `json:"version"`
				Created time.Time `json:"created_time"`
			}
		}
	}
	if len(resp.body) > 0 {
		if err := json.Unmarshal(resp.body, &body); err != nil {
			return storedSecret{}, s.foreignError(path)
		}
	}
	stored := storedSecret{
		exists:  resp.status == http.StatusOK,
		version: body.Data.Metadata.Version, created: body.Data.Metadata.Created,
	}
	if !stored.exists {
		return stored, nil
	}
	if body.Data.Data == nil || body.Data.Data.Value == nil || stored.version == 0 {
		return storedSecret{}, s.foreignError(path)
	}
	stored.doc = *body.Data.Data
	return stored, nil
}

// foreignError returns the error for a secret that this package did not write.
func (s *Store) foreignError(path string) error {
	return fmt.Errorf("the secret at %q in Vault is not in this store's format: "+
		"it needs the field value, a string that holds JSON, on a KV mount of version 2", s.dataPath(path))
}

// write writes a new version. If cas is not nil, it does so only if *cas is the current
// version. Resent reports whether a failed write was sent more than once.
func (s *Store) write(ctx context.Context, path string, doc document, cas *int) (resent bool, err error) {
	type options struct {
		CAS int `json:"cas"`
	}
	body := struct {
		Data    document `json:"data"`
		Options *options `json:"options,omitempty"`
	}{Data: doc}
	if cas != nil {
		body.Options = &options{*cas}
	}
	resp, err := s.do(ctx, request{method: http.MethodPut, path: s.dataPath(path), body: body, needs: "create and update"})
	if err != nil {
		return resp.sent > 1, err
	}
	var written struct {
		Data struct{ Version int }
	}
	if json.Unmarshal(resp.body, &written) != nil || written.Data.Version == 0 {
		return false, fmt.Errorf(
			"the mount %q of Vault returned no version for a write: it must be a KV engine of version 2", s.config.Mount)
	}
	if written.Data.Version == 1 && s.config.MaxVersions > 0 {
		return false, s.limitVersions(ctx, path)
	}
	return false, nil
}

func (s *Store) limitVersions(ctx context.Context, path string) error {
	body := map[string]int{"max_versions": s.config.MaxVersions}
	_, err := s.do(ctx, request{method: http.MethodPut, path: s.metadataPath(path), body: body, needs: "create and update"})
	return err
}

// list returns the names in a folder; those of folders end in a slash.
func (s *Store) list(ctx context.Context, folder string) ([]string, error) {
	path := s.metadataPath(strings.TrimSuffix(folder, "/"))
	resp, err := s.do(ctx, request{method: methodList, path: path, needs: "list", allowMissing: true})
	if err != nil || resp.status == http.StatusNotFound {
		return nil, err
	}
	keys, err := parseKeys(resp.body)
	if err != nil {
		return nil, fmt.Errorf("cannot read Vault's list of %q", s.metadataPath(folder))
	}
	return keys, nil
}
