package connect

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Where the URL of the API is looked for, beside --api-url and the manifest. The
// second is Prefect 1's own.
const (
	urlVariable        = "PREFECT_SECRETS_API_URL"
	prefectURLVariable = "PREFECT__CLOUD__API"
)

// candidate is a setting that one of several places may give.
type candidate struct{ from, value string }

// chosen is the candidate that counts, and those behind it that say otherwise.
type chosen struct {
	candidate
	ignored []string
}

// first takes the first candidate that has a value.
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

// origin is where a setting is from, and what was passed over.
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

// url finds the URL of the API. An input of the Action may be the variable.
func (o Options) url(manifest string) chosen {
	variable := o.variable(urlVariable)
	if o.APIURL != "" && o.APIURL != variable.value {
		return chosen{candidate: candidate{"--api-url", o.APIURL}}
	}
	return choose(variable, candidate{"the manifest", manifest}, o.variable(prefectURLVariable))
}

// PrefectURL is the URL that Prefect 1's own variable names, if it does.
func PrefectURL(getenv func(name string) string) string { return trimmed(getenv(prefectURLVariable)) }

func (o Options) variable(name string) candidate { return candidate{name, trimmed(o.Getenv(name))} }

// trimmed is a key or a URL without what editors and shells put around it.
func trimmed(text string) string {
	return strings.TrimSpace(strings.TrimPrefix(text, tomlpos.ByteOrderMark))
}

// ErrNoKey means that no place has a key that can be used. The error is a
// [NoKeyError].
var ErrNoKey = errors.New("no API key")

// NoKeyError is [ErrNoKey], and the variable with a key that cannot be used.
type NoKeyError struct{ cloudKey string }

// Is reports whether target is [ErrNoKey].
func (NoKeyError) Is(target error) bool { return target == ErrNoKey }

// Error implements error.
func (e NoKeyError) Error() string {
	return e.Message("set " + prefect.APIKeyVariables[0] + ", or give --api-key-file")
}

// Message is the error with another hint than the command's.
func (e NoKeyError) Message(hint string) string {
	if e.cloudKey == "" {
		return fmt.Sprintf("%v: %s", ErrNoKey, hint)
	}
	return fmt.Sprintf("%v: %s: %v; %s", ErrNoKey, e.cloudKey, prefect.ErrPrefectCloudKey, hint)
}

// key finds the key and says where. A flag never holds it: a command line is visible
// to every process of the machine.
func (o Options) key() (chosen, error) {
	if key := trimmed(o.APIKey.RevealText()); key != "" {
		return checkedKey(candidate{"the input api-key", key})
	}
	if o.APIKeyFile == "" {
		return o.variableKey()
	}
	key, err := readKeyFile("--api-key-file", o.APIKeyFile)
	return chosen{candidate: candidate{o.APIKeyFile, key}}, err
}

func checkedKey(key candidate) (chosen, error) {
	if err := prefect.CheckAPIKey(key.value); err != nil {
		return chosen{}, fmt.Errorf("%s: %w", key.from, err)
	}
	return chosen{candidate: key}, nil
}

// variableKey takes the first variable that is set. Those that are Prefect's own may
// hold a key of Prefect Cloud 2 or 3, which is passed over.
func (o Options) variableKey() (chosen, error) {
	var keys, foreign []candidate
	for _, name := range prefect.APIKeyVariables {
		key := o.variable(name)
		if errors.Is(prefect.CheckAPIKey(key.value), prefect.ErrPrefectCloudKey) {
			foreign = append(foreign, key)
		} else {
			keys = append(keys, key)
		}
	}
	key := choose(append(keys, foreign...)...)
	switch {
	case len(foreign) > 0 && foreign[0].from == prefect.APIKeyVariables[0]:
		return checkedKey(foreign[0])
	case key.value == "":
		return chosen{}, NoKeyError{}
	case slices.Contains(foreign, key.candidate):
		return chosen{}, NoKeyError{cloudKey: key.from}
	}
	return key, nil
}

func readKeyFile(flag, path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	key := trimmed(string(data))
	if key == "" {
		return "", fmt.Errorf("%s: %s is empty", flag, path)
	}
	if err := prefect.CheckAPIKey(key); err != nil {
		return "", fmt.Errorf("%s: %s: %w", flag, path, err)
	}
	return key, nil
}

// variableKeys are the keys of the variables, whichever counts.
func (o Options) variableKeys() []prefect.Value {
	var keys []prefect.Value
	for _, name := range prefect.APIKeyVariables {
		keys = append(keys, prefect.TextValue(o.variable(name).value))
	}
	return keys
}
