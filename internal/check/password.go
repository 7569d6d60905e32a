package check

import (
	"regexp"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// passwordKind returns what kind of string has a password written out in it: a URL,
// or a connection string of keys and values. It returns "" if there is none, or if a
// reference or a placeholder stands in its place.
func passwordKind(str string) string {
	for _, p := range passwordsIn(str) {
		if isWrittenOut(p.password) && !p.isExample() {
			return p.kind
		}
	}
	return ""
}

// isExampleURL reports whether a string has a password, and none that is written out.
func isExampleURL(str string) bool {
	return strings.Contains(str, "://") && len(passwordsIn(str)) > 0 && passwordKind(str) == ""
}

// hasPasswordReference reports whether a string has a password, and a reference in
// place of each.
func hasPasswordReference(str string) bool {
	all := passwordsIn(str)
	for _, p := range all {
		if !isReference(p.password) {
			return false
		}
	}
	return len(all) > 0
}

// embedded is a password inside a longer string.
type embedded struct{ kind, user, password string }

const (
	urlWithPassword    = "a URL with a password"
	stringWithPassword = "a connection string with a password"
)

// passwordsIn returns the passwords of the URLs and connection strings in a string,
// some of which may be references, placeholders or empty.
func passwordsIn(str string) []embedded {
	var found []embedded
	if strings.Contains(str, "@") {
		found = append(urlPasswords(str), schemelessPasswords(str)...)
	}
	return append(found, assignedPasswords(str)...)
}

func urlPasswords(str string) (found []embedded) {
	for {
		_, after, ok := strings.Cut(str, "://")
		if !ok {
			return found
		}
		if user, password, ok := userInfo(after); ok {
			found = append(found, embedded{urlWithPassword, user, password})
		}
		str = after
	}
}

func schemelessPasswords(str string) (found []embedded) {
	for i, form := range schemeless {
		m := form().FindStringSubmatch(str)
		if m != nil && !isLabelled(m[1]) && (i != bareForm || !isMailbox(m[2], m[3])) {
			found = append(found, embedded{stringWithPassword, m[1], m[2]})
		}
	}
	return found
}

// userInfo returns the user and the password of a URL, from what follows its ://. A
// random user without a password is a token. A password may have characters that should be percent-encoded, even an @.
func userInfo(authority string) (user, password string, ok bool) {
	authority = authority[:min(len(authority), maxUserInfo)]
	if end := strings.IndexAny(authority, " \t\r\n\"'`"); end >= 0 {
		authority = authority[:end]
	}
	colon := strings.IndexAny(authority, ":/?#@")
	switch {
	case colon < 0:
		return "", "", false
	case authority[colon] == '@':
		token, host := authority[:colon], authority[colon+1:]
		return "", token, isRandom(token) && !strings.Contains(host, "sentry") // a DSN of Sentry's is public
	case authority[colon] != ':':
		return "", "", false
	}
	user, rest := authority[:colon], authority[colon+1:]
	if beginsWithPort(rest) {
		return "", "", false
	}
	at := strings.IndexByte(rest, '@')
	if at < 0 || isDigest(rest[at+1:]) {
		return "", "", false
	}
	if end := strings.IndexAny(rest[at:], "/?#"); end >= 0 {
		rest = rest[:at+end]
	}
	return user, rest[:strings.LastIndexByte(rest, '@')], true
}

// maxUserInfo is how many bytes after :// are searched for a user and a password.
const maxUserInfo = 2048

// beginsWithPort reports whether what follows the colon of a URL is a port.
func beginsWithPort(rest string) bool {
	n := prefixLength(rest, digits)
	return n > 0 && (n == len(rest) || strings.Contains("/?#", rest[n:n+1]))
}

// isDigest reports whether what follows an @ is the digest of an image.
func isDigest(text string) bool {
	return strings.HasPrefix(text, "sha256:") || strings.HasPrefix(text, "sha512:")
}

// bare matches user:password@host, as SQL clients take it.
var bare = lazyregexp.New(`^((?:[A-Za-z_][A-Za-z0-9_.+-]*)?):([^\s/@]+)@([A-Za-z0-9_.-]+(?::[0-9]{2,5}(?:/\S*)?|/\S*)?)$`)

// isMailbox reports whether what looks like a password and a host can be an e-mail
// address, as in slack:alerts@example.com.
func isMailbox(local, host string) bool {
	return strings.Contains(host, ".") && !strings.ContainsAny(host, ":/") && prefixLength(local, alphabet+"._+-") == len(local)
}

const alphabet = upper + "abcdefghijklmnopqrstuvwxyz"

// schemeless match a user and a password without a scheme before them: bare ones,
// ones with the network that Go's driver for MySQL wants, and Oracle's.
var schemeless = []func() *regexp.Regexp{
	bareForm: bare,
	lazyregexp.New(`^([^\s:/@]+):([^\s@]+)@(?:tcp|unix)\(`),
	lazyregexp.New(`^(?:jdbc:oracle:[a-z]+:)([^\s:/@]+)/([^\s@]+)@`),
	lazyregexp.New(`^([A-Za-z0-9_$#]+)/([^\s/@]+)@(?://)?[A-Za-z0-9_.-]+:[0-9]{2,5}[:/]`),
}

// bareForm is the place of bare among them.
const bareForm = 0

// isLabelled reports whether the word before a colon says what an address is, as in
// serviceAccount:etl@project.iam.gserviceaccount.com, and does not name a user.
func isLabelled(word string) bool {
	switch strings.ToLower(word) {
	case "mailto", "sip", "sips", "xmpp", "acct", "email", "user", "group", "serviceaccount", "domain", "principal", "arn", "cc", "to", "from":
		return true
	}
	return false
}

// assignment matches a password that a connection string or the query of a URL sets,
// bare or in the quotes or braces of its syntax.
var assignment = lazyregexp.New(`(?i)(?:^|[\s;?&,{(-])[a-z0-9_.]*(` +
	`password|passwd|pwd|passphrase|accountkey|sharedaccesskey|` + urlKeys + `)\s*=\s*` +
	`("[^"]*"|'[^']*'|\{[^{}]*\}|\$\{[^{}]*\}[^\s;&]*|[^\s;&,"'{}]+)`)

// urlKeys set a secret in the query of a URL or between semicolons; elsewhere these
// words are too common.
const urlKeys = `sharedaccesssignature|secret|access_?token|auth_?token|token|api_?key|secret_?key|access_?key|sig|x-amz-signature`

var inQuery = lazyregexp.New(`(?i)^(` + urlKeys + `)$`)

func assignedPasswords(str string) (found []embedded) {
	if !strings.Contains(str, "=") {
		return nil
	}
	kind := stringWithPassword
	isURL := strings.Contains(str, "://")
	if isURL {
		kind = urlWithPassword
	}
	for _, m := range assignment().FindAllStringSubmatch(str, -1) {
		key, value := m[1], m[2]
		if inQuery().MatchString(key) && !isURL && !strings.Contains(str, ";") || strings.EqualFold(key, value) {
			continue
		}
		found = append(found, embedded{kind: kind, password: unquoted(value)})
	}
	return found
}

// unquoted returns a value without the quotes or braces around it.
func unquoted(value string) string {
	if len(value) > 1 && strings.Contains(`"'{`, value[:1]) {
		return value[1 : len(value)-1]
	}
	return value
}

// isWrittenOut reports whether a password stands there itself.
func isWrittenOut(password string) bool {
	return password != "" && !isReference(password) && !isTemplate(password) && !isPlaceholder(password) &&
		!isParameter(password) && !isFlag(password) && !isPath(password)
}

// isParameter reports whether a password is one that a program fills in: %s, ?, :name
// or @name.
func isParameter(password string) bool { return parameter().MatchString(password) }

var parameter = lazyregexp.New(`^(%[sdrv]|%\([a-z_]+\)s|\?|[:@][a-z_]+)$`)

// isFlag reports whether a word switches something on or off, and is not a password.
func isFlag(word string) bool {
	switch strings.ToLower(word) {
	case "0", "1", "true", "false", "yes", "no", "on", "off", "required", "optional", "prompt":
		return true
	}
	return false
}

// isExample reports whether user and password are those of every example, such as
// user:pass, or of everybody: the password of anonymous is an address.
func (p embedded) isExample() bool {
	return exampleUser().MatchString(p.user) && examplePassword().MatchString(p.password) || anonymousUser().MatchString(p.user)
}

var (
	anonymousUser   = lazyregexp.New(`(?i)^anonymous$`)
	exampleUser     = lazyregexp.New(`(?i)^(my|your|db)?_?user(name)?$`)
	examplePassword = lazyregexp.New(`(?i)^(my|your|db)?_?(pass|passwd|password|pw|pwd|secret)$`)
)
