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
)

// bounded reads no more than maxAnswer of an answer.
type limitedTransport struct{ http.RoundTripper }

func (b limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxResponse), resp.Body}
	}
	return resp, err
}

// checkRedirect follows a standby node to the active one: the same request at
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
			return nil, fmt.Errorf("reading the client certificate for vault: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	out := http.DefaultTransport.(*http.Transport).Clone()
	out.TLSClientConfig, out.ForceAttemptHTTP2 = config, true
	out.MaxIdleConns, out.MaxIdleConnsPerHost = 256, 256
	return out, nil
}

// roots are the CAs to trust; nil means the system's.
func (c TLS) rootCAs() (*x509.CertPool, error) {
	files := []string{c.CACert}
	switch {
	case c.CACert == "" && c.CAPath == "":
		return nil, nil
	case c.CACert == "":
		entries, err := os.ReadDir(c.CAPath)
		if err != nil {
			return nil, fmt.Errorf("reading the CA certificates for vault: %w", err)
		}
		files = nil
		for _, e := range entries {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				files = append(files, filepath.Join(c.CAPath, e.Name()))
			}
		}
	}
	pool := x509.NewCertPool()
	found := false
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the CA certificate for vault: %w", err)
		}
		found = pool.AppendCertsFromPEM(text) || found
	}
	if !found {
		return nil, fmt.Errorf("no CA certificate for vault in %s%s: it must be PEM", c.CACert, c.CAPath)
	}
	return pool, nil
}
