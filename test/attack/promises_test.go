package attack

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// Of serve's flags --dev accepts four, --help and --color.
func TestDevTakesFourFlags(t *testing.T) {
	o := binary.Options{Dir: t.TempDir()}
	help := ""
	for _, store := range []string{"vault", "file:x"} {
		_, p := binary.Run(t, o, "serve", "--store", store, "--help")
		help += p.Stdout.String()
	}
	refused := 0
	flags := regexp.MustCompile(`(?m)^  .*--([a-z-]+)(?: ([A-Z:]+))?(?:  |$)`)
	for _, flag := range flags.FindAllStringSubmatch(help, -1) {
		if slices.Contains([]string{"dev", "listen", "upstream", "page", "ready-file", "help", "color"}, flag[1]) {
			continue
		}
		args := []string{"serve", "--dev", "--listen", "127.0.0.1:0", "--" + flag[1]}
		switch flag[2] {
		case "":
		case "N":
			args = append(args, "1")
		case "TIME":
			args = append(args, "1s")
		case "LOGIN":
			args = append(args, "token")
		case "LEVEL":
			args = append(args, "info")
		case "FORMAT":
			args = append(args, "json")
		default:
			args = append(args, "x")
		}
		if code, p := binary.Run(t, o, args...); code != 2 || !strings.Contains(p.Stderr.String(), flag[1]) {
			t.Errorf("--dev --%s: exit code %d: %s", flag[1], code, p.Stderr)
		}
		refused++
	}
	if refused < 25 {
		t.Errorf("only %d flags", refused)
	}
}

// Only the owner may read files that hold keys: those that serve reads and those
// that it creates.
func TestFilesAreForTheirOwner(t *testing.T) {
	site := binary.NewSite(t, "")
	dir := t.TempDir()
	audit, store := filepath.Join(dir, "audit.log"), filepath.Join(site.Dir, "secrets.db")
	s := site.Serve(t, binary.Options{Dir: dir}, append(site.FileStore(), "--audit-log", audit)...)
	s.Ask(t, site.Admin, binary.Set("A", "v"))
	for _, path := range []string{audit, store} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	s.Stop(t)
	for _, name := range []string{"store.key", "token.secret"} {
		site.Write(t, "token.secret", strings.Repeat("0123456789abcdef", 4))
		path := filepath.Join(site.Dir, name)
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"serve", "--listen", "127.0.0.1:0", "--keys-file", "keys.toml", "--token-secret-file", "token.secret"}
		code, p := binary.Run(t, binary.Options{Dir: site.Dir}, append(args, site.FileStore()...)...)
		if code != 2 || !strings.Contains(p.Stderr.String(), "600") {
			t.Errorf("%s that others may read: exit code %d: %s", name, code, p.Stderr)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// --no-introspection refuses introspection.
func TestNoIntrospection(t *testing.T) {
	_, open := startServer(t, "")
	site, closed := startServer(t, "", "--no-introspection")
	for _, query := range []string{"{ __schema { types { name } } }", `{ __type(name: "Query") { name } }`} {
		if a := closed.Ask(t, site.Admin, query); a.Status != 400 || strings.Contains(a.Body, `"data":{`) {
			t.Errorf("%s: %v", query, a)
		}
	}
	if a := open.Ask(t, "wrong", "{ __schema { types { name } } }"); !a.Has("UNAUTHENTICATED") {
		t.Errorf("the schema without a key: %v", a)
	}
}

// Replicas accept tokens of switchTenant only if they share a secret.
func TestReplicasShareTokens(t *testing.T) {
	site := binary.NewSite(t, "")
	secret := site.Write(t, "token.secret", strings.Repeat("0123456789abcdef", 4))
	one := site.Serve(t, binary.Options{}, "--store", "memory", "--token-secret-file", secret)
	two := site.Serve(t, binary.Options{}, "--store", "memory", "--token-secret-file", secret)
	other := site.Serve(t, binary.Options{}, "--store", "memory")
	token := login(t, one, site.Admin, binary.DataID)
	if a := two.Ask(t, token, "{ secret_names }"); !a.Has(`"secret_names":[]`) {
		t.Errorf("at a replica: %v", a)
	}
	if a := other.Ask(t, token, "{ secret_names }"); !a.Has("UNAUTHENTICATED") {
		t.Errorf("at another: %v", a)
	}
}

// --url wins over the keys file's as the audience of workflow tokens.
func TestURLIsTheAudience(t *testing.T) {
	i := newIssuer(&run{T: t})
	_, s := startServer(t, i.mapping(), "--url", "https://other.example.com")
	claims := i.claims()
	if a := s.Ask(t, signedToken(i.key, rs256, claims), "{ secret_names }"); !a.Has("UNAUTHENTICATED") {
		t.Errorf("the keys file's URL: %v", a)
	}
	claims["aud"] = "https://other.example.com"
	if a := s.Ask(t, signedToken(i.key, rs256, claims), "{ secret_names }"); !a.Has(`"A"`) {
		t.Errorf("--url: %v", a)
	}
}

// The metrics are those that docs/serve.md lists, and only --metrics-listen serves
// them.
func TestMetricsAreDocumented(t *testing.T) {
	i := newIssuer(&run{T: t})
	_, s := startServer(t, i.mapping(), "--metrics-listen", "127.0.0.1:0")
	s.Ask(t, signedToken(i.key, rs256, i.claims()), "{ secret_names }")
	doc, seen := readFile(t, "docs/serve.md"), map[string]bool{}
	metrics := regexp.MustCompile(`(?m)^(prefect_secrets_[a-z_]+?)(?:_bucket|_sum|_count)?[{ ]`)
	for _, m := range metrics.FindAllStringSubmatch(binary.Text(t, s.Metrics), -1) {
		seen[m[1]] = true
		if !strings.Contains(doc, "`"+m[1]+"`") {
			t.Errorf("docs/serve.md does not list %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`(prefect_secrets_[a-z_]+)`").FindAllStringSubmatch(doc, -1) {
		if !seen[m[1]] {
			t.Errorf("there is no metric %s", m[1])
		}
	}
	if a := s.Send(t, "GET", "/metrics", nil, ""); strings.Contains(a.Body, "prefect_secrets_") {
		t.Errorf("metrics on the main address: %v", a)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if text := binary.Text(t, strings.TrimSuffix(s.Metrics, "/metrics")+path); text == "" {
			t.Errorf("%s: nothing", path)
		}
	}
}

// SIGTERM ends serve with 0 if no request is running; a second signal ends it at once,
// whatever is running.
func TestSignals(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		site := binary.NewSite(t, "")
		s := site.Serve(t, binary.Options{}, "--store", "memory")
		s.Signal(signal)
		if code := s.Wait(t); code != 0 {
			t.Errorf("%v: exit code %d: %s", signal, code, s.Stderr)
		}
		s = site.Serve(t, binary.Options{}, "--store", "memory", "--shutdown-delay", "10m")
		s.Signal(signal)
		for {
			a := s.Send(t, "GET", "/readyz", http.Header{}, "")
			if a.Status == 503 && a.Has(`"stopping":true`) {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if a := s.Ask(t, site.Admin, "{ secret_names }"); !a.Has(`"secret_names":[]`) {
			t.Errorf("while it waits: %v", a)
		}
		s.Signal(signal)
		if code := s.Wait(t); code == 0 {
			t.Errorf("%v twice: exit code %d", signal, code)
		}
	}
}
