// Package sources reads the secrets that a run is given. One [Table] has all kinds
// of sources: the command's flags and the Action's inputs come from it, and so does
// the order in which sources are read.
package sources

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Source is a kind of source of secrets, a row of the [Table].
type Source struct {
	Name  string // of the flag and of the input
	Flag  string // the help of the flag; empty if there is no flag
	Input string // the description of the input in action.yml; empty if there is no input
	Takes Form
	// Variables reports that the values are not secrets: the log may show them, and a
	// run needs another source besides.
	Variables bool

	read func(*Reader, input) (*secretsync.Source, error)
}

// Form is the form of what a source is given.
type Form int

const (
	Path  Form = iota // of a file
	Paths             // of files, each a source
	Names             // names or globs
	Text              // the secrets themselves; never by a flag, which every process sees
)

// Table has every source, in the order in which a run reads them, and in which
// docs/action.md and action.yml show them.
//
// A new source is a reader in sync, a row, and what the tests then report as missing
// in action.yml and docs/action.md.
var Table = []Source{
	{
		Name:  "secrets",
		Input: "Secrets to sync, as the expression toJSON(secrets) gives them",
		Takes: Text,
		read:  (*Reader).secrets,
	},
	{
		Name:      "vars",
		Input:     "Variables to sync as well, as the expression toJSON(vars) gives them",
		Takes:     Text,
		Variables: true,
		read:      (*Reader).vars,
	},
	{
		Name:  "secrets-file",
		Flag:  "JSON as ${{ toJSON(secrets) }} gives it, with values of any type but null, or dotenv; - is standard input",
		Input: "File with more secrets, a dotenv file or a JSON object without null. Use it for secrets that exceed the environment's limit of 128 KiB",
		Takes: Paths,
		read:  (*Reader).secretsFile,
	},
	{
		Name:      "vars-file",
		Flag:      "JSON as ${{ toJSON(vars) }} gives it",
		Takes:     Path,
		Variables: true,
		read:      (*Reader).varsFile,
	},
	{
		Name:  "env-names",
		Flag:  "environment variables that are secrets",
		Input: "Environment variables of the step to sync as well, as a list of names or globs",
		Takes: Names,
		read:  (*Reader).environment,
	},
	{
		Name:  "secrets-config",
		Flag:  "Prefect config whose [context.secrets] are secrets",
		Takes: Path,
		read:  (*Reader).config,
	},
}

func (r *Reader) secrets(in input) (*secretsync.Source, error) {
	return secretsync.ParseSecrets(r.label(in.name), []byte(in.value()))
}

func (r *Reader) vars(in input) (*secretsync.Source, error) {
	return secretsync.ParseVars(r.label(in.name), []byte(in.value()))
}

func (r *Reader) secretsFile(in input) (*secretsync.Source, error) {
	path := in.value()
	label, data, err := r.readFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading secrets: %w", err)
	}
	if path == "-" {
		path = ""
	}
	if err := r.checkOwn(label, data); err != nil {
		return nil, err
	}
	return secretsync.ParseSecretsFile(label, path, data)
}

func (r *Reader) varsFile(in input) (*secretsync.Source, error) {
	label, data, err := r.readFile(in.value())
	if err != nil {
		return nil, fmt.Errorf("reading vars: %w", err)
	}
	if err := r.checkOwn(label, data); err != nil {
		return nil, err
	}
	return secretsync.ParseVars(label, data)
}

func (r *Reader) environment(in input) (*secretsync.Source, error) {
	source, err := secretsync.FromEnvironment(r.Env, in.values)
	return source, r.wrapError(in, err)
}

// isSecretsFile reports whether a file is by its name JSON or dotenv, and no config.
func isSecretsFile(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	return filepath.Ext(base) == ".json" || filepath.Ext(base) == ".env" || strings.HasPrefix(base, ".env")
}

func (r *Reader) config(in input) (*secretsync.Source, error) {
	version, err := release.ParseVersion(r.Version)
	if err != nil {
		return nil, r.wrapError(in, err)
	}
	source, err := secretsync.FromConfig(in.value(), config.Version(version.String()), r.Env)
	if err != nil && isSecretsFile(in.value()) {
		err = fmt.Errorf("%w: a file of secrets as JSON or dotenv goes to %s", err, option.Flag.Name("secrets-file"))
	}
	return source, r.wrapError(in, err)
}
