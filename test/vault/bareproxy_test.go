//go:build realvault

package vault_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// bareProxyVariable makes this program a reverse proxy of the Vault at its value: the
// least that can be between a client and Vault. It is a process of its own, as a replica
// is, and keeps as many connections to Vault.
const bareProxyVariable = "BARE_PROXY_OF"

// runBareProxy prints the URL of the proxy and runs it until standard input ends, as it
// does when the benchmark is gone.
func runBareProxy(vault string) error {
	target, err := url.Parse(vault)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 256, 256
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = transport
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = listener.Close()
	}()
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, proxy)
}

// startBareProxy starts the proxy and returns its URL and process id.
func startBareProxy(b *testing.B, s *server) (string, int) {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	proxy := exec.Command(program)
	proxy.Env = append(os.Environ(), bareProxyVariable+"="+s.Address)
	out, err := proxy.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := proxy.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	if err := proxy.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = proxy.Process.Kill()
		_ = proxy.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line), proxy.Process.Pid
}
