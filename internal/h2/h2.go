// Package h2 gives a transport HTTP/2. A release leaves out net/http's own copy, with the
// build tag nethttpomithttp2: Vault's client brings golang.org/x/net/http2 anyway, and
// both together are half a megabyte.
package h2

import (
	"net/http"

	"golang.org/x/net/http2"
)

// Enable makes an unused transport speak HTTP/2 with servers that offer it, and returns
// it. Its TLSClientConfig must be complete.
func Enable(t *http.Transport) *http.Transport {
	if err := http2.ConfigureTransport(t); err != nil {
		panic(err) // only if it was enabled before
	}
	return t
}
