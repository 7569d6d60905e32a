package server

import (
	"fmt"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// slugs are the tenants' slugs, by id.
type slugs struct {
	atomic.Pointer[map[string]string]
}

func (s *slugs) of(id string) string { return (*s.Load())[id] }

// parseKeys reads a keys file and checks it against the flags.
func (s *Server) parseKeys(text []byte) (*keysfile.Keyring, error) {
	k, err := keysfile.Parse(s.config.KeysFile, text)
	if err != nil {
		return nil, err
	}
	if s.config.URL != "" {
		k.URL = s.config.URL
	}
	if len(k.GitHub) > 0 && k.URL == "" {
		return nil, fmt.Errorf("%s: [[github]] needs the URL of this server, the audience of its tokens: add url = \"https://…\" at the top, or pass --url", s.config.KeysFile)
	}
	return k, nil
}

// replaceKeys replaces tenants, keys and mappings by those of a keys file.
func (s *Server) replaceKeys(text []byte) error {
	keyring, err := s.parseKeys(text)
	if err != nil {
		return err
	}
	if err := s.api.SetKeyring(keyring.Tenants, keyring.Keys); err != nil {
		return fmt.Errorf("%s: %w", s.config.KeysFile, err)
	}
	s.useKeyring(keyring)
	return nil
}

// useKeyring is called once the API has the keyring's tenants and keys.
func (s *Server) useKeyring(k *keysfile.Keyring) {
	s.github.use(k.URL, k.GitHub)
	slugs := map[string]string{}
	for _, t := range k.Tenants {
		slugs[t.ID] = t.Slug
	}
	s.slugs.Store(&slugs)
	if names := k.Expired(s.config.Now()); len(names) > 0 {
		s.config.Log.Warn("keys have expired", "names", names)
	}
	s.config.Log.Info("keys are in use", "keys", len(k.Keys), "tenants", len(k.Tenants), "github", len(k.GitHub))
}
