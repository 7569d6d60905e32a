package sync

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// ErrEmptySource means that no source has a secret. API keys do not count. Runs for forks
// and of Dependabot get none, so an empty source never deletes anything.
var ErrEmptySource = errors.New("no secrets were passed in (runs from forks and Dependabot get none)")

// onlyKeysError is an [ErrEmptySource] that says which API keys were left out.
type onlyKeysError string

func (e onlyKeysError) Error() string { return string(e) }

func (onlyKeysError) Is(target error) bool { return target == ErrEmptySource }

// Source is where values come from. A program may build one from its own entries.
type Source struct {
	Label   string // what reports and errors call it
	Entries []Entry

	complete bool // all secrets of a repository, which nobody chose one by one
}

// Entry is a secret or variable: a name and its value.
type Entry struct {
	Name string
	// Text is a JSON string, as [prefect.TextValue] makes it. For a value of another type
	// it holds that value's JSON; [Format] says what a flow gets. Any other Value counts
	// as the empty string, and is skipped.
	Text prefect.Value

	// format is how the value is sent if the rules say FormatAuto. The zero value is
	// FormatAuto itself, which is right for the strings of CI.
	format Format
	// kind is the type of a value that is not a string, such as "number" or "list
	// with 3 items"; empty for a string.
	kind string
	// note is added to the reason in a plan, whatever happens to the entry.
	note string
}

// formatUnder returns how the entry is sent: as a rule says, else as its source does.
func (e Entry) formatUnder(rule Format) Format {
	if rule == FormatAuto {
		return e.format
	}
	return rule
}

// ParseSecretsFile reads a file of secrets: as JSON if its name ends in .json or its
// text begins with { or [, else as dotenv. It skips a byte order mark. The error has
// the line, the column and what is wrong there, and never quotes a value.
//
// JSON is one object, by the rules of [ParseSecrets], except that a value may be of any
// type but null. An object that holds its secrets in a part of it, such as a response
// from Vault, is an error, which names that part.
//
// Dotenv is read where python-dotenv, motdotla/dotenv, godotenv and compose-go read the
// same, as docs/dotenv.md shows, and every line that they read differently is an error.
// A $NAME or ${NAME} that is not an entry of the file stays as it is.
func ParseSecretsFile(label, name string, data []byte) (*Source, error) {
	text := strings.TrimPrefix(string(data), tomlpos.ByteOrderMark)
	name = strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, ".toml") || tomlHeader().MatchString(text):
		return nil, errorOfTOML(label, text)
	case strings.HasSuffix(name, ".json") || startsWithBracket(text) || startsWithComment(text):
		return parseTyped(label, []byte(text))
	case sopsDotenv().MatchString(text):
		return nil, fmt.Errorf("%s: %w", label, errSops)
	}
	return parseDotenv(label, []byte(text))
}
