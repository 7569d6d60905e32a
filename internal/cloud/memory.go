package cloud

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// Memory is a [Store] that ends with the process. Make it with [NewMemory].
type Memory struct {
	now func() time.Time

	mu      sync.RWMutex
	tenants map[string]map[string]*record
}

// record is never changed once stored; its value is the store's own copy.
type record struct {
	value json.RawMessage
	info  Info
}

var _ Store = (*Memory)(nil)

// Format writes no secret, whatever the verb.
func (*Memory) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "cloud.Memory") }

// NewMemory returns an empty store that takes the times of writes from now.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, tenants: map[string]map[string]*record{}}
}

// Set implements [Store].
func (m *Memory) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	if err := checkContext(ctx); err != nil {
		return false, err
	}
	updated := m.now().UTC()
	m.mu.Lock()
	defer m.mu.Unlock()
	old, exists := m.tenants[tenant][name]
	if compare && exists && subtle.ConstantTimeCompare(old.value, value) == 1 {
		return false, nil
	}
	if m.tenants[tenant] == nil {
		m.tenants[tenant] = map[string]*record{}
	}
	version := 1
	if exists {
		version = old.info.Version + 1
	}
	m.tenants[tenant][name] = &record{slices.Clone(value), Info{version, updated, writer}}
	return true, nil
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, tenant, name string) (json.RawMessage, error) {
	if err := checkContext(ctx); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.tenants[tenant][name]
	if !ok {
		return nil, fmt.Errorf("%q: %w", name, ErrNotFound)
	}
	return slices.Clone(r.value), nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, tenant, name string) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tenants[tenant], name)
	return nil
}

// Names implements [Store].
func (m *Memory) Names(ctx context.Context, tenant string) ([]string, error) {
	if err := checkContext(ctx); err != nil {
		return nil, err
	}
	m.mu.RLock()
	names := make([]string, 0, len(m.tenants[tenant]))
	for name := range m.tenants[tenant] {
		names = append(names, name)
	}
	m.mu.RUnlock()
	slices.Sort(names)
	return names, nil
}

// Info implements [Store].
func (m *Memory) Info(ctx context.Context, tenant string, names ...string) (map[string]Info, error) {
	if err := checkContext(ctx); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make(map[string]Info, len(names))
	for _, name := range names {
		if r, ok := m.tenants[tenant][name]; ok {
			out[name] = r.info
		}
	}
	return out, nil
}

// Ping implements [Store].
func (m *Memory) Ping(ctx context.Context) error { return checkContext(ctx) }

// Clear removes all secrets of all tenants.
func (m *Memory) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tenants = map[string]map[string]*record{}
}

// Snapshot copies the state of all tenants and returns a function that restores it,
// any number of times.
func (m *Memory) Snapshot() (restore func()) {
	m.mu.RLock()
	saved := cloneTenants(m.tenants)
	m.mu.RUnlock()
	return func() {
		m.mu.Lock()
		m.tenants = cloneTenants(saved)
		m.mu.Unlock()
	}
}

func cloneTenants(tenants map[string]map[string]*record) map[string]map[string]*record {
	out := make(map[string]map[string]*record, len(tenants))
	for id, secrets := range tenants {
		out[id] = maps.Clone(secrets)
	}
	return out
}

func checkContext(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the store stopped: %w", err)
	}
	return nil
}
