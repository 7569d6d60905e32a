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

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// embedded is the --api-url of a store inside this process.
const embedded = "embedded"

// connectOptions say which store is meant, and with which key.
type connectOptions struct {
	apiURL        string
	apiKey        prefect.Value // a JSON string, where an input of the Action gives it
	apiKeyFile    string
	tenant        string
	dialect       string
	allowHTTP     bool
	caCertificate string
	timeout       time.Duration
}

func (o *connectOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.apiURL, "api-url", "", "the secrets API; embedded is a store inside this process (default: the manifest's, then PREFECT__CLOUD__API)")
	flags.StringVar(&o.apiKeyFile, "api-key-file", "", "a file that holds the API key (default: PREFECT_API_KEY, then PREFECT__CLOUD__API_KEY)")
	flags.StringVar(&o.tenant, "tenant", "", "the tenant's id (default: the key's own tenant)")
	flags.StringVar(&o.dialect, "dialect", "auto", "how the API spells its fields: auto, camel or snake")
	flags.BoolVar(&o.allowHTTP, "allow-http", false, "send key and values in clear text beyond this machine")
	flags.StringVar(&o.caCertificate, "ca-certificate", "", "a PEM file with the certificate authority of the API")
	flags.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long the whole command may take")
}

// connection is a store that answers, and the key it is written with.
type connection struct {
	client  *prefect.Client
	runner  *prefect.Client // reads values; nil except in the embedded store
	key     prefect.Value
	keyFrom string // where the key was found
	tenant  string // as reports name it
}

// connect opens the store that o means. It sends nothing yet.
func (c *Command) connect(o connectOptions, manifestURL string) (*connection, error) {
	if o.apiURL == "" {
		o.apiURL = manifestURL
	}
	if o.apiURL == "" {
		o.apiURL = c.getenv("PREFECT__CLOUD__API")
	}
	if o.timeout <= 0 {
		return nil, errors.New("--timeout: it must be longer than 0")
	}
	switch o.apiURL {
	case "":
		return nil, errors.New("no API URL: give --api-url, api-url in the manifest, or PREFECT__CLOUD__API")
	case embedded:
		return connectEmbedded()
	}
	key, from, err := c.apiKey(o)
	if err != nil {
		return nil, err
	}
	return o.open(key, from)
}

func (o connectOptions) open(key, from string) (*connection, error) {
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: o.apiURL, APIKey: key, TenantID: o.tenant, Dialect: o.prefectDialect(),
		AllowHTTP: o.allowHTTP, Transport: transport,
	})
	if err != nil {
		return nil, fmt.Errorf("--api-url and key: %w", err)
	}
	tenant := o.tenant
	if tenant == "" {
		tenant = "of the key"
	}
	return &connection{client: client, key: prefect.TextValue(key), keyFrom: from, tenant: tenant}, nil
}

func (o connectOptions) prefectDialect() prefect.Dialect {
	if o.dialect == "auto" {
		return prefect.DialectAuto
	}
	return prefect.Dialect(o.dialect)
}

// apiKey finds the key and says where. A flag never holds it: a command line is
// visible to every process of the machine.
func (c *Command) apiKey(o connectOptions) (key, from string, err error) {
	if key := strings.TrimSpace(o.apiKey.RevealText()); key != "" {
		return key, "the input api-key", nil
	}
	if o.apiKeyFile != "" {
		data, err := os.ReadFile(o.apiKeyFile)
		if err != nil {
			return "", "", fmt.Errorf("--api-key-file: %w", err)
		}
		if key := strings.TrimSpace(string(data)); key != "" {
			return key, o.apiKeyFile, nil
		}
		return "", "", fmt.Errorf("--api-key-file: %s is empty", o.apiKeyFile)
	}
	for _, name := range []string{"PREFECT_API_KEY", "PREFECT__CLOUD__API_KEY"} {
		if key := strings.TrimSpace(c.getenv(name)); key != "" {
			return key, name, nil
		}
	}
	return "", "", errors.New("no API key: set PREFECT_API_KEY, or give --api-key-file")
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
