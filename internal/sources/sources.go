package sources

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Given is what was given for each source, by its name.
type Given struct {
	Names map[string][]string      // files, names and globs
	Texts map[string]prefect.Value // for a source that takes [Text]; each a JSON string
}

// Text is what was given for a source that takes [Text], or empty.
func (g Given) Text(name string) string { return g.Texts[name].RevealText() }

// given is what one source is read from.
type given struct {
	name  string
	texts []string
}

func (g given) text() string { return g.texts[0] }

// of is what was given for a row, for each source that there is of it.
func (g Given) of(s Source) []given {
	names := g.Names[s.Name]
	switch {
	case s.Takes == Text && g.Text(s.Name) != "":
		return []given{{s.Name, []string{g.Text(s.Name)}}}
	case s.Takes == Names && len(names) > 0:
		return []given{{s.Name, names}}
	}
	var all []given
	for _, name := range names {
		all = append(all, given{s.Name, []string{name}})
	}
	return all
}

// Reader reads sources.
type Reader struct {
	// Inputs says that sources were given by inputs of the Action, not by flags.
	Inputs bool
	Stdin  io.Reader
	Env    []string // as os.Environ gives it
	// Version is the Prefect that reads a config, as [release.ParseVersion] reads it.
	Version string
	// Done, if set, is called with each source that was read.
	Done func(Source, *secretsync.Source)
}

// ErrNone means that no source was given.
var ErrNone = errors.New("no secrets")

// All reads every source that is given. One that cannot be read fails them all, so that
// nothing is pruned because it is missing.
func (r *Reader) All(all Given) ([]*secretsync.Source, error) {
	var sources []*secretsync.Source
	for _, row := range Table {
		for _, g := range all.of(row) {
			source, err := row.read(r, g)
			if err != nil {
				return nil, err
			}
			if r.Done != nil {
				r.Done(row, source)
			}
			sources = append(sources, source)
		}
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("%w: give %s", ErrNone, r.choices())
	}
	return sources, nil
}

// choices are the sources to choose from.
func (r *Reader) choices() string {
	var names []string
	for _, s := range Table {
		switch {
		case !r.Inputs && s.Flag != "":
			names = append(names, r.called(s.Name))
		case r.Inputs && s.Input != "" && s.Takes == Text && !s.Variables:
			names = append(names, fmt.Sprintf("the input %s: ${{ toJSON(%[1]s) }}", s.Name))
		case r.Inputs && s.Input != "" && !s.Variables:
			names = append(names, s.Name)
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// called is how errors call a source.
func (r *Reader) called(name string) string {
	if r.Inputs {
		return "input " + name
	}
	return "--" + name
}

// about says in an error which source it is about.
func (r *Reader) about(g given, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", r.called(g.name), err)
}

// input reads a file, or standard input for -, and says how errors call it.
func (r *Reader) input(path string) (label string, data []byte, err error) {
	if path == "-" {
		data, err = io.ReadAll(r.Stdin)
		return "standard input", data, err
	}
	data, err = os.ReadFile(path)
	return path, data, err
}
