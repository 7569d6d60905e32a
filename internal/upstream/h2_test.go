package upstream

import (
	"crypto/x509"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/h2/h2test"
)

func TestTransportSpeaksHTTP2(t *testing.T) {
	server := h2test.NewServer(t)
	transport := newTransport(time.Minute)
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	resp, err := (&http.Client{Transport: transport}).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "HTTP/2.0" {
		t.Errorf("the server was asked with %s, %v", body, err)
	}
}
