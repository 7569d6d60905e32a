package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// embedded is the --api-url of a store inside this process.
const embedded = "embedded"

// connectOptions say which store is meant, and with which key.
type connectOptions struct {
	apiURL        string
	apiKey        prefect.Value // a JSON string, where an input of the Action gives it
	apiKeyFile    string
	verifyKeyFile string
	tenants       []string
	dialect       string
	allowHTTP     bool
	caCertificate string
	timeout       time.Duration
	file          fileFlags // of embedded:PATH
	// identity, if set, is who the job is, for a run without a key of its own.
	identity *actions.IDTokenTransport
}

func (o *connectOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.apiURL, "api-url", "", "the secrets API; embedded is a store inside this process, embedded:PATH keeps it in an encrypted file (default: PREFECT_SECRETS_API_URL, the manifest's, then PREFECT__CLOUD__API)")
	flags.StringVar(&o.apiKeyFile, "api-key-file", "", "a file that holds the API key (default: "+strings.Join(prefect.APIKeyVariables, ", then ")+")")
	flags.StringSliceVar(&o.tenants, "tenant", nil, "slug or id of a tenant (default: the key's own tenant)")
	flags.StringVar(&o.dialect, "dialect", "auto", "how the API spells its fields: auto, camel or snake")
	flags.BoolVar(&o.allowHTTP, "allow-http", false, "send key and values in clear text beyond this machine")
	o.file.register(flags)
	flags.StringVar(&o.caCertificate, "ca-certificate", "", "a PEM file with the certificate authority of the API")
	flags.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long the whole command may take")
}

// connection is an API that answers, and the key it is written with.
type connection struct {
	url     string
	client  *prefect.Client
	runner  *prefect.Client // reads values; nil where there is no key for it
	key     prefect.Value
	keyFrom string // where the key was found
	urlFrom chosen
	// ambiguous is that several places name a key or a URL, and not the same.
	ambiguous bool
	// runnerKey is that of runner, a JSON string.
	runnerKey prefect.Value
	// runnerFrom is where the runner's key was found; empty for one that is ours.
	runnerFrom string
	// addTenants makes the tenants that there are not yet; nil for a store that is
	// not our own.
	addTenants func(slugs []string) error
}

var errNoURL = errors.New("no API URL: give --api-url, PREFECT_SECRETS_API_URL, or api-url in the manifest")

// connect opens the store that o means. It sends nothing yet.
func (c *Command) connect(o connectOptions, manifestURL string) (*connection, error) {
	url := c.apiURL(o.apiURL, manifestURL)
	o.apiURL = url.value
	if o.timeout <= 0 {
		return nil, errors.New("--timeout: it must be longer than 0")
	}
	switch o.apiURL {
	case "":
		return nil, errNoURL
	case embedded:
		return connectEmbedded(embedded, nil)
	}
	if path, ok := strings.CutPrefix(o.apiURL, embedded+":"); ok {
		return c.connectFile(o.apiURL, path, o.file)
	}
	key, err := c.apiKey(o)
	if errors.Is(err, errNoKey) && o.identity != nil {
		return o.openByIdentity()
	}
	if err != nil {
		return nil, err
	}
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	conn, err := o.open(key.value, key.origin(), transport)
	if conn != nil {
		conn.urlFrom, conn.ambiguous = url, len(key.ignored)+len(url.ignored) > 0
	}
	return conn, err
}

// openByIdentity opens the store under the tokens that GitHub gives the job.
func (o connectOptions) openByIdentity() (*connection, error) {
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	o.identity.Base, o.identity.Audience = transport, o.apiURL
	const unsent = "id-token" // the transport puts a token in its place
	conn, err := o.open(unsent, "GitHub, as an id token of this job", o.identity)
	if conn != nil {
		conn.key = prefect.Value{}
	}
	return conn, err
}

func (o connectOptions) open(key, from string, transport http.RoundTripper) (*connection, error) {
	conn := &connection{url: o.apiURL, key: prefect.TextValue(key), keyFrom: from}
	var err error
	if conn.client, err = o.client(key, transport); err != nil {
		return nil, fmt.Errorf("--api-url and key: %w", err)
	}
	if o.verifyKeyFile == "" {
		return conn, nil
	}
	runnerKey, err := readKeyFile("--verify-key-file", o.verifyKeyFile)
	if err != nil {
		return nil, err
	}
	conn.runnerKey = prefect.TextValue(runnerKey)
	conn.runnerFrom = "--verify-key-file " + o.verifyKeyFile
	if conn.runner, err = o.client(runnerKey, transport); err != nil {
		return nil, fmt.Errorf("--verify-key-file: %w", err)
	}
	return conn, nil
}

func (o connectOptions) client(key string, transport http.RoundTripper) (*prefect.Client, error) {
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: o.apiURL, APIKey: key, Dialect: o.prefectDialect(), AllowHTTP: o.allowHTTP, Transport: transport, KnownMessages: true,
	})
	if errors.Is(err, prefect.ErrPlainHTTP) {
		return nil, fmt.Errorf("%w, or give --allow-http (in the Action: allow-http: true)", err)
	}
	return client, err
}

func (o connectOptions) prefectDialect() prefect.Dialect {
	if o.dialect == "auto" {
		return prefect.DialectAuto
	}
	return prefect.Dialect(o.dialect)
}

// transport trusts the given authority beside the system's own. It keeps as many
// idle connections as documents are under way at once.
func (o connectOptions) transport() (http.RoundTripper, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	if o.caCertificate == "" {
		return transport, nil
	}
	pem, err := os.ReadFile(o.caCertificate)
	if err != nil {
		return nil, fmt.Errorf("--ca-certificate: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca-certificate: %s holds no PEM certificate", o.caCertificate)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport, nil
}
