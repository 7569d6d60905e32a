//go:build upgrade

package upgrade_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/vault/api"
)

// Two replicas on Vault go from the release before to this one and back, one at a time,
// while clients of both releases sync through a balancer. No sync fails, and the values
// of the last one are there whichever release is asked.
func TestReplicas(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	env := startVault(t, s)
	a := s.server(t, "a", env, "--store", "vault")
	b := s.server(t, "b", env, "--store", "vault")
	a.start(t, previous)
	b.start(t, previous)
	c := s.startSyncs(t, startBalancer(t, a, b))
	c.both(t, a, b)
	token := a.login(t)
	for _, step := range []struct {
		replica *server
		release string
	}{{a, current}, {b, current}, {b, previous}, {a, previous}} {
		step.replica.stop(t)
		step.replica.start(t, step.release)
		c.both(t, a, b)
		checkToken(t, token, a, b)
		token = step.replica.login(t)
		checkToken(t, token, a, b)
	}
	want := c.end(t)
	a.checkValues(t, want)
	b.stop(t)
	b.start(t, current)
	b.checkValues(t, want)
}

// startVault starts a Vault with a KV engine and returns the environment of serve.
func startVault(t *testing.T, s *site) []string {
	t.Helper()
	ready := s.file("vault.json")
	process := exec.Command(os.Getenv("VAULT_SERVER"), "-ready", ready)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	var told struct{ Address, Token string }
	eventually(t, "Vault", func() error {
		text, err := os.ReadFile(ready)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &told)
	})
	client, err := api.NewClient(&api.Config{Address: told.Address})
	if err != nil {
		t.Fatal(err)
	}
	client.SetToken(told.Token)
	eventually(t, "the KV engine", func() error {
		return client.Sys().Mount("secret", &api.MountInput{Type: "kv", Options: map[string]string{"version": "2"}})
	})
	return []string{"VAULT_ADDR=" + told.Address, "VAULT_TOKEN=" + told.Token}
}

// startBalancer starts a load balancer and returns its URL. It gives connections to the
// replicas in turn, and to the next one while a replica accepts none.
func startBalancer(t *testing.T, replicas ...*server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var addresses []string
	for _, r := range replicas {
		addresses = append(addresses, strings.TrimPrefix(r.url, "http://"))
	}
	go func() {
		for first := 0; ; first++ {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			first %= len(addresses)
			go forward(client, append(addresses[first:len(addresses):len(addresses)], addresses[:first]...))
		}
	}()
	return "http://" + listener.Addr().String()
}

func forward(client net.Conn, addresses []string) {
	defer func() { _ = client.Close() }()
	for _, address := range addresses {
		replica, err := net.Dial("tcp", address)
		if err != nil {
			continue
		}
		go func() {
			_, _ = io.Copy(replica, client)
			_ = replica.Close()
		}()
		_, _ = io.Copy(client, replica)
		return
	}
}

// syncs syncs without pause, with the client of each release in turn. Each round writes
// another value to every name, and one name of its own.
type syncs struct {
	site   *site
	url    string
	rounds atomic.Int64 // ended
	stop   atomic.Bool
	ended  chan struct{}
	want   map[string]string
	failed string
}

func (s *site) startSyncs(t *testing.T, url string) *syncs {
	c := &syncs{site: s, url: url, ended: make(chan struct{}), want: map[string]string{}}
	go func() {
		defer close(c.ended)
		for round := 0; !c.stop.Load() && c.failed == ""; round++ {
			c.round(round)
			c.rounds.Add(1)
		}
	}()
	t.Cleanup(func() {
		c.stop.Store(true)
		<-c.ended
	})
	return c
}

func (c *syncs) round(n int) {
	for i := range 150 {
		c.want[fmt.Sprintf("SECRET_%03d", i)] = fmt.Sprintf("value %d of round %d", i, n)
	}
	c.want[fmt.Sprintf("ROUND_%d", n)] = fmt.Sprint("of round ", n)
	text, _ := json.Marshal(c.want)
	client := []string{previous, current}[n%2]
	out, err := run(client, nil, string(text), "sync", "--api-url", c.url, "--api-key-file", c.site.file("admin.key"),
		"--secrets-file", "-", "--timeout", "2m")
	if err != nil {
		c.failed = fmt.Sprintf("round %d: %v\n%s", n, err, out)
	}
}

// both waits until two rounds have ended and both replicas have written.
func (c *syncs) both(t *testing.T, a, b *server) {
	t.Helper()
	rounds, byA, byB := c.rounds.Load(), a.writes(t), b.writes(t)
	eventually(t, "writes through both replicas", func() error {
		got, gotA, gotB := c.rounds.Load()-rounds, a.writes(t)-byA, b.writes(t)-byB
		select {
		case <-c.ended:
			t.Fatal(c.failed)
		default:
		}
		if got < 2 || gotA == 0 || gotB == 0 {
			return fmt.Errorf("%d rounds, %d and %d writes", got, gotA, gotB)
		}
		return nil
	})
}

// end waits for the round in work and returns the values that the store must have.
func (c *syncs) end(t *testing.T) map[string]string {
	t.Helper()
	c.stop.Store(true)
	<-c.ended
	if c.failed != "" {
		t.Fatal(c.failed)
	}
	t.Logf("%d syncs of 150 secrets", c.rounds.Load())
	return c.want
}

// login returns a token of switchTenant, with which Prefect 0.9 to 0.14 works.
func (r *server) login(t *testing.T) string {
	t.Helper()
	var answer struct {
		Data struct {
			Switch struct{ AccessToken string } `json:"switchTenant"`
		}
	}
	text := r.ask(t, r.site.runner, `mutation {switchTenant(input: {tenantId: "`+tenant+`"}) {accessToken}}`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Data.Switch.AccessToken == "" {
		t.Fatalf("%s gives no token: %v %s", r.name, err, text)
	}
	return answer.Data.Switch.AccessToken
}

// checkToken checks that replicas with one token secret accept a token.
func checkToken(t *testing.T, token string, replicas ...*server) {
	t.Helper()
	for _, r := range replicas {
		if got := r.ask(t, token, `{secret_value(name: "ROUND_0")}`); !strings.Contains(got, `"of round 0"`) {
			t.Errorf("%s refuses a token of the other release: %s", r.name, got)
		}
	}
}
