package connect

import (
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
	ignored []string // where later candidates are from that differ
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

// origin says where the setting is from, and which candidates were ignored.
func (c chosen) origin() string {
	switch len(c.ignored) {
	case 0:
		return c.from
	case 1:
		return fmt.Sprintf("%s; %s differs and is ignored", c.from, c.ignored[0])
	default:
		return fmt.Sprintf("%s; %s differ and are ignored", c.from, strings.Join(c.ignored, " and "))
	}
}

// url finds the URL of the API. The Action passes on the variable's URL as its input.
func (o Options) url(manifest string) chosen {
	variable := o.variable(urlVariable)
	if o.APIURL != "" && o.APIURL != variable.value {
		return chosen{candidate: candidate{o.Given.Label("api-url"), o.APIURL}}
	}
	return choose(variable, candidate{"the manifest", manifest}, o.variable(o.kind.URLVariable))
}

// PrefectURL returns the URL in Prefect's own variable for a kind of store, or "".
func PrefectURL(kind string, getenv func(name string) string) string {
	if k := storekind.Find(kind); k != nil {
		return trimmed(getenv(k.URLVariable))
	}
	return ""
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

	foreign error // why a key that was found is not sent; nil if none was found
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
		return o.checkedKey(candidate{o.Given.Name("api-key"), key})
	}
	if o.APIKeyFile == "" {
		return o.variableKey()
	}
	key, err := o.readKeyFile("api-key-file", o.APIKeyFile)
	return chosen{candidate: candidate{o.APIKeyFile, key}}, err
}

// checkedKey chooses key if the kind of store takes it.
func (o Options) checkedKey(key candidate) (chosen, error) {
	if err := o.kind.CheckKey(key.value); err != nil {
		return chosen{}, fmt.Errorf("%s: %w", key.from, err)
	}
	return chosen{candidate: key}, nil
}

// variableKey chooses the first variable that is set. Prefect's own variables may hold
// a key for a store of another kind, which it ignores.
func (o Options) variableKey() (chosen, error) {
	var keys, foreign []candidate
	for _, name := range o.kind.KeyVariables {
		key := o.variable(name)
		if storekind.IsForeignKey(o.kind.CheckKey(key.value)) {
			foreign = append(foreign, key)
		} else {
			keys = append(keys, key)
		}
	}
	key := choose(append(keys, foreign...)...)
	switch {
	case len(foreign) > 0 && foreign[0].from == o.kind.KeyVariables[0]:
		return o.checkedKey(foreign[0])
	case key.value == "":
		return chosen{}, NoKeyError{Identity: o.kind.Identity}
	case slices.Contains(foreign, key.candidate):
		_, err := o.checkedKey(key.candidate)
		return chosen{}, NoKeyError{Identity: o.kind.Identity, foreign: err}
	}
	checked, err := o.checkedKey(key.candidate)
	checked.ignored = key.ignored
	return checked, err
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
	if err := o.kind.CheckKey(key); err != nil {
		return "", fmt.Errorf("%s: %s: %w", flag, path, err)
	}
	return key, nil
}

// variableKeys returns the keys in all variables, whichever of them is used.
func (o Options) variableKeys() []prefect.Value {
	var keys []prefect.Value
	for _, name := range apikey.Names {
		keys = append(keys, prefect.TextValue(o.variable(name).value))
	}
	return keys
}
