// Package sources reads the secrets that a run is given. One table says which sources
// there are: the command's flags and the Action's inputs come from it, and so does the
// order in which sources are read.
package sources

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Source is a way for secrets to come in.
type Source struct {
	Name string // of the flag and of the input
	Flag string // what --help says of the flag; empty if there is none
	// Input is what action.yml says of the input; empty if there is none.
	Input string
	Takes Form
	// Variables are no secrets: the log may show them, and a run has other sources.
	Variables bool

	read func(*Reader, given) (*secretsync.Source, error)
}

// Form is what a source is given.
type Form int

const (
	Path  Form = iota // of a file
	Paths             // of files, each a source
	Names             // names or globs
	Text              // the secrets themselves; never by a flag, which every process sees
)

// Table is every source, in the order in which a run reads them. The README and
// action.yml show them in this order.
//
// A new source is a reader in sync, a row, and what the tests then miss in action.yml
// and the README.
var Table = []Source{
	{
		Name:  "secrets",
		Input: "The secrets to sync, as the expression toJSON(secrets) gives them",
		Takes: Text,
		read:  (*Reader).secrets,
	},
	{
		Name:      "vars",
		Input:     "Variables to sync beside them, as the expression toJSON(vars) gives them",
		Takes:     Text,
		Variables: true,
		read:      (*Reader).vars,
	},
	{
		Name:  "secrets-file",
		Flag:  "secrets: JSON as ${{ toJSON(secrets) }} gives it, with values of any type but null, or dotenv; - is standard input (repeatable)",
		Input: "File with more secrets, as dotenv or as JSON with values of any type but null; for what is too long for the environment, 128 KiB in all",
		Takes: Paths,
		read:  (*Reader).secretsFile,
	},
	{
		Name:      "vars-file",
		Flag:      "a JSON file as ${{ toJSON(vars) }} gives it",
		Takes:     Path,
		Variables: true,
		read:      (*Reader).varsFile,
	},
	{
		Name:  "env-names",
		Flag:  "names or globs of environment variables that are secrets",
		Input: "Names or globs of environment variables of the step that are secrets too, one a line or between commas",
		Takes: Names,
		read:  (*Reader).environment,
	},
	{
		Name:  "secrets-config",
		Flag:  "a Prefect config whose [context.secrets] are secrets",
		Takes: Path,
		read:  (*Reader).config,
	},
}

func (r *Reader) secrets(g given) (*secretsync.Source, error) {
	return secretsync.ParseSecrets(r.called(g.name), []byte(g.text()))
}

func (r *Reader) vars(g given) (*secretsync.Source, error) {
	return secretsync.ParseVars(r.called(g.name), []byte(g.text()))
}

func (r *Reader) secretsFile(g given) (*secretsync.Source, error) {
	path := g.text()
	label, data, err := r.input(path)
	if err != nil {
		return nil, fmt.Errorf("reading secrets: %w", err)
	}
	if path == "-" {
		path = ""
	}
	return secretsync.ParseSecretsFile(label, path, data)
}

func (r *Reader) varsFile(g given) (*secretsync.Source, error) {
	label, data, err := r.input(g.text())
	if err != nil {
		return nil, fmt.Errorf("reading vars: %w", err)
	}
	return secretsync.ParseVars(label, data)
}

func (r *Reader) environment(g given) (*secretsync.Source, error) {
	source, err := secretsync.FromEnvironment(r.Env, g.texts)
	return source, r.about(g, err)
}

func (r *Reader) config(g given) (*secretsync.Source, error) {
	version, err := release.ParseVersion(r.Version)
	if err != nil {
		return nil, r.about(g, err)
	}
	source, err := secretsync.FromConfig(g.text(), config.Version(version), r.Env)
	return source, r.about(g, err)
}
