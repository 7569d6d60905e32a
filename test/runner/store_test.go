package runner

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// store is a running `serve --dev`, as its ready file describes it.
type store struct {
	URL      string `json:"url"`
	TenantID string `json:"tenant_id"`
	AdminKey string `json:"admin_key"`
}

// startStore builds the command and serves an empty store on this host until the
// test ends.
func startStore(t *testing.T) store {
	t.Helper()
	dir := t.TempDir()
	binary, ready := filepath.Join(dir, "prefect-secrets"), filepath.Join(dir, "ready.json")
	run(t, root(t), "go", "build", "-o", binary, ".")

	cmd := exec.Command(binary, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", ready)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- cmd.Wait() }()
	t.Cleanup(func() { stopStore(t, cmd.Process, stopped) })
	s := awaitStore(t, ready, stopped)
	checkPrivate(t, ready)
	return s
}

// checkPrivate checks the mode of the ready file, which holds keys.
func checkPrivate(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the ready file has mode %o, want 600", mode)
	}
}

// awaitStore waits until the ready file is complete, and fails the test if the
// command ends before.
func awaitStore(t *testing.T, ready string, stopped chan error) store {
	t.Helper()
	var s store
	for {
		content, err := os.ReadFile(ready)
		if err == nil && json.Unmarshal(content, &s) == nil {
			return s
		}
		select {
		case err := <-stopped:
			stopped <- err
			t.Fatalf("serve --dev ended before it was ready: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func stopStore(t *testing.T, process *os.Process, stopped chan error) {
	if err := process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("stopping serve --dev: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("serve --dev did not stop cleanly: %v", err)
	}
}

// names lists the store's secrets, with Prefect's own query, which sorts them.
func (s store) names(t *testing.T) []string {
	t.Helper()
	var data struct{ Secret []struct{ Name string } }
	s.query(t, `query { secret(order_by: {name: asc}) { name } }`, &data)
	names := []string{}
	for _, secret := range data.Secret {
		names = append(names, secret.Name)
	}
	return names
}

// seed writes secrets to a tenant, and creates the tenant if its slug is unknown.
func (s store) seed(t *testing.T, tenant string, secrets map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"tenant": tenant, "secrets": secrets})
	if err != nil {
		t.Fatal(err)
	}
	s.post(t, "seed", body)
}

// inject injects a fault, in the JSON of serve --dev.
func (s store) inject(t *testing.T, fault string) { s.post(t, "faults", []byte(fault)) }

// post sends a request to the testkit API of serve --dev.
func (s store) post(t *testing.T, what string, body []byte) (reply map[string]string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/_testkit/"+what, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.AdminKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v, %v", what, response.StatusCode, reply, err)
	}
	return reply
}

// namesOf lists the secrets of another tenant, by its slug.
func (s store) namesOf(t *testing.T, tenant string) []string {
	t.Helper()
	other := s
	other.TenantID = s.post(t, "seed", []byte(`{"tenant": "`+tenant+`"}`))["tenant_id"]
	return other.names(t)
}

// query sends a GraphQL document with the admin key and decodes "data" of the response.
func (s store) query(t *testing.T, document string, data any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+s.AdminKey)
	request.Header.Set("X-PREFECT-TENANT-ID", s.TenantID)
	decodeReply(t, request, data)
}

func decodeReply(t *testing.T, request *http.Request, data any) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply := struct {
		Data   any
		Errors json.RawMessage
	}{Data: data}
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
		t.Fatalf("reading the store's reply, status %d: %v", response.StatusCode, err)
	}
	if response.StatusCode != http.StatusOK || reply.Errors != nil {
		t.Fatalf("the store answered status %d, errors %s", response.StatusCode, reply.Errors)
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
