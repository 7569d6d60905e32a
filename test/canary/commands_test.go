package canary

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// scene is what commands need: a directory of inputs that hold the values, and a store.
type scene struct {
	*watch
	inputs string
	store  *binary.Server
	blocks *httptest.Server // a server of Prefect 3
	apiKey string

	mu  sync.Mutex
	ran map[string]bool // commands, and "command format"
}

// Credentials that nothing accepts: wrong ones, or some where none belongs.
var (
	wrongKey    = newCanary("WRONG_KEY", "pfs_"+strings.ToUpper(randomString(40, 33)))
	gitHubToken = newCanary("GITHUB_TOKEN", "ghs_"+randomString(41, 36))
	vaultToken  = newCanary("VAULT_TOKEN", "hvs."+randomString(42, 90))
	storeKey    = newCanary("STORE_KEY", randomString(43, 43)+"=")
	tokenSecret = newCanary("TOKEN_SECRET", randomString(44, 64))
)

func newScene(t *testing.T) *scene {
	t.Helper()
	store := binary.Serve(t, binary.Options{Dir: t.TempDir()}, "--dev")
	w := newWatch(t, wrongKey, gitHubToken, vaultToken, storeKey, tokenSecret, authString, wrongAuth, storedInBlock,
		newCanary("ADMIN_KEY", store.Admin), newCanary("RUNNER_KEY", store.Runner))
	s := &scene{
		watch: w, inputs: t.TempDir(), store: store, blocks: httptest.NewServer(newPrefect3()), apiKey: store.Admin, ran: map[string]bool{},
	}
	t.Cleanup(s.blocks.Close)
	for name, text := range inputFiles() {
		if err := os.WriteFile(filepath.Join(s.inputs, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.writeInput("key", store.Admin+"\n")
	return s
}

func (s *scene) writeInput(name, text string) {
	if err := os.WriteFile(filepath.Join(s.inputs, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// inputFiles returns files that hold the values, in every format that a command reads,
// valid and broken.
func inputFiles() map[string]string {
	all, plain, url := asJSON(values()), values()[0].value, values()[6].value
	dotenv, toml := "", "[context.secrets]\n"
	for _, c := range values() {
		if !strings.ContainsAny(c.value, "\"\\'`$\n") {
			dotenv += c.name + "_ENV=\"" + c.value + "\"\n"
		}
		comment := strings.ReplaceAll(strings.ReplaceAll(c.value, "\n", " "), "\r", " ")
		toml += c.name + "_TOML = " + tomlText(c.value) + " # " + comment + "\n"
	}
	return map[string]string{
		"secrets.json": all, "vars.json": asJSON(values()[:1]), "secrets.env": dotenv, "config.toml": toml,
		"more.toml":       "[cloud]\napi_key = \"" + plain + "\"\n[my]\nurl = \"" + url + "\"\nlist = [\"" + plain + "\"]\nagain = \"${my.url}\"\n",
		"huge.json":       `{"HUGE":"` + strings.Repeat(plain, 3000) + `"}`,
		"broken.json":     all[:len(all)-20],
		"list.json":       `["` + plain + `"]`,
		"twice.json":      `{"A":"` + plain + `","A":"` + plain + `x"}`,
		"inner.json":      `{"A":{"B":"` + plain + `"},"C":[8304617295530418]}`,
		"broken.env":      "A=\"" + plain + "\nB=" + plain + "\nexport C D=" + plain + "\n" + plain + "\n'" + plain + "\n",
		"broken.toml":     "[context.secrets]\nA = \"" + plain + "\nB = " + plain + "\n",
		"broken2.toml":    "x = \"ok\"\n" + plain + "\ny = {a = \"" + plain + "\"\n",
		"broken3.toml":    "A = \"\"\"" + plain + "\\q" + plain + "\"\"\"\nA = 1\n",
		"broken4.toml":    "[" + plain + "\n\"" + plain + "\" = 1\n",
		"binary.toml":     "A = \"" + plain + "\x00\xff\"\n",
		"ignore.toml":     "A = 1 # prefect-secrets: ignore[" + plain + "] " + plain + "\nB = \"${C}\" # prefect-secrets: ignore[syntax] " + plain + "\n",
		"broken.keys":     plain + "\n" + plain + "\n",
		"flow.py":         "from prefect.client import Secret\nx = '" + plain + "'\nSecret('PLAIN').get()\nSecret('" + "GONE').get()\n",
		"broken.py":       "from prefect.client import Secret\nx = '" + plain + "\nSecret('PLAIN'.get(\n",
		"broken-manifest": "include = [\"" + plain + "\n",
		"manifest":        "[names]\nA = \"PLAIN\"\nB = { from = \"GONE\", required = true }\n",
		"wrong.key":       wrongKey.value + "\n",
		"store.key":       storeKey.value + "\n",
		"token.secret":    tokenSecret.value + "\n",
		"vault.token":     vaultToken.value + "\n",
		"keys-with-key":   "[[tenants]]\nid = \"" + binary.DataID + "\"\nslug = \"data\"\n[[keys]]\nname = \"ci\"\nrole = \"admin\"\ntenants = [\"data\"]\nhash = \"" + wrongKey.value + "\"\n",
		"keys-broken":     "[[keys]]\nhash = \"" + wrongKey.value + "\nname = " + plain + "\n",
		"keys-unknown":    "[[tenants]]\nid = \"" + plain + "\"\nslug = \"data\"\n[[keys]]\nname = \"ci\"\nkey = \"" + wrongKey.value + "\"\nrole = \"" + plain + "\"\n",
		"tls.pem":         values()[1].value,
		"blocks":          blocksManifest,
		"auth-string":     authString.value + "\n",
		"wrong-auth":      wrongAuth.value + "\n",
		"flow3.py":        "from prefect.blocks.system import Secret\nx = '" + plain + "'\nSecret.load('plain')\nSecret.load('gone')\n",
	}
}

func tomlText(s string) string {
	text := pythonJSON(s)
	text = regexp.MustCompile(`\\u(d[89ab]..)\\u(d[c-f]..)`).ReplaceAllStringFunc(text, func(pair string) string { return `\U0001F600` })
	return `"` + text + `"`
}

// run runs the command, and checks its output and files. Want lists the allowed exit
// codes.
func (s *scene) run(o binary.Options, stdin string, want []int, args ...string) *binary.Process {
	s.t.Helper()
	if o.Dir == "" {
		o.Dir = s.t.TempDir()
	}
	if o.Env == nil {
		o.Env = []string{"PREFECT__CLOUD__API_KEY=" + s.apiKey, "PREFECT_API_AUTH_STRING=" + authString.value}
	}
	o.Stdin = stdin
	for i, arg := range args {
		args[i] = s.fill(arg)
	}
	code, p := binary.Run(s.t, o, args...)
	where := strings.Join(args, " ")
	if !slices.Contains(want, code) {
		s.t.Errorf("%s: exit code %d, want %v: %.500s", where, code, want, p.Stderr)
	}
	s.markRan(args)
	if args[0] != "keygen" && !slices.Contains(args, "--reveal") {
		s.checkProcess(where, p)
	}
	s.checkFiles(where, o.Dir)
	return p
}

// fill replaces what stands for the directory of inputs and for the servers.
func (s *scene) fill(text string) string {
	return strings.NewReplacer("IN/", s.inputs+"/", "$URL", s.store.URL, "$BLOCKS", s.blocks.URL+"/api").Replace(text)
}

// markRan records which command ran in which format.
func (s *scene) markRan(args []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ran[args[0]] = true
	for i, arg := range args {
		if strings.HasSuffix(arg, "format") && i+1 < len(args) {
			s.ran[args[0]+" "+args[i+1]] = true
		}
	}
}

var (
	ok, usage, refused = []int{0}, []int{2}, []int{4}
	failed             = []int{1, 3} // by the store, or by what the file holds
	anyFailure         = []int{1, 2, 3, 4}
	anyEnd             = []int{0, 1, 2, 3, 4, 5}
)

// No command shows a value, in any format, with inputs of any kind.
func TestCommands(t *testing.T) {
	s := newScene(t)
	help := listCommands(t)
	s.runSyncs(help)
	s.runBlocks(help)
	s.runSingles(help["names"].formats)
	s.runChecks(help["check"].formats)
	s.runConfigs(help["config"].formats)
	s.runKeysAndFiles()
	s.runWrongFlags()
	s.runBrokenServes()
	s.runActions()
	s.ran["help"] = true // it reads no input
	for name, c := range help {
		if !s.ran[name] {
			t.Errorf("the command %s was not run: add it to this suite", name)
		}
		for _, format := range c.formats {
			if !s.ran[name+" "+format] {
				t.Errorf("%s --format %s was not run", name, format)
			}
		}
	}
}

// commandHelp is what the tests need of a command's --help.
type commandHelp struct{ formats []string }

// listCommands returns all commands that --help lists, with the formats that the Tab key
// offers, so that the suite fails
// without a run of a new command or format.
func listCommands(t *testing.T) map[string]commandHelp {
	t.Helper()
	o := binary.Options{Dir: t.TempDir()}
	_, root := binary.Run(t, o, "--help")
	list := map[string]commandHelp{}
	names := regexp.MustCompile(`(?m)^  ([a-z]+) {2,}`)
	for _, m := range names.FindAllStringSubmatch(root.Stdout.String(), -1) {
		var h commandHelp
		for _, flag := range []string{"--format", "--log-format"} {
			_, p := binary.Run(t, o, "__complete", m[1], flag, "")
			if formats, noFiles := strings.CutSuffix(p.Stdout.String(), "\n:4\n"); noFiles {
				h.formats = append(h.formats, strings.Split(formats, "\n")...)
			}
		}
		list[m[1]] = h
	}
	if len(list) < 14 || len(list["check"].formats) < 5 || len(list["serve"].formats) < 2 {
		t.Fatalf("--help gave %v", list)
	}
	return list
}

func (s *scene) runSyncs(all map[string]commandHelp) {
	for _, cmd := range []string{"plan", "sync"} {
		for _, format := range all[cmd].formats {
			with := func(args ...string) []string {
				return append([]string{cmd, "--api-url", "$URL", "--format", format, "--timeout", "5s"}, args...)
			}
			s.run(binary.Options{}, "", anyEnd, with(
				"--secrets-file", "IN/secrets.json", "--secrets-file", "IN/secrets.env", "--vars-file", "IN/vars.json",
				"--name", "X=PLAIN")...)
			s.run(binary.Options{}, "", ok, with("--secrets-file", "IN/secrets.json", "--prune-scope", "X*", "--format-of", "OBJECT=json")...)
			s.run(binary.Options{}, "", anyEnd, with("--secrets-config", "IN/config.toml", "--config-files", "IN/more.toml", "--fail-on", "never")...)
			s.run(binary.Options{}, asJSON(values()), ok, with("--secrets-file", "-")...)
			s.run(binary.Options{}, "", ok, with("--secrets-file", "IN/secrets.json", "--manifest", "IN/manifest", "--name", "B=PLAIN")...)
			s.run(binary.Options{}, "", anyFailure, with("--secrets-file", "IN/secrets.json", "--config-files", "IN/*.toml")...)
			s.run(binary.Options{}, "", usage, with("--secrets-file", "IN/secrets.json", "--format-of", "PLAIN=json")...)
			for _, file := range []string{"broken.json", "list.json", "broken.env", "broken.toml", "tls.pem"} {
				s.run(binary.Options{}, "", usage, with("--secrets-file", "IN/"+file)...)
			}
			for _, file := range []string{"twice.json", "inner.json", "huge.json"} {
				s.run(binary.Options{}, "", anyEnd, with("--secrets-file", "IN/"+file)...)
			}
			s.run(binary.Options{}, "", usage, with("--secrets-file", "IN/secrets.json", "--manifest", "IN/broken-manifest")...)
			s.run(binary.Options{}, "", usage, with("--secrets-file", "IN/secrets.json", "--secrets-config", "IN/broken.toml")...)
			s.run(binary.Options{}, "", refused, with("--secrets-file", "IN/secrets.json", "--api-key-file", "IN/wrong.key")...)
			s.run(binary.Options{}, "", anyFailure, with("--secrets-file", "IN/secrets.json", "--api-key-file", "IN/broken.keys")...)
			s.run(binary.Options{Shell: "exec >/dev/full"}, "", anyFailure, with("--secrets-file", "IN/secrets.json")...)
			s.run(binary.Options{Env: []string{"PREFECT_SECRETS_STORE_KEY=" + storeKey.value}}, "", anyEnd,
				cmd, "--api-url", "embedded:store.db", "--secrets-file", "IN/secrets.json", "--format", format)
			s.run(binary.Options{Env: []string{"PREFECT_SECRETS_STORE_KEY=" + storeKey.value}, Shell: "ulimit -f 20"}, "", append(anyFailure, 0, -25),
				cmd, "--api-url", "embedded:store.db", "--secrets-file", "IN/secrets.json", "--format", format)
		}
		s.run(binary.Options{}, "", []int{1, 2}, cmd, "--api-url", "$URL", "--secrets-file", "IN/secrets.json", "--plan-file", "none/plan.json")
	}
	s.run(binary.Options{}, "", ok, "plan", "--api-url", "$URL", "--secrets-file", "IN/secrets.json", "--plan-file", "plan.json")
	runner := filepath.Join(s.inputs, "runner.key")
	s.writeInput("runner.key", s.store.Runner)
	s.run(binary.Options{}, "", anyEnd, "sync", "--api-url", "$URL", "--secrets-file", "IN/secrets.json", "--verify-key-file", runner)
	s.run(binary.Options{}, "", anyFailure, "sync", "--api-url", "$URL", "--secrets-file", "IN/secrets.json", "--verify-key-file", "IN/wrong.key")
}

func (s *scene) runSingles(formats []string) {
	for _, c := range values() {
		s.run(binary.Options{}, c.value, ok, "set", "S_"+c.name, "--api-url", "$URL")
	}
	plain := values()[0].value
	s.run(binary.Options{}, values()[7].value, ok, "set", "J", "--json", "--api-url", "$URL")
	s.run(binary.Options{}, plain, usage, "set", "J", "--json", "--api-url", "$URL")
	s.run(binary.Options{}, `{"a":"`+plain, usage, "set", "J", "--json", "--api-url", "$URL")
	s.run(binary.Options{}, strings.Repeat(plain, 2000), failed, "set", "J", "--api-url", "$URL")
	s.run(binary.Options{}, strings.Repeat(plain, 30_000), usage, "set", "J", "--api-url", "$URL")
	s.run(binary.Options{}, plain+"\xff\xfe", usage, "set", "J", "--api-url", "$URL")
	s.run(binary.Options{}, plain, refused, "set", "J", "--api-url", "$URL", "--api-key-file", "IN/wrong.key")
	s.run(binary.Options{Shell: "exec >/dev/full"}, plain, []int{1, 2, 3}, "set", "J", "--api-url", "$URL")
	for _, format := range formats {
		s.run(binary.Options{}, "", ok, "names", "--api-url", "$URL", "--format", format)
		s.run(binary.Options{}, "", refused, "names", "--api-url", "$URL", "--format", format, "--api-key-file", "IN/wrong.key")
	}
	s.run(binary.Options{}, "", ok, "delete", "J", "--api-url", "$URL")
	s.run(binary.Options{}, "", refused, "delete", "J", "--api-url", "$URL", "--api-key-file", "IN/wrong.key")
}

func (s *scene) runChecks(formats []string) {
	set := []string{"C=" + values()[0].value}
	for _, format := range formats {
		for _, file := range []string{"IN/*.toml", "IN/config.toml", "IN/more.toml", "IN/broken-manifest", "IN/manifest"} {
			for _, version := range []string{"documented", "0.9", "1.4"} {
				s.run(binary.Options{Env: set}, "", anyEnd, "check", file, "--format", format, "--require-env", "--prefect-version", version)
			}
			s.run(binary.Options{}, "", anyEnd, "check", file, "--format", format)
		}
		s.run(binary.Options{}, "", failed, "check", "--flows", s.inputs, "--api-url", "$URL", "--format", format)
		s.run(binary.Options{}, "", refused, "check", "--flows", s.inputs, "--api-url", "$URL", "--api-key-file", "IN/wrong.key", "--format", format)
	}
}

func (s *scene) runConfigs(formats []string) {
	env := []string{}
	for _, c := range values() {
		env = append(env, "PREFECT__CONTEXT__SECRETS__"+c.name+"="+c.value)
	}
	env = append(env, "PREFECT__CLOUD__API_KEY="+wrongKey.value, "PREFECT__MY__URL="+values()[6].value)
	for _, format := range formats {
		for _, version := range []string{"documented", "0.9", "1.4"} {
			for _, file := range []string{
				"config.toml", "more.toml", "broken.toml", "broken2.toml", "broken3.toml", "broken4.toml", "binary.toml", "ignore.toml",
			} {
				s.run(binary.Options{Env: env}, "", []int{0, 1},
					"config", "--file", "IN/"+file, "--format", format, "--prefect-version", version)
			}
		}
		p := s.run(binary.Options{}, "", ok, "config", "--file", "IN/config.toml", "--format", format, "--reveal")
		s.check("config --reveal", removeException(s.t, "config --reveal", p.Stdout.String())+p.Stderr.String())
	}
}

func (s *scene) runKeysAndFiles() {
	for _, args := range [][]string{{"keygen", "--store-key"}, {"keygen", "--name", "ci", "--role", "admin", "--tenant", "data"}} {
		p := s.run(binary.Options{}, "", ok, args...)
		rest := removeException(s.t, "keygen", p.Stdout.String())
		key := regexp.MustCompile(`(?m)^(pfs_[A-Z2-7]{33}|[A-Za-z0-9+/]{43}=)$`).FindString(p.Stdout.String())
		if _, at, found := newSearcher([]canary{newCanary("MADE", key)}).find(rest + p.Stderr.String()); found || key == "" {
			s.t.Errorf("keygen shows its key twice, or never: at %d of %q", at, rest)
		}
	}
	s.run(binary.Options{}, "", usage, "keygen", "--rotate", "ci", "--keys-file", "IN/keys-with-key")
	s.runInit()
	dir := s.t.TempDir()
	file := binary.Options{Dir: dir, Env: []string{"PREFECT_SECRETS_STORE_KEY=" + storeKey.value}}
	s.run(file, values()[0].value, ok, "set", "A", "--api-url", "embedded:store.db")
	s.run(file, "", ok, "backup", "a.bak", "--store", "file:store.db")
	s.run(file, "", anyFailure, "backup", "none/a.bak", "--store", "file:store.db")
	s.run(file, "", ok, "restore", "a.bak", "--store", "file:again.db")
	s.run(file, "", anyFailure, "restore", filepath.Join(s.inputs, "secrets.json"), "--store", "file:third.db")
	file.Env = []string{"PREFECT_SECRETS_STORE_KEY=" + strings.Repeat("A", 42) + "E="}
	s.run(file, "", anyFailure, "restore", "a.bak", "--store", "file:fourth.db")
	file.Env = []string{"PREFECT_SECRETS_STORE_KEY=" + tokenSecret.value}
	s.run(file, "", anyFailure, "restore", "a.bak", "--store", "file:fourth.db")
	s.run(binary.Options{Dir: dir}, "", anyFailure, "backup", "b.bak", "--api-url", "$URL", "--api-key-file", "IN/wrong.key")
	s.run(binary.Options{Dir: dir}, "", anyFailure, "backup", "b.bak", "--api-url", "$URL")
	s.run(binary.Options{}, "", ok, "version", "--format", "text")
	s.run(binary.Options{}, "", ok, "version", "--format", "json")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		s.run(binary.Options{}, "", ok, "completion", shell)
	}
}

// runInit looks for the keys that init and keygen write to files in all that they print
// and in the keys file.
func (s *scene) runInit() {
	dir := s.t.TempDir()
	out := binary.Options{Dir: dir}
	p := s.run(out, "", ok, "init", "--tenant", "data")
	shown := p.Stdout.String() + p.Stderr.String()
	p = s.run(out, "", ok, "keygen", "--name", "ci", "--role", "admin", "--tenant", "data", "--key-file", "ci.key", "--append", "keys.toml")
	shown += p.Stdout.String() + p.Stderr.String()
	p = s.run(out, "", usage, "init")
	shown += p.Stdout.String() + p.Stderr.String()
	keysFile, err := os.ReadFile(filepath.Join(dir, "keys.toml"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"admin.key", "runner.key", "store.key", "ci.key"} {
		key, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			s.t.Fatal(err)
		}
		made := newCanary(name, strings.TrimSpace(string(key)))
		if _, at, found := newSearcher([]canary{made}).find(shown + string(keysFile)); found {
			s.t.Errorf("the key of %s is shown, at %d", name, at)
		}
	}
}

// runWrongFlags passes secrets in flags that expect something else. The user's own
// command line shows them. The command does not, if it can know that a part is a
// password.
func (s *scene) runWrongFlags() {
	withPassword := "http://svc:" + randomString(7, 20) + "@127.0.0.1:1"
	for _, args := range [][]string{
		{"names", "--api-url", withPassword}, {"sync", "--api-url", withPassword, "--secrets-file", "IN/secrets.json"},
		{"serve", "--store", "memory", "--keys-file", "IN/keys-with-key", "--upstream", withPassword},
		{"serve", "--store", "memory", "--keys-file", "IN/keys-with-key", "--url", withPassword},
		{"serve", "--store", "vault", "--keys-file", "IN/keys-with-key", "--vault-address", withPassword},
	} {
		s.run(binary.Options{}, "", anyFailure, args...)
	}
}

// runBrokenServes starts serve with invalid files.
func (s *scene) runBrokenServes() {
	site := binary.NewSite(s.t, "")
	keys := filepath.Join(site.Dir, "keys.toml")
	vault := httptest.NewServer(newEcho(http.StatusForbidden))
	defer vault.Close()
	for _, format := range []string{"text", "json"} {
		for _, level := range levels {
			start := func(env []string, args ...string) {
				serve := []string{"serve", "--listen", "127.0.0.1:0", "--log-format", format, "--log-level", level}
				s.run(binary.Options{Env: append([]string{}, env...)}, "", []int{1, 2}, append(serve, args...)...)
			}
			for _, file := range []string{"keys-with-key", "keys-broken", "keys-unknown", "secrets.json"} {
				start(nil, "--store", "memory", "--keys-file", "IN/"+file)
			}
			start(nil, "--store", "file:store.db", "--store-key-file", "IN/token.secret", "--keys-file", keys)
			start(nil, "--store", "file:"+s.inputs+"/secrets.json", "--store-key-file", filepath.Join(site.Dir, "store.key"),
				"--keys-file", keys)
			start(nil, "--store", "memory", "--keys-file", keys, "--tls-certificate", "IN/tls.pem", "--tls-key", "IN/tls.pem")
			start(nil, "--store", "memory", "--keys-file", keys, "--audit-log", "none/audit.log")
			start([]string{"VAULT_ADDR=" + vault.URL, "VAULT_TOKEN=" + vaultToken.value}, "--store", "vault", "--keys-file", keys)
			start([]string{"VAULT_ADDR=" + vault.URL}, "--store", "vault", "--keys-file", keys,
				"--vault-auth", "approle", "--vault-role-id", "role", "--vault-secret-id-file", "IN/vault.token")
		}
	}
	s.markRan([]string{"serve", "--log-format", "text"})
}

var levels = []string{"debug", "info", "warn", "error"}

// newEcho returns a handler that repeats what it receives, as a careless server does.
func newEcho(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := readBody(r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"errors":[%s]}`, jsonText(body+" "+fmt.Sprint(r.Header)))
	}
}
