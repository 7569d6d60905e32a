package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
)

// certificate is a TLS certificate that can be replaced while it is in use.
type certificate struct {
	reloader
	current atomic.Pointer[tls.Certificate]
}

func openCertificate(certFile, keyFile string) (*certificate, error) {
	c := &certificate{reloader: reloader{files: []string{certFile, keyFile}}}
	texts, _, err := c.read()
	if err != nil {
		return nil, fmt.Errorf("reading certificate: %w", err)
	}
	return c, c.use(texts)
}

// use replaces the certificate by the texts of a certificate and its key.
func (c *certificate) use(texts []string) error {
	pair, err := tls.X509KeyPair([]byte(texts[0]), []byte(texts[1]))
	if err != nil {
		return errors.New("the certificate and the key are not a matching pair of PEM files: use the certificate with its chain and the private key that it was issued for")
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}
