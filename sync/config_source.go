package sync

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// FromConfig takes the secrets of a config's [context.secrets], read by the rules
// of a version. Nothing but that file counts and, for $NAME in it, the environment,
// given as os.Environ gives it: no defaults, no user's or backend file, no
// PREFECT__ variable. Entries come sorted by name.
//
// A flow gets from the store what it gets from the config. So under FormatAuto a
// text is sent as it is, for Prefect reads both by one rule, and a number, boolean,
// list or table as JSON; under FormatString a flow gets the text, or the text of
// that JSON.
//
// FromConfig fails with what [config.Load] fails with; if a secret is None
// or holds what JSON lacks, such as a tuple or a date; if its text refers to a
// variable that is not set or a setting that the file lacks, or is JSON deeper than
// Prefect reads; if no store takes its name. The error names file, secret and
// type, never a value.
func FromConfig(path string, version config.Version, environ []string) (*Source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading config: %w", err)
	}
	loaded, err := release.Load(release.Options{
		Version: release.Version(version), Path: path, Text: string(text), NoDefaults: true, Env: withoutSettings(environ),
	})
	var failed *release.Error
	if errors.As(err, &failed) {
		return nil, (*config.Error)(failed)
	}
	if err != nil {
		return nil, err
	}
	if err := checkReferences(path, string(text), loaded); err != nil {
		return nil, err
	}
	return configSource(path, loaded)
}

func withoutSettings(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool { return strings.HasPrefix(entry, release.Prefix) })
}

// checkReferences refuses secrets whose text refers to what is not there, which
// Prefect would leave as it stands, or leave out, without a word.
func checkReferences(label, text string, loaded *release.Config) error {
	var problems []error
	for _, entry := range loaded.Entries() {
		secrets := release.InSecrets(entry.Path)
		switch {
		case secrets && len(entry.Path) == 2:
			problems = append(problems, fmt.Errorf("%s: context.secrets is of type %s and no table", label, entry.Type()))
		case secrets && entry.Missing != "":
			problems = append(problems, fmt.Errorf("%s: secret %q refers to %s, which is neither a variable that is set nor a setting in this file%s",
				label, entry.Path[2], shownReference(entry.Missing, text), settingHint(entry.Missing)))
		}
	}
	return errors.Join(problems...)
}

func settingHint(name string) string {
	if strings.HasPrefix(name, release.Prefix) {
		return ": variables that begin with " + release.Prefix + " are settings and do not count here"
	}
	return ""
}

// certainName is what variables and settings are called, and passwords are not.
var certainName = regexp.MustCompile(`^([A-Z0-9_]+|[a-z_]+(\.[a-z_]+)+)$`)

// shownReference is a reference's name, if it stands in the file, and not in a
// variable's value, and cannot be a part of a secret with a $ in it.
func shownReference(name, file string) string {
	inFile := strings.Contains(file, "$"+name) || strings.Contains(file, "${"+name+"}")
	if inFile && certainName.MatchString(name) {
		return name
	}
	return "what stands after a $ in it"
}

func configSource(label string, loaded *release.Config) (*Source, error) {
	source := &Source{Label: label}
	secrets, written := loaded.Secrets(), writtenNames(loaded)
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		entry, err := configEntry(name, secrets[name])
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", label, err))
		}
		if other := written[name]; other != "" {
			entry.Note = fmt.Sprintf("%s in the config; the environment sets it, and such names are lower-case", other)
		}
		source.Entries = append(source.Entries, entry)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return source, nil
}

// writtenNames are, by name, what the file calls secrets that have another name.
func writtenNames(loaded *release.Config) map[string]string {
	names := map[string]string{}
	for _, entry := range loaded.Entries() {
		if entry.Written != "" {
			names[entry.Path[2]] = entry.Written
		}
	}
	return names
}

func configEntry(name string, v any) (Entry, error) {
	if err := secretname.Check(name); err != nil {
		return Entry{}, err
	}
	text, isText := v.(string)
	switch {
	case v == nil:
		return Entry{}, fmt.Errorf("secret %q is None, which no store takes", name)
	case isText:
		return Entry{Name: name, Text: prefect.TextValue(text), Format: FormatRaw}, checkText(name, text)
	}
	raw, err := release.Entry{Value: v}.JSON()
	if err != nil {
		return Entry{}, fmt.Errorf("secret %q is or holds a value %w", name, err)
	}
	return typedEntry(name, raw), nil
}

func checkText(name, text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("secret %q is a text that is not UTF-8: encode it, with base64 for example", name)
	}
	if _, err := pyjson.Loads(text); err != nil && !errors.Is(err, pyjson.ErrNotJSON) {
		return fmt.Errorf("secret %q %s", name, unreadable)
	}
	return nil
}
