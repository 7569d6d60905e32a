package sync

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// FromConfig makes a source of [context.secrets] in a Prefect config, read by the
// rules of a version. Only that file counts and, for $NAME in it, the environment,
// given as os.Environ gives it: no defaults, neither the user's file nor the
// backend's, and no PREFECT__ variable. Entries are sorted by name.
//
// A flow gets from the store what it gets from the config. So under FormatAuto a
// string is sent as it is, because Prefect reads both by one rule, and a number,
// boolean, list or table as JSON. Under FormatString a flow gets the string, or that
// JSON as a string.
//
// The errors are those of [config.Load], and one for each secret that is None or holds
// what JSON lacks, such as a tuple or a date, that refers to a variable that is not set
// or to a setting that the file lacks, that is JSON deeper than Prefect reads, or whose
// name no store accepts. They name the file, the secret and the type, never a value.
func FromConfig(path string, version config.Version, environ []string) (*Source, error) {
	text, err := userfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("reading config: %w", err)
	}
	rules, err := release.VersionOf(string(version))
	if err != nil {
		return nil, err
	}
	loaded, err := release.Load(release.Options{
		Version: rules, Path: path, Text: string(text), NoDefaults: true, Env: withoutSettings(environ),
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

// withoutSettings returns an environment without the variables that are settings.
func withoutSettings(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool { return strings.HasPrefix(entry, release.Prefix) })
}

// checkReferences returns an error for each secret with an undefined reference.
// Prefect would silently keep the reference as it is, or drop it.
func checkReferences(label, text string, loaded *release.Config) error {
	var problems []error
	for _, entry := range loaded.Entries() {
		inSecrets := release.InSecrets(entry.Path)
		switch {
		case inSecrets && len(entry.Path) == 2:
			problems = append(problems, fmt.Errorf("%s: context.secrets must be a table, but has the type %s", label, entry.Type()))
		case inSecrets && entry.Missing != "":
			problems = append(problems, fmt.Errorf("%s: secret %q refers to %s, which is neither a variable that is set nor a setting in this file%s",
				label, entry.Path[2], maskReference(entry.Missing, text), settingHint(entry.Missing)))
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

// referenceName matches names of variables and settings, and hardly a part of a
// password.
var referenceName = lazyregexp.New(`^([A-Z0-9_]+|[a-z_]+(\.[a-z_]+)+)$`)

// maskReference returns the name of a reference if it is in the file, and not in the
// value of a variable, and cannot be a part of a secret that has a $ in it.
func maskReference(name, file string) string {
	inFile := strings.Contains(file, "$"+name) || strings.Contains(file, "${"+name+"}")
	if inFile && referenceName().MatchString(name) {
		return name
	}
	return "what follows a $ in it"
}

func configSource(label string, loaded *release.Config) (*Source, error) {
	source := &Source{Label: label}
	secrets, inFile := loaded.Secrets(), namesInFile(loaded)
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		entry, err := configEntry(name, secrets[name])
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", label, err))
		}
		if other := inFile[name]; other != "" {
			entry.note = fmt.Sprintf("%s in the config; the environment sets it, and such names are lower-case", other)
		}
		source.Entries = append(source.Entries, entry)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return source, nil
}

// namesInFile returns the names that the file has for secrets that got another name,
// by that name.
func namesInFile(loaded *release.Config) map[string]string {
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
	s, isString := v.(string)
	switch {
	case v == nil:
		return Entry{}, fmt.Errorf("secret %q is None, which no store accepts", name)
	case isString:
		return Entry{Name: name, Text: prefect.TextValue(s), format: FormatRaw}, checkString(name, s)
	}
	raw, err := release.Entry{Value: v}.JSON()
	if err != nil {
		return Entry{}, fmt.Errorf("secret %q is or holds a value %w", name, err)
	}
	return typedEntry(name, raw), nil
}

// checkString returns an error for a string that cannot be sent, or that Prefect
// cannot read back.
func checkString(name, s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("secret %q is a string that is not UTF-8: encode it, with base64 for example", name)
	}
	if _, err := pyjson.Loads(s); err != nil && !errors.Is(err, pyjson.ErrNotJSON) {
		return fmt.Errorf("secret %q %s", name, exceedsLimits)
	}
	return nil
}
