package connect

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// urlVariable holds the URL of the API. The URL may also come from --api-url, from the
// manifest and from Prefect's own variable, which depends on the kind of store.
const urlVariable = "PREFECT_SECRETS_API_URL"

// candidate is a value of a setting, and where it is from.
type candidate struct{ from, value string }

// chosen is the candidate that is used.
type chosen struct {
	candidate
	ignored []string    // where later candidates are from that differ
	foreign *foreignKey // the first that the user may have meant; may be nil
}

// foreignKey is a key that is for another store, by where it was found and why.
type foreignKey struct {
	from string
	why  error
}

func (k *foreignKey) Error() string { return fmt.Sprintf("%s: %v", k.from, k.why) }

func (k *foreignKey) Unwrap() error { return k.why }

// note says that the key is passed over.
func (k *foreignKey) note() string {
	if k == nil {
		return ""
	}
	return fmt.Sprintf("%s is ignored: %v", k.from, k.why)
}

// choose chooses the first candidate that has a value.
func choose(candidates ...candidate) (c chosen) {
	for _, other := range candidates {
		switch {
		case other.value == "":
		case c.value == "":
			c.candidate = other
		case other.value != c.value:
			c.ignored = append(c.ignored, other.from)
		}
	}
	return c
}

// note says which candidates were ignored; it is empty if none was.
func (c chosen) note() string {
	note := c.foreign.note()
	switch len(c.ignored) {
	case 0:
		return note
	case 1:
		note += "; " + c.ignored[0] + " differs and is ignored"
	default:
		note += "; " + strings.Join(c.ignored, " and ") + " differ and are ignored"
	}
	return strings.TrimPrefix(note, "; ")
}

// url finds the URL of the API. An option that repeats the variable counts as the
// variable, unless the manifest's URL would win over that.
func (o Options) url(manifest string) chosen {
	own, inManifest := o.variable(urlVariable), candidate{"the manifest", manifest}
	if o.APIURL != "" && (o.APIURL != own.value || o.kind.ManifestURLFirst) {
		return chosen{candidate: candidate{cmp.Or(o.URLFrom, o.Given.Label("api-url")), o.APIURL}}
	}
	if o.kind.ManifestURLFirst {
		own, inManifest = inManifest, own
	}
	return choose(own, inManifest, o.variable(o.kind.URLVariable))
}

// PrefectURL returns Prefect's own variable for the URL of a kind of store, and the URL in
// it, which may be empty.
func PrefectURL(kind string, getenv func(name string) string) (variable, url string) {
	k := storekind.Find(kind)
	if k == nil {
		return "", ""
	}
	return k.URLVariable, trimmed(getenv(k.URLVariable))
}

func (o Options) variable(name string) candidate { return candidate{name, trimmed(o.Getenv(name))} }

// trimmed returns a key or a URL without the spaces and the byte order mark that
// editors and shells put around it.
func trimmed(text string) string {
	return strings.TrimSpace(strings.TrimPrefix(text, tomlpos.ByteOrderMark))
}

// ErrNoKey means that no usable key was given. The error is a [NoKeyError].
var ErrNoKey = errors.New("no API key")

// NoKeyError is an [ErrNoKey] with a hint.
type NoKeyError struct {
	// Identity reports whether the store may also know a job by its id token.
	Identity bool

	foreign *foreignKey // nil if no key was found
}

// Is reports whether target is [ErrNoKey].
func (NoKeyError) Is(target error) bool { return target == ErrNoKey }

// Error implements error.
func (e NoKeyError) Error() string {
	return e.Message("set " + apikey.Variables[0] + ", or pass --api-key-file")
}

// Message returns the text of the error with another hint than the command's.
func (e NoKeyError) Message(hint string) string {
	if e.foreign == nil {
		return fmt.Sprintf("%v: %s", ErrNoKey, hint)
	}
	return fmt.Sprintf("%v: %v; %s", ErrNoKey, e.foreign, hint)
}

// key finds the key. It is never in a flag: every process of the machine sees a command
// line.
func (o Options) key() (chosen, error) {
	if key := trimmed(o.APIKey.RevealText()); key != "" {
		from := o.Given.Name("api-key")
		return chosen{candidate: candidate{from, key}}, o.checkGiven(from, key)
	}
	if o.APIKeyFile == "" {
		return o.variableKey()
	}
	key, err := o.readKeyFile(storekind.APIKeyFile, o.APIKeyFile)
	return chosen{candidate: candidate{o.APIKeyFile, key}}, err
}

// checkGiven returns why a key is not sent that an option gives.
func (o Options) checkGiven(from, key string) error {
	switch err := o.checkKey(candidate{from, key}); {
	case storekind.IsForeignKey(err):
		return fmt.Errorf("%s: %w: give this store's own key", from, err)
	case err != nil:
		return fmt.Errorf("%s: %w", from, err)
	}
	return nil
}

// variableKey chooses the first variable that has a key for this store. The steps of a
// job may share variables with the keys of several stores, so it passes over the others.
// If they are all that there is, it fails: as for a wrong key in the command's own variable,
// or in that of a server's auth string; else as for no key.
func (o Options) variableKey() (chosen, error) {
	var keys []candidate
	var foreign []*foreignKey
	for _, name := range o.kind.KeyVariables {
		key := o.variable(name)
		if err := o.checkKey(key); storekind.IsForeignKey(err) {
			foreign = append(foreign, &foreignKey{name, err})
		} else {
			keys = append(keys, key)
		}
	}
	key := choose(keys...)
	isOwn := len(foreign) > 0 && foreign[0].from == o.kind.KeyVariables[0]
	switch {
	case key.value == "" && (isOwn || o.isAuthVariable(foreign)):
		return chosen{}, fmt.Errorf("%w: set this store's own key there, or leave the variable empty", foreign[0])
	case key.value == "" && len(foreign) > 0:
		return chosen{}, NoKeyError{Identity: o.kind.Identity, foreign: foreign[0]}
	case key.value == "":
		return chosen{}, NoKeyError{Identity: o.kind.Identity}
	case isOwn:
		key.foreign, foreign = foreign[0], foreign[1:]
	}
	for _, other := range foreign {
		key.ignored = append(key.ignored, other.from)
	}
	if err := o.checkKey(key.candidate); err != nil {
		return chosen{}, fmt.Errorf("%s: %w", key.from, err)
	}
	return key, nil
}

// isAuthVariable reports whether the first of the keys is in the variable for the auth string
// of a server, which no store but that server reads.
func (o Options) isAuthVariable(foreign []*foreignKey) bool {
	return len(foreign) > 0 && foreign[0].from == apikey.AuthString && !o.cloud
}

// checkKey returns why a key is not sent.
func (o Options) checkKey(key candidate) error { return o.kind.CheckKey(o.asKey(key)) }

// asKey returns a key as its kind of store sees it.
func (o Options) asKey(key candidate) storekind.Key {
	k := storekind.Key{Text: key.value, Cloud: o.cloud}
	if slices.Contains(o.kind.KeyVariables, key.from) {
		k.Variable = key.from
	}
	return k
}

// foreignIn returns the choice of no key that an [ErrNoKey] stands for.
func foreignIn(err error) chosen {
	var noKey NoKeyError
	_ = errors.As(err, &noKey)
	return chosen{foreign: noKey.foreign}
}

// readKeyFile reads the file with a key that an option names.
func (o Options) readKeyFile(name, path string) (string, error) {
	flag := o.Given.Label(name)
	if path == "-" {
		return "", fmt.Errorf("%s: standard input is for secrets: set %s, or name a file", flag, apikey.Variables[0])
	}
	data, err := userfile.Read(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	key := trimmed(string(data))
	if key == "" {
		return "", fmt.Errorf("%s: %s is empty", flag, path)
	}
	return key, o.checkGiven(flag+": "+path, key)
}

// variableKeys returns the keys in all variables, whichever of them is used.
func (o Options) variableKeys() []prefect.Value {
	var keys []prefect.Value
	for _, name := range apikey.Names {
		keys = append(keys, prefect.TextValue(o.variable(name).value))
	}
	return keys
}
