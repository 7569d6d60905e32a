package server

import (
	"fmt"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// slugs are those of the tenants, by id.
type slugs struct {
	atomic.Pointer[map[string]string]
}

func (s *slugs) of(id string) string { return (*s.Load())[id] }

// parse reads a keys file and what has to hold between it and the flags.
func (s *Server) parse(text []byte) (*keysfile.Access, error) {
	a, err := keysfile.Parse(s.config.KeysFile, text)
	if err != nil {
		return nil, err
	}
	if s.config.URL != "" {
		a.URL = s.config.URL
	}
	if len(a.GitHub) > 0 && a.URL == "" {
		return nil, fmt.Errorf("%s: [[github]] needs the URL of this server, which its tokens are for: add url = \"https://…\" at the top, or give --url", s.config.KeysFile)
	}
	return a, nil
}

// admit takes what a keys file says now in place of what it said before.
func (s *Server) admit(text []byte) error {
	access, err := s.parse(text)
	if err != nil {
		return err
	}
	if err := s.api.SetKeyring(access.Tenants, access.Keys); err != nil {
		return fmt.Errorf("%s: %w", s.config.KeysFile, err)
	}
	s.admitted(access)
	return nil
}

func (s *Server) admitted(a *keysfile.Access) {
	s.github.admit(a.URL, a.GitHub)
	slugs := map[string]string{}
	for _, t := range a.Tenants {
		slugs[t.ID] = t.Slug
	}
	s.slugs.Store(&slugs)
	if names := a.Expired(s.config.Now()); len(names) > 0 {
		s.config.Log.Warn("keys have expired", "names", names)
	}
	s.config.Log.Info("keys are in use", "keys", len(a.Keys), "tenants", len(a.Tenants), "github", len(a.GitHub))
}
