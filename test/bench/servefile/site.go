//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/test/bench/barebolt"
)

// site is what all builds share: a full store, keys, and a bare file that is as full.
type site struct {
	options
	key               filestore.Key
	keyFile, keysFile string
	admins, runners   []string // by tenant
	all               string   // an admin key of every tenant
	full              string
	barePath          string
	bareHTTPPath      string   // a copy, since only one process can have a file open
	documents         [][]byte // that set a hundred secrets, in order
	value             json.RawMessage
	sealed            []byte // as long as a sealed value
}

const sealedOverhead = 100 // bytes of nonces, tags and info in a record

func tenantID(i int) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", i) }

func secretName(i int) string { return fmt.Sprintf("SECRET_NAME_%05d", i) }

// secretNumber returns the number of a name that secretName made.
func secretNumber(name string) (int, error) {
	return strconv.Atoi(strings.TrimPrefix(name, "SECRET_NAME_"))
}

func newSite(o options) (*site, error) {
	s := &site{
		options: o, keyFile: filepath.Join(o.dir, "store.key"), keysFile: filepath.Join(o.dir, "keys.toml"),
		full: filepath.Join(o.dir, "full.db"), barePath: filepath.Join(o.dir, "bare.db"),
		value: json.RawMessage(`"` + strings.Repeat("v", 1022) + `"`), sealed: make([]byte, 1024+sealedOverhead),
	}
	text := filestore.NewKey()
	var err error
	if s.key, err = filestore.ParseKey(text); err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.keyFile, []byte(text+"\n"), 0o600); err != nil {
		return nil, err
	}
	if err := s.writeKeys(); err != nil {
		return nil, err
	}
	for i := range s.perTenant / inDocument {
		document, err := s.document(i * inDocument)
		if err != nil {
			return nil, err
		}
		s.documents = append(s.documents, document)
	}
	if err := s.fill(); err != nil {
		return nil, err
	}
	s.bareHTTPPath, err = s.copyFile(s.barePath, "bare-http.db")
	return s, err
}

// document returns a request that sets a hundred secrets, as a sync does.
func (s *site) document(first int) ([]byte, error) {
	var parameters, fields strings.Builder
	variables := map[string]any{}
	for i := range inDocument {
		fmt.Fprintf(&parameters, "$i%d:set_secret_input!,", i)
		fmt.Fprintf(&fields, "s%d:set_secret(input:$i%d){success} ", i, i)
		variables[fmt.Sprintf("i%d", i)] = map[string]any{"name": secretName(first + i), "value": s.value}
	}
	query := "mutation(" + parameters.String() + "){" + fields.String() + "}"
	return json.Marshal(map[string]any{"query": query, "variables": variables})
}

// writeKeys writes a keys file with an admin and a runner key for each tenant, and an
// admin key for all.
func (s *site) writeKeys() error {
	var file strings.Builder
	var tenants []cloud.Tenant
	add := func(name string, role cloud.Role, tenants ...cloud.Tenant) string {
		key := keysfile.NewKey()
		slugs := make([]string, len(tenants))
		for i, t := range tenants {
			slugs[i] = fmt.Sprintf("%q", t.Slug)
		}
		fmt.Fprintf(&file, "[[keys]]\nname = %q\nrole = %q\ntenants = [%s]\nhash = %q\n",
			name, role, strings.Join(slugs, ", "), keysfile.FormatHash(sha256.Sum256([]byte(key))))
		return key
	}
	for i := range s.tenants {
		tenants = append(tenants, cloud.Tenant{ID: tenantID(i), Slug: fmt.Sprintf("team-%d", i)})
		file.WriteString(keysfile.FormatTenant(tenants[i]))
	}
	for i, tenant := range tenants {
		s.admins = append(s.admins, add(fmt.Sprintf("admin-%d", i), cloud.Admin, tenant))
		s.runners = append(s.runners, add(fmt.Sprintf("runner-%d", i), cloud.Runner, tenant))
	}
	s.all = add("all", cloud.Admin, tenants...)
	return os.WriteFile(s.keysFile, []byte(file.String()), 0o600)
}

// fill writes every secret to the full store and to the bare file.
func (s *site) fill() error {
	store, err := filestore.Open(filestore.Config{Path: s.full, Key: s.key, Now: time.Now})
	if err != nil {
		return err
	}
	defer store.Close()
	bare, err := barebolt.Open(s.barePath)
	if err != nil {
		return err
	}
	defer bare.Close()
	return inParallel(512, s.tenants*s.perTenant, func(i int) error {
		tenant, name := tenantID(i/s.perTenant), secretName(i%s.perTenant)
		if i%2 == 0 { // both orders, so that neither file waits for the other
			if err := bare.Put(tenant, name, s.sealed); err != nil {
				return err
			}
		}
		if _, err := store.Set(context.Background(), tenant, name, s.value, "ci", false); err != nil {
			return err
		}
		if i%2 == 1 {
			return bare.Put(tenant, name, s.sealed)
		}
		return nil
	})
}

// copyFile copies a file to a name in the directory.
func (s *site) copyFile(path, name string) (string, error) {
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	path = filepath.Join(s.dir, name)
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer to.Close()
	if _, err := io.Copy(to, from); err != nil {
		return "", err
	}
	return path, to.Sync()
}

// inParallel calls do for each number below n, from so many goroutines, and returns an
// error of one of them.
func inParallel(goroutines, n int, do func(i int) error) error {
	var next atomic.Int64
	errs := make([]error, goroutines)
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && errs[g] == nil; i = int(next.Add(1)) - 1 {
				errs[g] = do(i)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
