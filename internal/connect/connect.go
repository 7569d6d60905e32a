// Package connect opens the store that a run is about: it finds the URL and the key,
// and says where they were found. The command and the Action both come here.
package connect

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Options say which store is meant, and with which key.
type Options struct {
	APIURL        string        // empty means that of a variable or of the manifest
	APIKey        prefect.Value // a JSON string, where an input of the Action gives it
	APIKeyFile    string        // empty means a variable
	VerifyKeyFile string        // of a runner key, to read values back; empty for none
	Tenants       []string      // slugs or ids; empty means the key's own
	Dialect       string        // auto, camel or snake
	AllowHTTP     bool          // beyond this machine
	CACertificate string        // a PEM file of an authority to trust beside the system's
	Timeout       time.Duration // of the whole run; required
	StoreKeyFile  string        // of embedded:PATH; empty means a variable
	// Identity, if set, sends requests as the job that runs, for a run without a key of
	// its own.
	Identity func(base http.RoundTripper, audience string) http.RoundTripper
	// Getenv looks a variable up; required.
	Getenv func(name string) string
}

// Connection is a store that can be asked, and the key to ask it with.
type Connection struct {
	URL     string
	Client  *prefect.Client
	Runner  *prefect.Client // reads values; nil where there is no key for it
	Key     prefect.Value   // a JSON string; empty for a job's own identity
	KeyFrom string          // where the key was found
	URLFrom string          // where the URL was found, if other places have another
	// Ambiguous reports that several places name a key or a URL, and not the same.
	Ambiguous bool
	// RunnerFrom is where the runner's key was found; empty for one that is ours.
	RunnerFrom string
	// OtherKeys are the keys at hand beside the one that writes.
	OtherKeys []prefect.Value
	// Transport is what requests go through; nil for a store inside this process.
	Transport http.RoundTripper

	addTenants func(slugs []string) error // nil for a store outside this process
	close      func() error
}

// Close closes a store that this process opened.
func (conn *Connection) Close() error {
	if conn.close == nil {
		return nil
	}
	return conn.close()
}

// ErrNoURL means that nothing says which store is meant.
var ErrNoURL = errors.New("no API URL: give --api-url, PREFECT_SECRETS_API_URL, or api-url in the manifest")

// Open opens the store that o means, or the manifest. It sends nothing yet.
func Open(o Options, manifestURL string) (*Connection, error) {
	url := o.url(manifestURL)
	o.APIURL = url.value
	if o.Timeout <= 0 {
		return nil, errors.New("--timeout: it must be longer than 0")
	}
	conn, err := o.open(url)
	if conn != nil {
		conn.OtherKeys = append(conn.OtherKeys, o.variableKeys()...)
	}
	return conn, err
}

func (o Options) open(url chosen) (*Connection, error) {
	if o.APIURL == Embedded {
		return openEmbedded(Embedded, nil)
	}
	if path, ok := strings.CutPrefix(o.APIURL, Embedded+":"); ok {
		return o.openFile(path)
	}
	return o.openServer(url)
}

// OpenServer opens the store of a server, whatever a manifest says.
func OpenServer(o Options) (*Connection, error) {
	url := o.url("")
	o.APIURL = url.value
	return o.openServer(url)
}

func (o Options) openServer(url chosen) (*Connection, error) {
	if o.APIURL == "" {
		return nil, ErrNoURL
	}
	key, err := o.key()
	if errors.Is(err, ErrNoKey) && o.Identity != nil {
		return o.openByIdentity()
	}
	if err != nil {
		return nil, err
	}
	transport, err := o.Transport()
	if err != nil {
		return nil, err
	}
	conn, err := o.connect(key.value, key.origin(), transport)
	if conn != nil {
		conn.Ambiguous = len(key.ignored)+len(url.ignored) > 0
	}
	if conn != nil && len(url.ignored) > 0 {
		conn.URLFrom = url.origin()
	}
	return conn, err
}

// openByIdentity opens the store under the tokens that GitHub gives the job.
func (o Options) openByIdentity() (*Connection, error) {
	transport, err := o.Transport()
	if err != nil {
		return nil, err
	}
	const unsent = "id-token" // the transport puts a token in its place
	conn, err := o.connect(unsent, "GitHub, as an id token of this job", o.Identity(transport, o.APIURL))
	if conn != nil {
		conn.Key = prefect.Value{}
	}
	return conn, err
}

func (o Options) connect(key, from string, transport http.RoundTripper) (*Connection, error) {
	conn := &Connection{URL: o.APIURL, Key: prefect.TextValue(key), KeyFrom: from, Transport: transport}
	var err error
	if conn.Client, err = o.client(key, transport); err != nil {
		return nil, fmt.Errorf("--api-url and key: %w", err)
	}
	if o.VerifyKeyFile == "" {
		return conn, nil
	}
	runnerKey, err := readKeyFile("--verify-key-file", o.VerifyKeyFile)
	if err != nil {
		return nil, err
	}
	conn.OtherKeys = []prefect.Value{prefect.TextValue(runnerKey)}
	conn.RunnerFrom = "--verify-key-file " + o.VerifyKeyFile
	if conn.Runner, err = o.client(runnerKey, transport); err != nil {
		return nil, fmt.Errorf("--verify-key-file: %w", err)
	}
	return conn, nil
}

func (o Options) client(key string, transport http.RoundTripper) (*prefect.Client, error) {
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: o.APIURL, APIKey: key, Dialect: o.prefectDialect(), AllowHTTP: o.AllowHTTP, Transport: transport, KnownMessages: true,
	})
	if errors.Is(err, prefect.ErrPlainHTTP) {
		return nil, fmt.Errorf("%w, or give --allow-http (in the Action: allow-http: true)", err)
	}
	return client, err
}

func (o Options) prefectDialect() prefect.Dialect {
	if o.Dialect == "auto" {
		return prefect.DialectAuto
	}
	return prefect.Dialect(o.Dialect)
}

// Transport trusts the given authority beside the system's own. It keeps as many
// idle connections as documents are under way at once.
func (o Options) Transport() (http.RoundTripper, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	if o.CACertificate == "" {
		return transport, nil
	}
	pem, err := os.ReadFile(o.CACertificate)
	if err != nil {
		return nil, fmt.Errorf("--ca-certificate: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca-certificate: %s holds no PEM certificate", o.CACertificate)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport, nil
}
