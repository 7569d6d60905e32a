package sync_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// shelf is a store of strings alone, whose names have lower-case letters, digits and
// dashes. Its key may read. It reserves one value.
type shelf struct {
	secretsync.Store
	memory    *memory
	notParsed bool     // flows get a string as it is stored
	refuses   bool     // the key may not read
	hidden    []string // the names whose values the key may not read
	asked     []string
}

var (
	_ secretsync.Adapter    = (*shelf)(nil)
	_ secretsync.Comparer   = (*shelf)(nil)
	_ secretsync.BulkReader = (*shelf)(nil)
)

const reservedValue = "********"

func newShelf() *shelf {
	m := newMemory("")
	return &shelf{Store: m, memory: m}
}

// GetOverview also says which server this is.
func (s *shelf) GetOverview(ctx context.Context, about []string) (prefect.Overview, error) {
	found, err := s.memory.GetOverview(ctx, about)
	found.Notes = []string{"the server is shelf 1.0"}
	return found, err
}

func (s *shelf) StoredName(name string) (string, error) {
	stored := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if strings.ContainsFunc(stored, func(r rune) bool { return r > 'z' }) {
		return "", errors.New("it has a letter that is not English")
	}
	return stored, nil
}

func (s *shelf) StoredPattern(glob string) (string, error) { return s.StoredName(glob) }

func (s *shelf) ValueRules() secretsync.ValueRules {
	return secretsync.ValueRules{StringsOnly: true, NotParsed: s.notParsed}
}

func (s *shelf) CheckValue(v prefect.Value) error {
	if v.RevealText() == reservedValue {
		return errors.New("the store reserves this value")
	}
	return nil
}

func (s *shelf) DeleteNote() string { return "somebody may still read what is deleted" }

// Unchanged says nothing if the key may not read.
func (s *shelf) Unchanged(ctx context.Context, secrets []prefect.NamedValue) ([]string, error) {
	for _, secret := range secrets {
		s.asked = append(s.asked, secret.Name)
	}
	if s.refuses {
		return nil, nil
	}
	return s.memory.Unchanged(ctx, secrets)
}

func (s *shelf) GetFlowValues(_ context.Context, names []string) (map[string]any, []string, error) {
	if s.refuses {
		return nil, nil, prefect.ErrForbidden
	}
	return s.memory.flowValues(names, s.notParsed), s.hidden, nil
}

// A store with rules of its own is planned for by them: the plan shows the names that
// it keeps, and a flow gets what it would get from any other store.
func ExampleAdapter() {
	manifest, err := secretsync.ParseManifest("prefect-secrets.toml", []byte(`
store = "blocks" # a program opens the store that this names
reader = "3"
[names]
db = { from = "DB_JSON", format = "json" }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(manifest.Store, manifest.Settings["reader"])
	source, err := secretsync.ParseSecrets("secrets", []byte(`{"DB_JSON": "{\"port\": 5432}", "SLACK_URL": "https://hooks.example.com"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	store := newShelf()
	run := secretsync.Run{Sources: []*secretsync.Source{source}, Rules: manifest.Rules, Writer: store}
	done, err := run.Sync(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	result := done.Tenants[0]
	for _, note := range result.Plan.Remarks {
		fmt.Println(note)
	}
	for _, action := range result.Report.Actions {
		fmt.Println(action.Result, action.Name, "from", action.Source)
	}
	verified := result.Report.Verified
	fmt.Println(*verified.Values, "values read back from", result.Plan.Target(), "by the writing key:", verified.ByWriter)
	fmt.Println("hidden from that key:", len(verified.Unreadable))
	fmt.Printf("%s\n", store.memory.values["db"])
	// Output:
	// blocks 3
	// the server is shelf 1.0
	// created db from DB_JSON
	// created slack-url from SLACK_URL
	// 2 values read back from the store by the writing key: true
	// hidden from that key: 0
	// "{\"port\": 5432}"
}

// flowValues returns what flows get of strings, which they parse as JSON if that is
// possible and notParsed is false.
func (m *memory) flowValues(names []string, notParsed bool) map[string]any {
	m.mu.Lock()
	defer m.mu.Unlock()
	values := map[string]any{}
	for _, name := range names {
		var text string
		if json.Unmarshal(m.values[name], &text) != nil {
			continue
		}
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var parsed any
		if values[name] = text; !notParsed && decoder.Decode(&parsed) == nil && !decoder.More() {
			values[name] = parsed
		}
	}
	return values
}
