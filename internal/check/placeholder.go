package check

import (
	"bytes"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// isPlaceholder reports whether a string stands where a secret is to be written: it
// says so, it is made of one repeated character, or a program replaces it.
func isPlaceholder(str string) bool {
	if len(str) > maxPlaceholder {
		return false
	}
	str = strings.TrimSpace(str)
	return isFiller(str) || isForeignReference(str) || saysPlaceholder(str) || namesCredential(str) || isBlankWebhook(str)
}

// maxPlaceholder is how many bytes a placeholder may have: that of a key, filled with
// stars, may be as long as the key.
const maxPlaceholder = 4096

// filler matches a string that is a repeated character: xxx, XXXX-XXXX, ***. The keys in
// the documentation of AWS end in EXAMPLE and EXAMPLEKEY.
var filler = lazyregexp.New(`^(AKIA|ASIA)[A-Z0-9]+EXAMPLE$|^([xX]{3,}|[*.•…_?#-]{3,})([ /:_.-]*([xX]+|[*.•…_?#-]+))*$`)

// fillers are repeated characters that make a filler of any string, such as sk-xxxxxxxx,
// and fillerEnds do so at its end.
var (
	fillers    = []string{"xxxx", "XXXX", "***", "•••"}
	fillerEnds = []string{"...", "…", "EXAMPLEKEY"}
)

// isFiller reports whether a string, or the secret part of one, is a filler.
func isFiller(str string) bool {
	mayRepeat := str != "" && (strings.Contains("AxX", str[:1]) || strings.IndexByte(alphanumeric, str[0]) < 0)
	return mayRepeat && filler().MatchString(str) ||
		slices.ContainsFunc(fillers, func(part string) bool { return strings.Contains(str, part) }) ||
		slices.ContainsFunc(fillerEnds, func(end string) bool { return strings.HasSuffix(str, end) })
}

// isBlankWebhook reports whether a string is a webhook of Slack's with one repeated
// letter in each part, after the T and the B of an id: T000/B000/XXX.
func isBlankWebhook(str string) bool {
	_, parts, ok := strings.Cut(str, "hooks.slack.com/services/")
	if !ok {
		return false
	}
	for _, part := range strings.Split(parts, "/") {
		part = strings.TrimLeft(part, "TB")
		if part != "" && strings.Trim(part, part[:1]) != "" {
			return false
		}
	}
	return true
}

// marker matches what the templates of other programs fill in: {{ jinja }}, {% if %},
// <%= erb %>, @NAME@, __NAME__, %NAME%, %%NAME%%, ((name)), [your key], ##NAME##, (NAME),
// %s, {0}.
var marker = lazyregexp.New(`\{\{.*\}\}|\{%.*%\}|<%.*%>|` +
	`^@{1,3}[A-Za-z0-9_.]+@{1,3}$|^__[A-Za-z0-9_]+__$|^%{1,3}[A-Za-z0-9_.-]+%{1,3}$|^\(\([A-Za-z0-9_./ -]+\)\)$|^\[{1,2}[A-Za-z][A-Za-z _.-]*\]{1,2}$|` +
	`^([#~!|^*=+:-]{1,3}(` + capitals + `)[#~!|^*=+:-]{1,3}|\((` + capitals + `)\)|%[sdrv]|\{[0-9]?\})$`)

// partMarker matches those that a password may hold by chance: {name}, <your key>,
// %(name)s, #{name}, $(NAME).
var partMarker = lazyregexp.New(`%\([A-Za-z0-9_.]+\)s|#\{[^{}]+\}|\$\([A-Za-z0-9_. ]+\)|\{[A-Za-z][A-Za-z0-9 _.|-]+\}|<[A-Za-z][^<>"]{2,}>`)

// isTemplatePart reports whether a string is made of such markers, or has one in a URL, a
// connection string, or beside no more than a word such as Bearer.
func isTemplatePart(str string) bool {
	if !strings.ContainsAny(str, "({<") { // each marker has one of these
		return false
	}
	rest := partMarker().ReplaceAllString(str, "")
	if rest == str {
		return false
	}
	letters := nonWord().ReplaceAllString(rest, "")
	return strings.Contains(str, "://") || strings.Contains(str, "=") || len(letters) <= len("Bearer") && strings.Trim(letters, alphabet) == ""
}

// capitals match a name in capitals, as in ##DB_PASSWORD##, and few passwords.
const capitals = `[A-Z]{3,}|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+`

// foreign matches references that other programs resolve before Prefect reads the
// file, and what sops has encrypted.
var foreign = lazyregexp.New(`^(op://|vault:|ref\+|ENC\[|ssm:|keyring:|sops:|gcp-?secrets?:|aws-?secrets?(manager)?:|` +
	`arn:aws[a-z-]*:(secretsmanager|ssm):|projects/[^/]+/secrets/|@Microsoft\.KeyVault\(|env:|env\.|env\(|os\.environ|` +
	`ENC\(|!(Ref|Sub|GetAtt|ImportValue|vault|secret|env|ENV)[ _]|\$ANSIBLE_VAULT;|[a-z]*(vault|secrets?|secretsmanager|sm|kv|ssm|kms|keyring)://|doppler:|bws:|lookup\()`)

func isForeignReference(str string) bool {
	if prefixLength(str, alphanumeric+" ") == len(str) { // each of them has another character
		return false
	}
	return marker().MatchString(str) || isTemplatePart(str) || foreign().MatchString(str)
}

// placeholderWords are what people write where a secret is to be, in small letters
// and with underscores.
var placeholderWords = map[string]bool{
	"changeme": true, "change_me": true, "changeit": true, "change_it": true, "change_this": true, "replaceme": true, "replace_me": true,
	"replace_this": true, "placeholder": true, "dummy": true, "example": true, "sample": true, "todo": true, "tbd": true, "fixme": true,
	"fill_me": true, "fillme": true, "fill_in": true, "fill_me_in": true, "redacted": true, "removed": true, "hidden": true, "masked": true,
	"none": true, "null": true, "nil": true, "n_a": true, "undefined": true, "unset": true, "not_set": true, "empty": true, "to_be_set": true,
	"set_me": true, "setme": true, "secret_goes_here": true, "tbc": true, "tba": true, "to_do": true, "wip": true,
}

// instruction matches a string that tells its reader to write something else:
// your_api_key, insert_token_here, change_me_please.
var instruction = lazyregexp.New(`^(changeme|change_(me|this)|replace_(me|this|with)|todo_)|^fill_((this|it|me|that|your|the)_)*in(_|$)|` +
	`^(is_)?(to_be|will_be|must_be|needs_to_be)_(filled|set|added|provided|defined|determined|changed|replaced|configured|confirmed|done|decided|announced|supplied|generated)(_|$)|` +
	`^(insert|enter|put|paste)_(your_|the_|an?_|my_)?([a-z]+_)?(` + things + `)|^add_(your|the|an?|my)_([a-z]+_)?(` + things + `)`)

// instructionVerbs are the first words of what instruction matches.
var instructionVerbs = wordSet(`change replace todo fill is to will must needs insert enter put paste add`)

// instructionWithin matches what is one anywhere in a string that has your_, or ends in _here.
var instructionWithin = lazyregexp.New(`(^|_)your_([a-z]+_)*(` + things + `)|(^|_)(` + things + `|it|this|me|goes)_here$`)

// things are what an instruction asks for.
const things = `key|token|secret|password|passphrase|url|webhook|id|name|value|credentials?|api|account|domain|host|server|user|org|company|project`

func saysPlaceholder(str string) bool {
	words := joinedWords(str)
	first, _, _ := strings.Cut(words, "_")
	mayBegin := instructionVerbs[first] || strings.HasPrefix(first, "changeme")
	mayBeWithin := strings.Contains(words, "your_") || strings.HasSuffix(words, "_here")
	return placeholderWords[words] || mayBegin && instruction().MatchString(words) || mayBeWithin && instructionWithin().MatchString(words)
}

var nonWord = lazyregexp.New(`[^A-Za-z0-9]+`)

// joinedWords returns the words of a string in small letters, with an underscore between
// each two: what nonWord matches separates them.
func joinedWords(str string) string {
	words := make([]byte, 0, len(str))
	for i := range len(str) {
		switch c := str[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			words = append(words, c)
		case 'A' <= c && c <= 'Z':
			words = append(words, c+'a'-'A')
		case len(words) > 0 && words[len(words)-1] != '_':
			words = append(words, '_')
		}
	}
	return string(bytes.TrimSuffix(words, []byte("_")))
}

// namesCredential reports whether a string in capitals, or of several words, is made
// of words that name a credential, as in MY_VALUE, MY SECRET VALUE and
// SLACK_WEBHOOK_URL. A password is not made of these alone.
func namesCredential(str string) bool {
	if !strings.Contains(str, " ") && !capitalWords().MatchString(str) {
		return false
	}
	n := 0
	isBetween := func(r rune) bool { return r == '_' || r == ' ' || r == '-' }
	for word := range strings.FieldsFuncSeq(strings.ToLower(str), isBetween) {
		if !credentialWords[word] {
			return false
		}
		n++
	}
	return n > 1
}

var capitalWords = lazyregexp.New(`^[A-Z0-9]+([_-][A-Z0-9]+)+$`)

var credentialWords = wordSet(`a access account admin agent api app apikey arn auth aws azure bearer bot client cloud connection consumer
	credential credentials creds ci data database db default dev discord docker email encryption endpoint env from gcp github gitlab google host
	hook http https id in jira json key kubernetes login main master my name new of oauth pass passwd password path personal pg port postgres
	prefect private prod production pwd read real redis region registry runner s3 secret secrets server service shared slack smtp
	snowflake sql some staging storage string tenant test the token twitter uri url user username value vault web webhook write`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// repeatsKey reports whether a string is the key that it is under.
func repeatsKey(key, str string) bool { return snakeCase(strings.TrimSpace(str)) == snakeCase(key) }

// filePath matches a file's path, which people give in place of a key or a password that
// is in the file.
var filePath = lazyregexp.New(`^(~|\.{1,2}|[A-Za-z]:)?[/\\]([\w.@ -]+[/\\])+[\w.@ -]*$|^(~|\.{1,2})[/\\][\w.@ -]+$|^[\w./@ -]+\.(pem|key|json|crt|cer|p12|pfx|txt|ya?ml|toml|ini|env|jks)$`)

// isKeyFile reports whether a string under a key such as private_key is the path of the
// file with it, below the working directory.
func isKeyFile(key, str string) bool {
	return strings.HasSuffix(snakeCase(key), "_key") && keyFile().MatchString(str) && !isRandom(str)
}

var keyFile = lazyregexp.New(`^[a-z][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)+$|^id_(rsa|dsa|ecdsa|ed25519)$`)

func isPath(str string) bool { return filePath().MatchString(str) && !isRandom(str) }
