// Package connect opens the store of a run: it finds the URL and the key, and reports
// where it found them. The command and the Action both use it.
package connect

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/h2"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Options choose the store and the key.
type Options struct {
	Given         option.Form   // how the options were given
	APIURL        string        // empty means the variable's or the manifest's
	URLFrom       string        // the variable that APIURL is from; empty for the option
	APIKey        prefect.Value // a JSON string, from an input of the Action
	APIKeyFile    string        // empty means a variable
	VerifyKeyFile string        // holds a runner key, to read values back; empty for none
	Tenants       []string      // slugs or ids; empty means the key's own
	Dialect       string        // auto, camel or snake
	AllowHTTP     bool          // to other machines as well
	CACertificate string        // a PEM file of an authority to trust, besides the system's
	Timeout       time.Duration // for the complete run; required
	ManifestFile  string        // for commands that only look for a store there; empty means the default
	Environment   string        // of that manifest
	StoreKeyFile  string        // the key of embedded:PATH; empty means a variable
	// Identity, if set, returns the transport that authenticates requests as the running
	// job, for a run without an API key.
	Identity func(base http.RoundTripper, audience string) http.RoundTripper
	// Getenv looks up a variable; required.
	Getenv func(name string) string

	kind     *storekind.Kind
	settings map[string]string // of that kind
	cloud    bool              // whether the store is in the cloud of its makers
}

// Place is where a manifest says that the store is.
type Place struct {
	URL      string            // empty if it does not say
	Kind     string            // empty for the default
	Settings map[string]string // of that kind
}

// Connection is an open store, with the key for it.
type Connection struct {
	URL     string
	Store   secretsync.Store
	Kind    string          // of the store
	Client  *prefect.Client // the store, if it is of the default kind; else nil
	Runner  *prefect.Client // reads values; nil without a runner key
	Key     prefect.Value   // a JSON string; empty for a job's own identity
	KeyFrom string          // where the key was found; empty for a store without keys
	KeyNote string          // which other keys were found, and are ignored; empty for none
	URLFrom string          // where the URL was found, if another source names another URL
	// Ambiguous reports that several sources name different keys or URLs.
	Ambiguous bool
	// RunnerFrom is where the runner key was found; empty for an embedded store.
	RunnerFrom string
	// OtherKeys are all other keys in the environment and the options.
	OtherKeys []prefect.Value
	// Transport sends the requests; nil for an embedded store.
	Transport http.RoundTripper

	// Pacer is for the requests of [Connection.Ask].
	Pacer pace.Pacer

	addTenants func(slugs []string) error // creates missing tenants; nil unless the store is embedded
	close      func() error
}

// Close closes the file of an embedded store. It does nothing for other stores.
func (conn *Connection) Close() error {
	if conn.close == nil {
		return nil
	}
	return conn.close()
}

// ErrNoURL means that no URL was given.
var ErrNoURL = errors.New("no API URL: pass --api-url, or set PREFECT_SECRETS_API_URL or api-url in the manifest")

// Open opens the store that o or the manifest names. It sends nothing yet.
func Open(o Options, manifest Place) (*Connection, error) {
	o.kind, o.settings = storekind.Find(manifest.Kind), manifest.Settings
	open, ok := openers[o.kind]
	if !ok {
		return nil, fmt.Errorf("unknown kind of store %q", manifest.Kind)
	}
	url := o.url(manifest.URL)
	o.APIURL = url.value
	if o.Timeout <= 0 {
		return nil, fmt.Errorf("%s: must be greater than 0", o.Given.Label("timeout"))
	}
	if err := o.checkRefused(); err != nil {
		return nil, err
	}
	conn, err := open(o, url)
	if conn != nil {
		conn.Kind = o.kind.Name
		conn.OtherKeys = append(conn.OtherKeys, o.variableKeys()...)
	}
	return conn, err
}

// checkRefused fails if an option is set that the kind of store does not have.
func (o Options) checkRefused() error {
	set := map[string]bool{
		storekind.Tenant: len(o.Tenants) > 0, storekind.VerifyKeyFile: o.VerifyKeyFile != "",
		storekind.Dialect: o.prefectDialect() != prefect.DialectAuto, storekind.StoreKeyFile: o.StoreKeyFile != "",
	}
	for _, name := range slices.Sorted(maps.Keys(o.kind.Refused)) {
		if set[name] {
			return fmt.Errorf("%s does not apply to a store of kind %q: %s", o.Given.Label(name), o.kind.Name, o.kind.Refused[name])
		}
	}
	if set[storekind.StoreKeyFile] && o.APIURL != "" && !isFile(o.APIURL) {
		return fmt.Errorf("%s is for a store in a file: leave it out, or use the API URL embedded:PATH", o.Given.Label(storekind.StoreKeyFile))
	}
	return nil
}

// openDefault opens a store of the default kind.
func (o Options) openDefault(url chosen) (*Connection, error) {
	if !InProcess(o.APIURL) {
		return o.openServer(url, Embedded)
	}
	conn, err := o.openInProcess()
	if conn != nil {
		conn.noteIgnored(chosen{}, url)
	}
	return conn, err
}

// openInProcess opens a store inside this process.
func (o Options) openInProcess() (*Connection, error) {
	if o.APIURL == Embedded {
		return openEmbedded(Embedded, nil, 0)
	}
	return o.openFile(strings.TrimPrefix(o.APIURL, Embedded+":"))
}

// OpenServer opens the store of a server, and ignores the manifest.
func OpenServer(o Options) (*Connection, error) {
	o.kind = storekind.Default
	url := o.url("")
	o.APIURL = url.value
	if err := o.checkRefused(); err != nil {
		return nil, err
	}
	return o.openServer(url)
}

// openServer opens the store of a server. The words are what else the URL could be.
func (o Options) openServer(url chosen, words ...string) (*Connection, error) {
	if o.APIURL == "" {
		return nil, ErrNoURL
	}
	if problem := address.Problem(o.APIURL, words...); problem != "" {
		return nil, fmt.Errorf("%s: %s", url.from, problem)
	}
	if err := checkOtherCloud(url.from, o.APIURL); err != nil {
		return nil, err
	}
	if err := o.checkDialect(); err != nil {
		return nil, err
	}
	key, err := o.key()
	if errors.Is(err, ErrNoKey) && o.Identity != nil {
		return o.openByIdentity(url, err)
	}
	if err != nil {
		return nil, err
	}
	transport, err := o.Transport()
	if err != nil {
		return nil, err
	}
	conn, err := o.connect(url.from, key.value, key.from, transport)
	if conn != nil {
		conn.noteIgnored(key, url)
	}
	return conn, err
}

// noteIgnored notes whether other sources name other keys or URLs.
func (conn *Connection) noteIgnored(key, url chosen) {
	conn.KeyNote = key.note()
	conn.Ambiguous = conn.KeyNote != "" || len(url.ignored) > 0
	if len(url.ignored) > 0 {
		conn.URLFrom = url.from + "; " + url.note()
	}
}

// openByIdentity opens the store with the id tokens of the running job as keys. The error
// is why there is no key.
func (o Options) openByIdentity(url chosen, noKey error) (*Connection, error) {
	transport, err := o.Transport()
	if err != nil {
		return nil, err
	}
	const placeholder = "id-token" // the transport replaces it by a token
	conn, err := o.connect(url.from, placeholder, "GitHub, as an id token of this job", o.Identity(transport, o.APIURL))
	if conn != nil {
		conn.Key = prefect.Value{}
		conn.noteIgnored(foreignIn(noKey), url)
	}
	return conn, err
}

func (o Options) connect(urlFrom, key, from string, transport http.RoundTripper) (*Connection, error) {
	conn := &Connection{URL: o.APIURL, Key: prefect.TextValue(key), KeyFrom: from, Transport: transport}
	var err error
	if conn.Client, err = o.client(key, transport); err != nil {
		return nil, fmt.Errorf("%s: %w", urlFrom, err)
	}
	conn.Store = conn.Client
	if o.VerifyKeyFile == "" {
		return conn, nil
	}
	runnerKey, err := o.readKeyFile(storekind.VerifyKeyFile, o.VerifyKeyFile)
	if err != nil {
		return nil, err
	}
	conn.OtherKeys = []prefect.Value{prefect.TextValue(runnerKey)}
	conn.RunnerFrom = "--verify-key-file " + o.VerifyKeyFile
	if conn.Runner, err = o.client(runnerKey, transport); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Given.Label("verify-key-file"), err)
	}
	return conn, nil
}

func (o Options) client(key string, transport http.RoundTripper) (*prefect.Client, error) {
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: o.APIURL, APIKey: key, Dialect: o.prefectDialect(),
		AllowHTTP: o.AllowHTTP, Transport: transport, KnownMessages: true,
	})
	return client, o.explainHTTP(err)
}

// explainHTTP adds to an error about plain http how it is allowed.
func (o Options) explainHTTP(err error) error {
	if errors.Is(err, prefect.ErrPlainHTTP) {
		return fmt.Errorf("%w, or pass %s", err, o.allowHTTP())
	}
	return err
}

// allowHTTP returns how plain http is allowed.
func (o Options) allowHTTP() string {
	if o.Given == option.Input {
		return "the input allow-http: true"
	}
	return "--allow-http"
}

func (o Options) checkDialect() error {
	if slices.Contains([]string{"", "auto", string(prefect.DialectCamel), string(prefect.DialectSnake)}, o.Dialect) {
		return nil
	}
	return fmt.Errorf("%s: unknown dialect %q: it is auto, camel or snake", o.Given.Label("dialect"), o.Dialect)
}

func (o Options) prefectDialect() prefect.Dialect {
	if o.Dialect == "" || o.Dialect == "auto" {
		return prefect.DialectAuto
	}
	return prefect.Dialect(o.Dialect)
}

// maxIdleConns is how many documents are in flight at once.
const maxIdleConns = 16

// Transport returns a transport that also trusts the given authority. Its error about
// any other authority says how to give it.
func (o Options) Transport() (http.RoundTripper, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = maxIdleConns
	hint := "pass its PEM file with " + o.Given.Name("ca-certificate")
	if o.CACertificate != "" {
		pool, err := o.authorities()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Given.Label("ca-certificate"), err)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
		hint = o.Given.Name("ca-certificate") + " does not have it either"
	}
	return authorityHint{h2.Enable(transport), hint}, nil
}

// authorities returns the system's authorities and the given one.
func (o Options) authorities() (*x509.CertPool, error) {
	pem, err := userfile.Read(o.CACertificate)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s contains no PEM certificate", o.CACertificate)
	}
	return pool, nil
}

// authorityHint adds a hint to the error about a certificate of an unknown authority.
type authorityHint struct {
	http.RoundTripper
	hint string
}

// RoundTrip implements http.RoundTripper.
func (t authorityHint) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(req)
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return nil, &unknownAuthority{err, t.hint}
	}
	return resp, err
}

type unknownAuthority struct {
	err  error
	hint string
}

func (e *unknownAuthority) Error() string {
	return "its certificate is signed by an unknown authority: " + e.hint
}

func (e *unknownAuthority) Unwrap() error { return e.err }
