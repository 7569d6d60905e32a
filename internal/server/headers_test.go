package server

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// lines are so many short header lines, of which net/http keeps 20 times their bytes.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&b, "%x:\r\n", i+16)
	}
	return b.String()
}

func dialTLS(t *testing.T, address string) *client {
	c := dial(t, address)
	c.Conn = tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
	c.r.Reset(c.Conn)
	return c
}

func servesPlainAndTLS(t *testing.T, f func(t *testing.T, r *rig, c *client)) {
	t.Run("plain", func(t *testing.T) {
		r := newRig(t, "")
		address, _ := r.serve()
		f(t, r, dial(t, address))
	})
	t.Run("TLS", func(t *testing.T) {
		cert, key := writeCertificate(t, t.TempDir(), 1)
		r := newRig(t, "", func(c *Config) { c.CertificateFile, c.CertificateKey = cert, key })
		address, _ := r.serve()
		f(t, r, dialTLS(t, address))
	})
}

// A stranger who sends header lines without an end is stopped before they cost much.
func TestHeaderLinesAreFew(t *testing.T) {
	servesPlainAndTLS(t, func(t *testing.T, _ *rig, c *client) {
		_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\n"+lines(maxHeaderLines))
		if resp, _ := c.answer(); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Error(resp.Status)
		}
	})
}

// What comes in one packet with the request before counts too, and lines of a body
// do not.
func TestHeaderLinesOfTheNextRequest(t *testing.T) {
	servesPlainAndTLS(t, func(t *testing.T, r *rig, c *client) {
		body := `{"query":` + strings.Repeat("\n", 3*maxHeaderLines) + `"{ secret_names }"}`
		request := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n%s\r\n%s",
			r.admin, len(body), lines(maxHeaderLines/2), body)
		_, _ = io.WriteString(c, request+request+request+"POST / HTTP/1.1\r\nHost: x\r\n"+lines(maxHeaderLines))
		for range 3 {
			if _, got := c.answer(); !strings.Contains(got, `"secret_names":[]`) {
				t.Fatal(got)
			}
		}
		if resp, _ := c.answer(); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Error(resp.Status)
		}
	})
}

func TestHTTPToTLS(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	r := newRig(t, "", func(c *Config) { c.CertificateFile, c.CertificateKey = cert, key })
	address, _ := r.serve()
	c := dial(t, address)
	c.get("/healthz")
	if resp, got := c.answer(); resp.StatusCode != http.StatusBadRequest || !strings.Contains(got, "HTTPS") {
		t.Error(resp.Status, got)
	}
}
