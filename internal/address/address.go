// Package address reads the addresses that users give: absolute URLs, and the names of
// this machine.
package address

import (
	"math"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Absolute parses an http or https URL with a host. It returns no error, since that of
// url.Parse quotes the text, which may contain a password.
func Absolute(text string) (u *url.URL, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, false
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n > math.MaxUint16 {
			return nil, false
		}
	}
	return u, true
}

// Loopback reports whether a host, given without a port, is this machine: localhost in
// any letter case, 127.0.0.0/8 or ::1.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Unencrypted reports whether requests to a URL leave this machine unencrypted.
func Unencrypted(u *url.URL) bool { return u.Scheme == "http" && !Loopback(u.Hostname()) }

// Redacted returns a URL without the parts that may hold a secret: only scheme, host
// and path remain. ([url.URL.Redacted] replaces nothing but the password.)
func Redacted(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

// Display returns a store's address as messages show it. For a URL that is [Redacted];
// a string that is not a URL with a host, such as embedded, is returned unchanged.
func Display(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	return Redacted(u)
}
