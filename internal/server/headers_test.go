package server

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// headerLines returns n short header lines, for which net/http uses 20 times their
// bytes.
func headerLines(n int) string {
	var b strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&b, "%x:\r\n", i+16)
	}
	return b.String()
}

func dialTLS(t *testing.T, address string) *client {
	c := dialServer(t, address)
	c.Conn = tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
	c.r.Reset(c.Conn)
	return c
}

func runPlainAndTLS(t *testing.T, f func(t *testing.T, r *testServer, c *client)) {
	t.Run("plain", func(t *testing.T) {
		r := newRig(t, "")
		address, _ := r.start()
		f(t, r, dialServer(t, address))
	})
	t.Run("TLS", func(t *testing.T) {
		cert, key := writeCertificate(t, t.TempDir(), 1)
		r := newRig(t, "", func(c *Config) { c.CertificateFile, c.CertificateKey = cert, key })
		address, _ := r.start()
		f(t, r, dialTLS(t, address))
	})
}

// A client that sends header lines without an end is stopped before they cost much.
func TestHeaderLinesAreFew(t *testing.T) {
	runPlainAndTLS(t, func(t *testing.T, _ *testServer, c *client) {
		_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\n"+headerLines(maxHeaderLines))
		if resp, _ := c.readAnswer(); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Error(resp.Status)
		}
	})
}

// Lines that come in one packet with the previous request count too. Lines of a body do
// not.
func TestHeaderLinesOfTheNextRequest(t *testing.T) {
	runPlainAndTLS(t, func(t *testing.T, r *testServer, c *client) {
		body := `{"query":` + strings.Repeat("\n", 3*maxHeaderLines) + `"{ secret_names }"}`
		request := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
			"Authorization: Bearer %s\r\nContent-Length: %d\r\n%s\r\n%s",
			r.admin, len(body), headerLines(maxHeaderLines/2), body)
		_, _ = io.WriteString(c, request+request+request+"POST / HTTP/1.1\r\nHost: x\r\n"+headerLines(maxHeaderLines))
		for range 3 {
			if _, got := c.readAnswer(); !strings.Contains(got, `"secret_names":[]`) {
				t.Fatal(got)
			}
		}
		if resp, _ := c.readAnswer(); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Error(resp.Status)
		}
	})
}

func TestHTTPToTLS(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	r := newRig(t, "", func(c *Config) { c.CertificateFile, c.CertificateKey = cert, key })
	address, _ := r.start()
	c := dialServer(t, address)
	c.get("/healthz")
	if resp, got := c.readAnswer(); resp.StatusCode != http.StatusBadRequest || !strings.Contains(got, "HTTPS") {
		t.Error(resp.Status, got)
	}
}
