package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// sourceOptions say where values come from.
type sourceOptions struct {
	secretsFiles  []string
	varsFile      string
	envNames      []string
	secretsConfig string
	version       string
	given         []*secretsync.Source // read already, from inputs of the Action
}

func (o *sourceOptions) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.secretsFiles, "secrets-file", nil, "secrets: JSON as ${{ toJSON(secrets) }} gives it, with values of any type but null, or dotenv; - is standard input (repeatable)")
	flags.StringVar(&o.varsFile, "vars-file", "", "a JSON file as ${{ toJSON(vars) }} gives it")
	flags.StringSliceVar(&o.envNames, "env-names", nil, "names or globs of environment variables that are secrets")
	flags.StringVar(&o.secretsConfig, "secrets-config", "", "a Prefect config whose [context.secrets] are secrets")
	flags.StringVar(&o.version, "prefect-version", config.Documented.String(), "how --secrets-config is read, and what --config-files are checked for (default there: any release): documented, 0.9 or 1.4, or a release such as 1.4.1")
}

var errNoSource = errors.New("no secrets")

// readSources reads every source that o names; one that cannot be read fails them
// all, so that nothing is pruned because it is missing.
func (c *Command) readSources(o sourceOptions) ([]*secretsync.Source, error) {
	sources := o.given
	add := func(source *secretsync.Source, err error) error {
		sources = append(sources, source)
		return err
	}
	for _, path := range o.secretsFiles {
		if err := add(c.readSecretsFile(path)); err != nil {
			return nil, err
		}
	}
	if o.varsFile != "" {
		if err := add(c.readVars(o.varsFile)); err != nil {
			return nil, err
		}
	}
	if len(o.envNames) > 0 {
		if err := add(secretsync.FromEnvironment(c.Env, o.envNames)); err != nil {
			return nil, fmt.Errorf("--env-names: %w", err)
		}
	}
	if o.secretsConfig != "" {
		if err := add(c.readSecretsConfig(o)); err != nil {
			return nil, fmt.Errorf("--secrets-config: %w", err)
		}
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("%w: give --secrets-file, --vars-file, --env-names or --secrets-config", errNoSource)
	}
	return sources, nil
}

// readSecretsFile reads a file, or standard input for -.
func (c *Command) readSecretsFile(path string) (*secretsync.Source, error) {
	label, data, err := c.readInput(path)
	if err != nil {
		return nil, fmt.Errorf("reading secrets: %w", err)
	}
	if path == "-" {
		path = ""
	}
	return secretsync.ParseSecretsFile(label, path, data)
}

func (c *Command) readVars(path string) (*secretsync.Source, error) {
	label, data, err := c.readInput(path)
	if err != nil {
		return nil, fmt.Errorf("reading vars: %w", err)
	}
	return secretsync.ParseVars(label, data)
}

// readInput reads a file, or standard input for -, and says how errors call it.
func (c *Command) readInput(path string) (label string, data []byte, err error) {
	if path == "-" {
		data, err = io.ReadAll(c.Stdin)
		return "standard input", data, err
	}
	data, err = os.ReadFile(path)
	return path, data, err
}

func (c *Command) readSecretsConfig(o sourceOptions) (*secretsync.Source, error) {
	version, err := config.ParseVersion(o.version)
	if err != nil {
		return nil, err
	}
	return secretsync.FromConfig(o.secretsConfig, version, c.Env)
}
