package address

import (
	"net/url"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

var (
	// bareHost is a host without a scheme, with a port and a path if it has them. It is
	// strict, because a message may quote the text: a name alone may be a secret.
	bareHost = lazyregexp.New(`^(//)?((localhost|[\w-]+(\.[\w-]+)+|\[[0-9a-fA-F:]+\])(:\d{1,5})?|[\w-]+:\d{1,5})(/[\w./-]*)?$`)
	scheme   = lazyregexp.New(`^([a-zA-Z]{2,8}):/`)
)

// Problem returns what is wrong with a text that should be an absolute URL of http or
// https, and what to do, or "" if it is one. The words are those that the text may be
// instead. It quotes only what is surely no password or key.
func Problem(text string, words ...string) string {
	if strings.ContainsAny(text, "\"'` \t\r\n") {
		return "a URL has no spaces or quotation marks: remove them"
	}
	if bareHost().MatchString(text) {
		return `"` + text + `" has no scheme: use ` + withScheme(strings.TrimPrefix(text, "//"))
	}
	if question := nearest.Question(text, words, func(word string) string { return word }); question != "" {
		return "not a URL: " + question
	}
	u, err := url.Parse(text)
	if err != nil {
		return "not a URL, such as https://secrets.example.com"
	}
	if found := scheme().FindStringSubmatch(text); found != nil && !isHTTP(found[1]) {
		return "the scheme " + found[1] + " is not supported: use https://"
	}
	switch {
	case isHTTP(u.Scheme) && u.Host != "" && u.Hostname() == "", isHTTP(u.Scheme) && u.Host == "" && strings.Trim(u.Opaque+u.Path, "/") == "":
		return "the URL has no host: write one, such as https://secrets.example.com"
	case isHTTP(u.Scheme) && u.Host == "":
		return "two slashes follow the scheme of a URL: write " + u.Scheme + "://"
	case !isHTTP(u.Scheme):
		return "not a URL with a scheme, such as https://secrets.example.com"
	}
	return ""
}

func isHTTP(scheme string) bool {
	return slices.Contains([]string{"http", "https"}, strings.ToLower(scheme))
}

// withScheme returns the URL of a host: http for one that is this machine.
func withScheme(host string) string {
	u, err := url.Parse("http://" + host)
	if err == nil && Loopback(u.Hostname()) {
		return u.String()
	}
	return "https://" + host
}
