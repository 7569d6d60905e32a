// Package address reads the addresses that users give: absolute URLs, and hosts that
// are this machine.
package address

import (
	"net"
	"net/url"
	"strings"
)

// Absolute parses a URL of http or https with a host. No error comes with false, as
// url.Parse quotes the text, which may hold a password.
func Absolute(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, false
	}
	return u, true
}

// Loopback reports whether a host without a port is this machine alone: localhost in
// any case, 127.0.0.0/8 or ::1.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// ClearText reports whether requests to a URL leave this machine in clear text.
func ClearText(u *url.URL) bool { return u.Scheme == "http" && !Loopback(u.Hostname()) }

// Shown writes the parts of a URL that may be shown: scheme, host and path.
func Shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

// Display returns a store's URL, as a user gave it, without what may be a secret: see
// [Shown]. A text that is not a URL, such as embedded, is returned unchanged.
func Display(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	return Shown(u)
}
