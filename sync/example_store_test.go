package sync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// memory is a store in a map. It knows who wrote each secret, and which values it has.
type memory struct {
	key string // that writes

	mu      sync.Mutex
	values  map[string][]byte // JSON by name
	writers map[string]string // by name
}

var (
	_ secretsync.Store       = (*memory)(nil)
	_ secretsync.Comparer    = (*memory)(nil)
	_ secretsync.OwnerGetter = (*memory)(nil)
	_ secretsync.Reader      = (*memory)(nil)
)

func newMemory(key string) *memory {
	return &memory{key: key, values: map[string][]byte{}, writers: map[string]string{}}
}

func (m *memory) ListSecrets(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.values)), nil
}

// GetOverview returns the names and the key's own: this store has no roles.
func (m *memory) GetOverview(ctx context.Context, _ []string) (prefect.Overview, error) {
	names, err := m.ListSecrets(ctx)
	return prefect.Overview{Names: names, Access: prefect.Access{Key: m.key}}, err
}

// BatchLen puts each secret into a call of its own.
func (m *memory) BatchLen([]prefect.NamedValue) int { return 1 }

func (m *memory) SetSecrets(_ context.Context, secrets []prefect.NamedValue, ask prefect.Ask) []prefect.MutationResult {
	results := make([]prefect.MutationResult, len(secrets))
	for i, secret := range secrets {
		results[i] = m.change(secret.Name, ask, func() {
			m.values[secret.Name], m.writers[secret.Name] = secret.Value.Reveal(), m.key
		})
	}
	return results
}

func (m *memory) DeleteSecrets(_ context.Context, names []string, ask prefect.Ask) []prefect.MutationResult {
	results := make([]prefect.MutationResult, len(names))
	for i, name := range names {
		results[i] = m.change(name, ask, func() { delete(m.values, name) })
	}
	return results
}

// change makes one change through ask, which waits for its turn, and fails once the run
// is stopped.
func (m *memory) change(name string, ask prefect.Ask, change func()) prefect.MutationResult {
	err := ask(func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		change()
		return nil
	})
	return prefect.MutationResult{Name: name, Changed: true, Err: err}
}

// Unchanged lets a plan show what need not be written.
func (m *memory) Unchanged(_ context.Context, secrets []prefect.NamedValue) (names []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, secret := range secrets {
		if bytes.Equal(m.values[secret.Name], secret.Value.Reveal()) {
			names = append(names, secret.Name)
		}
	}
	return names, nil
}

// GetOwners keeps pruning from deleting what another key wrote.
func (m *memory) GetOwners(_ context.Context, names []string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	owners := map[string]string{}
	for _, name := range names {
		if _, ok := m.values[name]; ok {
			owners[name] = m.writers[name]
		}
	}
	return owners, nil
}

// GetAccess says nothing: every key may read everything here.
func (m *memory) GetAccess(context.Context, []string) (prefect.Access, error) {
	return prefect.Access{}, nil
}

// GetFlowValue gives a flow the text of a JSON string, or else what the JSON is.
func (m *memory) GetFlowValue(_ context.Context, name string) (value any, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, ok := m.values[name]
	if !ok {
		return nil, prefect.ErrNotFound
	}
	decoder := json.NewDecoder(bytes.NewReader(stored))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// A store of one's own is written to like any other. What it can do besides is an
// interface each.
func ExampleStore() {
	source, err := secretsync.ParseSecrets("secrets", []byte(`{"DB_PASSWORD": "a password", "SLACK_URL": "https://hooks.example.com"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	store := newMemory("ci")
	run := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: store, Reader: store}
	for range 2 {
		done, err := run.Sync(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		result := done.Tenants[0]
		fmt.Println(result.Plan.Count(secretsync.Overwrite), "to overwrite,", result.Plan.Count(secretsync.Keep), "to keep;", result.Report.Done(), "done")
	}

	run.NoCompare = true // for somebody who may not learn which values the store has
	planned, err := run.Plan(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(planned.Plans()[0].Count(secretsync.Overwrite), "to overwrite")
	// Output:
	// 0 to overwrite, 0 to keep; 2 done
	// 0 to overwrite, 2 to keep; 0 done
	// 2 to overwrite
}
