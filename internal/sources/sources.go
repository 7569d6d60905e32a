package sources

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Given is what the user gave for each source, by its name.
type Given struct {
	Names map[string][]string      // files, names and globs
	Texts map[string]prefect.Value // for a source that takes [Text]; each a JSON string
}

// Text returns the text of a source that takes [Text]; empty if it was not given.
func (g Given) Text(name string) string { return g.Texts[name].RevealText() }

// input is what one source is read from: a path, a text, or names.
type input struct {
	name   string // of the row
	values []string
}

// value returns the path or the text.
func (in input) value() string { return in.values[0] }

// inputs returns what was given for a row of the table, an input for each source.
func (g Given) inputs(s Source) []input {
	names := g.Names[s.Name]
	switch {
	case s.Takes == Text && g.Text(s.Name) != "":
		return []input{{s.Name, []string{g.Text(s.Name)}}}
	case s.Takes == Names && len(names) > 0:
		return []input{{s.Name, names}}
	}
	var all []input
	for _, name := range names {
		all = append(all, input{s.Name, []string{name}})
	}
	return all
}

// Reader reads sources.
type Reader struct {
	// Inputs reports that sources were given by inputs of the Action, not by flags.
	Inputs bool
	Stdin  io.Reader
	Env    []string // as os.Environ gives it
	// Version is the Prefect that reads a config, as [release.ParseVersion] reads it.
	Version string
	// Done, if set, is called with each source once it is read.
	Done func(Source, *secretsync.Source)
}

// ErrNone means that no source was given.
var ErrNone = errors.New("no secrets")

// All reads every source that was given. If one cannot be read All fails, so that a
// missing source never causes a prune.
func (r *Reader) All(given Given) ([]*secretsync.Source, error) {
	var sources []*secretsync.Source
	for _, row := range Table {
		if path := repeatedPath(row, given); path != "" {
			return nil, fmt.Errorf("%s: %s is given twice: remove one", r.label(row.Name), path)
		}
		for _, in := range given.inputs(row) {
			source, err := row.read(r, in)
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
		return nil, fmt.Errorf("%w: pass %s", ErrNone, r.choices())
	}
	return sources, nil
}

// repeatedPath returns a file that was given twice for a row of the table, or "".
func repeatedPath(row Source, given Given) string {
	if row.Takes != Paths {
		return ""
	}
	seen := map[string]bool{}
	for _, path := range given.Names[row.Name] {
		clean := filepath.Clean(path)
		if seen[clean] {
			return path
		}
		seen[clean] = true
	}
	return ""
}

// choices lists the sources to choose from.
func (r *Reader) choices() string {
	var names []string
	for _, s := range Table {
		switch {
		case !r.Inputs && s.Flag != "":
			names = append(names, r.label(s.Name))
		case r.Inputs && s.Input != "" && s.Takes == Text && !s.Variables:
			names = append(names, fmt.Sprintf("the input %s: ${{ toJSON(%[1]s) }}", s.Name))
		case r.Inputs && s.Input != "" && !s.Variables:
			names = append(names, s.Name)
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// label returns what errors call a source.
func (r *Reader) label(name string) string {
	if r.Inputs {
		return option.Input.Label(name)
	}
	return option.Flag.Label(name)
}

// wrapError returns err, if there is one, with the label of its source.
func (r *Reader) wrapError(in input, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", r.label(in.name), err)
}

// readFile reads a file, or standard input for -, and returns what errors call it.
func (r *Reader) readFile(path string) (label string, data []byte, err error) {
	if path == "-" {
		data, err = io.ReadAll(r.Stdin)
		return "standard input", data, err
	}
	data, err = userfile.Read(path)
	return path, data, err
}
