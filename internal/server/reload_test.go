package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// No request fails while the keys change.
func TestReloadDropsNothing(t *testing.T) {
	r := newRig(t, "")
	address, stop := r.start()
	var failed, done atomic.Int64
	var wg sync.WaitGroup
	quit := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-quit:
					return
				default:
				}
				if !strings.Contains(r.queryURL("http://"+address, r.admin, `{ secret_names }`), `"secret_names":[]`) {
					failed.Add(1)
				}
				done.Add(1)
			}
		})
	}
	for n := range 20 {
		extra := keysfile.NewKey()
		r.replaceKeysFile(r.keys() + keyText("extra", "runner", extra))
		if n%2 == 0 {
			r.Reload()
		}
		eventually(t, "the new key", func() bool {
			return strings.Contains(r.queryURL("http://"+address, extra, `{ secret_names }`), `"secret_names"`)
		})
	}
	close(quit)
	wg.Wait()
	if failed.Load() > 0 || done.Load() == 0 {
		t.Errorf("%d of %d requests failed", failed.Load(), done.Load())
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	r.checkNoLeak(t)
}

// replaceKeysFile writes the keys file so that a reader sees the new or the old one.
func (r *testServer) replaceKeysFile(text string) {
	r.t.Helper()
	next := r.keysFile + ".next"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(next, r.keysFile); err != nil {
		r.t.Fatal(err)
	}
}

// With a broken or missing file the keys stay as they were, and that is reported.
func TestBrokenKeysFile(t *testing.T) {
	r := newRig(t, "")
	added := keysfile.NewKey()
	refused := tenantsText + strings.Replace(keyText("x", "admin", "x"), "admin", "CANARY", 1)
	for _, step := range []struct {
		name     string
		change   func()
		state    string
		failures string
	}{
		{"broken", func() { r.writeKeys("key = CANARY") }, "stale", "1"},
		{"still broken", func() {}, "stale", "1"},
		{"gone", func() { _ = os.Remove(r.keysFile) }, "stale", "2"},
		{"refused", func() { r.writeKeys(refused) }, "stale", "3"},
		{"mended", func() { r.writeKeys(r.keys() + keyText("new", "admin", added)) }, "ok", "3"},
	} {
		step.change()
		r.reloadFiles(false)
		r.query(r.admin, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
		r.get("/readyz").check(t, 200, `"keys":"`+step.state+`"`)
		r.get("/metrics").check(t, 200, `prefect_secrets_reload_failures_total{what="keys"} `+step.failures+"\n")
	}
	r.query(added, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	if log := r.log.String(); strings.Count(log, "level=ERROR") != 3 || !strings.Contains(log, "keys.toml:1:7") {
		t.Errorf("log: %s", log)
	}
	r.checkNoLeak(t)
}

// A removed key is refused.
func TestRemovedKey(t *testing.T) {
	r := newRig(t, "")
	r.writeKeys(tenantsText + keyText("agent", "runner", r.runner))
	r.reloadFiles(false)
	r.query(r.admin, `{ secret_names }`).check(t, 200, "UNAUTHENTICATED")
	r.query(r.runner, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
}

// writeCertificate makes a self-signed pair with a serial number.
func writeCertificate(t *testing.T, dir string, serial int64) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := writeCertificate(t, dir, 1)
	r := newRig(t, "", func(c *Config) { c.CertificateFile, c.CertificateKey = cert, key })
	address, _ := r.start()
	dial := func(version uint16) (int64, error) {
		conn, err := tls.Dial("tcp", address, &tls.Config{
			InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version,
		})
		if err != nil {
			return 0, err
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
	}
	if serial, err := dial(tls.VersionTLS13); err != nil || serial != 1 {
		t.Fatalf("serial %d, %v", serial, err)
	}
	if _, err := dial(tls.VersionTLS12); err != nil {
		t.Error(err)
	}
	if _, err := dial(tls.VersionTLS11); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := client.Get("https://" + address + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v %v", resp, err)
	}
	_ = resp.Body.Close()

	if err := os.WriteFile(key, []byte("CANARY"), 0o600); err != nil { // half of a renewal
		t.Fatal(err)
	}
	eventually(t, "the stale certificate", func() bool { return r.cert.state() == "stale" })
	if serial, err := dial(tls.VersionTLS13); err != nil || serial != 1 {
		t.Errorf("serial %d, %v", serial, err)
	}
	writeCertificate(t, dir, 2)
	eventually(t, "the new certificate", func() bool { serial, _ := dial(tls.VersionTLS13); return serial == 2 })
	r.checkNoLeak(t)
}

func TestNewRefusesBadFiles(t *testing.T) {
	r := newRig(t, "")
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.pem")
	if err := os.WriteFile(bad, []byte("CANARY"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"reading keys file":                func(c *Config) { c.KeysFile = filepath.Join(dir, "none") },
		"not a matching pair of PEM files": func(c *Config) { c.CertificateFile, c.CertificateKey = bad, bad },
		"reading certificate":              func(c *Config) { c.CertificateFile, c.CertificateKey = filepath.Join(dir, "none"), bad },
		"bad.pem:1:7: not valid TOML:":     func(c *Config) { c.KeysFile = bad },
	} {
		c := r.config
		change(&c)
		_, err := New(c)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q: %v", want, err)
		}
	}
}
