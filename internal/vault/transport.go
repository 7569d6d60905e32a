package vault

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/h2"
)

// limitedTransport reads at most maxResponse bytes of a response.
type limitedTransport struct{ http.RoundTripper }

func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxResponse), resp.Body}
	}
	return resp, err
}

// checkRedirect follows a standby node to the active one: only the same request at
// another host, and never from https to http.
func checkRedirect(r *http.Request, via []*http.Request) error {
	first := via[0]
	same := r.Method == first.Method && r.URL.Path == first.URL.Path && r.URL.RawQuery == first.URL.RawQuery
	if len(via) > 2 || !same || first.URL.Scheme == "https" && r.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

func newTransport(c TLS) (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.ServerName, InsecureSkipVerify: c.Insecure}
	var err error
	if config.RootCAs, err = c.rootCAs(); err != nil {
		return nil, err
	}
	if c.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(c.ClientCert, c.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("reading the client certificate for Vault: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 256, 256
	transport.DisableCompression = true // Vault does not compress
	return h2.Enable(transport), nil
}

// rootCAs returns the CAs to trust; nil means the system's.
func (c TLS) rootCAs() (*x509.CertPool, error) {
	if c.CACert == "" && c.CAPath == "" {
		return nil, nil
	}
	files, err := c.caFiles()
	if err != nil {
		return nil, fmt.Errorf("reading the CA certificates for Vault: %w", err)
	}
	pool := x509.NewCertPool()
	found := false
	for _, file := range files {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the CA certificate for Vault: %w", err)
		}
		found = pool.AppendCertsFromPEM(pem) || found
	}
	if !found {
		return nil, fmt.Errorf("no CA certificate for Vault in %s%s: it must be PEM", c.CACert, c.CAPath)
	}
	return pool, nil
}

// caFiles returns CACert, or else the files in CAPath whose names do not begin with a
// dot.
func (c TLS) caFiles() ([]string, error) {
	if c.CACert != "" {
		return []string{c.CACert}, nil
	}
	entries, err := os.ReadDir(c.CAPath)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(c.CAPath, e.Name()))
		}
	}
	return files, nil
}
