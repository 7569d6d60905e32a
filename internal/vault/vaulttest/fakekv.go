package vaulttest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// defaultMaxVersions is how many versions the KV engine keeps by default.
const defaultMaxVersions = 10

func (f *Fake) write(w http.ResponseWriter, r *http.Request, path string) {
	var in struct {
		Data    json.RawMessage
		Options struct{ CAS *int }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Data) == 0 {
		writeErrors(w, http.StatusBadRequest, "no data provided")
		return
	}
	current := 0
	if s := f.secrets[path]; s != nil {
		current = s.current
	}
	switch {
	case in.Options.CAS == nil && f.cas:
		writeErrors(w, http.StatusBadRequest, "check-and-set parameter required for this call")
	case in.Options.CAS != nil && *in.Options.CAS != current:
		writeErrors(w, http.StatusBadRequest, "check-and-set parameter did not match the current version")
	default:
		writeJSON(w, http.StatusOK, map[string]any{"data": f.put(path, in.Data)})
	}
}

func (f *Fake) put(path string, data json.RawMessage) map[string]any {
	s := f.secrets[path]
	if s == nil {
		s = &secret{versions: map[int]version{}}
		f.secrets[path] = s
	}
	s.current++
	s.versions[s.current] = version{data: data, created: time.Now()}
	limit := s.maxVersions
	if limit == 0 {
		limit = defaultMaxVersions
	}
	for n := s.current - limit; s.versions[n].data != nil; n-- {
		delete(s.versions, n)
	}
	return s.metadata()
}

func (s *secret) metadata() map[string]any {
	v := s.versions[s.current]
	return map[string]any{"version": s.current, "created_time": v.created.UTC().Format(time.RFC3339Nano), "destroyed": false}
}

func (f *Fake) read(w http.ResponseWriter, path string) {
	s := f.secrets[path]
	if s == nil || s.current == 0 {
		writeErrors(w, http.StatusNotFound)
		return
	}
	v := s.versions[s.current]
	if v.deleted {
		writeJSON(w, http.StatusNotFound, map[string]any{"data": map[string]any{"data": nil, "metadata": s.metadata()}})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": map[string]any{"data": v.data, "metadata": s.metadata()}})
}

func (f *Fake) limit(w http.ResponseWriter, r *http.Request, path string) {
	var in struct {
		Max int `json:"max_versions"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		writeErrors(w, http.StatusBadRequest, "failed to parse JSON input")
		return
	}
	if f.secrets[path] == nil {
		f.secrets[path] = &secret{versions: map[int]version{}}
	}
	f.secrets[path].maxVersions = in.Max
	w.WriteHeader(http.StatusNoContent)
}

func (f *Fake) list(w http.ResponseWriter, folder string) {
	var keys []string
	for path := range f.secrets {
		if rest, ok := strings.CutPrefix(path, folder+"/"); ok {
			if segment, _, below := strings.Cut(rest, "/"); below {
				rest = segment + "/"
			}
			keys = append(keys, rest)
		}
	}
	if keys == nil {
		writeErrors(w, http.StatusNotFound)
		return
	}
	slices.Sort(keys)
	writeJSON(w, http.StatusOK, map[string]any{"data": map[string]any{"keys": slices.Compact(keys)}})
}
