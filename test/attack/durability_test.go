package attack

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

func durabilityAttacks() []attack {
	return []attack{
		{
			"SIGKILL while eight clients write to a file store",
			"every acknowledged write is there after the restart", killedServers,
		},
		{
			"a file store with one bit changed, or cut off, then served",
			"refused, or an error, or the right value; never a wrong one", damagedStores,
		},
		{"a backup, or a store, opened with another key", "refused; nothing is written", otherStoreKeys},
		{"a disk without room", "`API_ERROR`, nothing acknowledged is lost, reads go on", fullDisk},
	}
}

func killedServers(r *run) {
	site := binary.NewSite(r.T, "")
	acknowledged := map[string]string{}
	for round := range 10 {
		s := site.Serve(r.T, binary.Options{}, site.FileStore()...)
		r.check(r.hasValues(s, site, acknowledged), "acknowledged writes", round)
		writeUntilKilled(r, site, s, round, acknowledged)
	}
	s := site.Serve(r.T, binary.Options{}, site.FileStore()...)
	if !r.hasValues(s, site, acknowledged) {
		r.Error("acknowledged writes are gone")
	}
	if len(acknowledged) < 100 {
		r.Errorf("only %d writes were acknowledged", len(acknowledged))
	}
}

func writeUntilKilled(r *run, site *binary.Site, s *binary.Server, round int, acknowledged map[string]string) {
	var mu sync.Mutex
	var done atomic.Int64
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for n := 0; ; n++ {
				name, value := fmt.Sprintf("W%d_%d_%d", round, w, n), fmt.Sprintf("value %d %d %d", round, w, n)
				a := s.Ask(r.T, site.Admin, binary.Set(name, value))
				if !a.Has(`"success":true`) {
					return
				}
				mu.Lock()
				acknowledged[name] = value
				mu.Unlock()
				if done.Add(1) == 40 {
					s.Signal(syscall.SIGKILL)
				}
			}
		})
	}
	writers.Wait()
	s.Wait(r.T)
}

// hasValues reports whether the server returns each of values.
func (r *run) hasValues(s *binary.Server, site *binary.Site, values map[string]string) bool {
	for name, want := range values {
		if a := s.Ask(r.T, site.Runner, binary.Value(name)); !a.Has(want) {
			r.Logf("%s: %v", name, a)
			return false
		}
	}
	return true
}

// isValueOrError reports whether an answer is the secret's value, an error or missing.
func isValueOrError(a binary.Answer, value string) bool {
	var body struct {
		Data   map[string]any
		Errors []any
	}
	if a.Err != nil || json.Unmarshal([]byte(a.Body), &body) != nil {
		return true // no answer
	}
	got := body.Data["secret_value"]
	return got == value || got == nil && len(body.Errors) > 0
}

func damagedStores(r *run) {
	site, s := startServer(r.T, "")
	values := map[string]string{"A": "treasure"}
	for i := range 20 {
		values[fmt.Sprint("S", i)] = fmt.Sprintf("treasure %d %s", i, strings.Repeat("x", i*40))
		s.Ask(r.T, site.Admin, binary.Set(fmt.Sprint("S", i), values[fmt.Sprint("S", i)]))
	}
	s.Stop(r.T)
	path := filepath.Join(site.Dir, "secrets.db")
	backup := filepath.Join(site.Dir, "all.bak") // the store without its unused pages
	args := []string{"backup", backup, "--store", "file:" + path, "--store-key-file", "store.key"}
	if code, p := binary.Run(r.T, binary.Options{Dir: site.Dir}, args...); code != 0 {
		r.Fatal(p.Stderr)
	}
	original, err := os.ReadFile(backup)
	if err != nil {
		r.Fatal(err)
	}
	random, refused := rand.New(rand.NewPCG(1, 2)), 0
	for n := range 100 {
		data := append([]byte{}, original...)
		offset := random.IntN(len(original))
		for original[offset] == 0 && random.IntN(8) > 0 {
			offset = random.IntN(len(original))
		}
		if n%2 == 0 {
			offset = offset&^4095 + random.IntN(64) // the header and element table of a page
		}
		data[offset] ^= 1 << random.IntN(8)
		if n%10 == 0 {
			data = data[:offset]
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			r.Fatal(err)
		}
		ok, complete := true, true
		opened := r.tryServe(site, func(s *binary.Server) {
			for name, value := range values {
				a := s.Ask(r.T, site.Runner, binary.Value(name))
				ok, complete = ok && isValueOrError(a, value), complete && a.Has(value)
			}
		})
		if !opened || !complete {
			refused++
		}
		r.check(ok, "a wrong value", offset)
	}
	r.Logf("%d of the copies were refused or gave errors", refused)
	if refused == 0 {
		r.Errorf("only %d copies were refused or gave errors", refused)
	}
}

// tryServe starts serve with a store that may be damaged. It reports whether serve
// became ready.
func (r *run) tryServe(site *binary.Site, use func(*binary.Server)) bool {
	ready := filepath.Join(site.Dir, "ready.json")
	_ = os.Remove(ready)
	args := []string{
		"serve", "--listen", "127.0.0.1:0", "--ready-file", ready, "--shutdown-delay", "0s",
		"--keys-file", filepath.Join(site.Dir, "keys.toml"),
	}
	s := &binary.Server{Process: binary.Start(r.T, binary.Options{Dir: site.Dir}, append(args, site.FileStore()...)...)}
	for !s.Ended() {
		if data, err := os.ReadFile(ready); err == nil && json.Unmarshal(data, s) == nil {
			use(s)
			s.Signal(syscall.SIGKILL)
			s.Wait(r.T)
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

func otherStoreKeys(r *run) {
	site, s := startServer(r.T, "")
	s.Stop(r.T)
	site.Write(r.T, "other.key", filestore.NewKey()+"\n")
	file := "file:" + filepath.Join(site.Dir, "secrets.db")
	o := binary.Options{Dir: site.Dir}
	if code, p := binary.Run(r.T, o, "backup", "a.bak", "--store", file, "--store-key-file", "store.key"); code != 0 {
		r.Fatal(p.Stderr)
	}
	for _, args := range [][]string{
		{"restore", "a.bak", "--store", "file:new.db", "--store-key-file", "other.key"},
		{"restore", "a.bak", "--store", file, "--force", "--store-key-file", "other.key"},
		{"serve", "--keys-file", "keys.toml", "--listen", "127.0.0.1:0", "--store", file, "--store-key-file", "other.key"},
		{"backup", "b.bak", "--store", file, "--store-key-file", "other.key"},
	} {
		code, p := binary.Run(r.T, o, args...)
		_, err := os.Stat(filepath.Join(site.Dir, "new.db"))
		r.check(code != 0 && os.IsNotExist(err), args[0], p.Stderr)
	}
	restarted := site.Serve(r.T, o, site.FileStore()...)
	a := restarted.Ask(r.T, site.Runner, binary.Value("A"))
	r.check(a.Has("treasure"), "the store is as it was", a)
}

func fullDisk(r *run) {
	site := binary.NewSite(r.T, "")
	o := binary.Options{Shell: "trap '' XFSZ; ulimit -f 4096"}
	s := site.Serve(r.T, o, append(site.FileStore(), "--audit-log", "/dev/null")...)
	acknowledged, big := map[string]string{}, strings.Repeat("x", 60_000)
	last := binary.Answer{}
	for i := 0; i < 100 && !last.Has("API_ERROR"); i++ {
		name := fmt.Sprint("S", i)
		if last = s.Ask(r.T, site.Admin, binary.Set(name, big)); last.Has(`"success":true`) {
			acknowledged[name] = big
		}
	}
	r.check(last.Has("API_ERROR") && len(acknowledged) > 0, "a write to a full disk", last)
	ready := s.Send(r.T, "GET", "/readyz", nil, "")
	r.check(ready.Status == 200, "readyz", ready)
	r.check(r.hasValues(s, site, acknowledged), "reads go on", len(acknowledged))
	s.Stop(r.T)
	restarted := site.Serve(r.T, binary.Options{}, site.FileStore()...)
	r.check(r.hasValues(restarted, site, acknowledged), "after a restart", len(acknowledged))
	a := restarted.Ask(r.T, site.Admin, binary.Set("LAST", "v"))
	r.check(a.Has(`"success":true`), "a write once there is space", a)
}
