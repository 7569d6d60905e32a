package cli

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// flagSection registers flags that --help shows under one heading. Each has a name for
// its value, such as FILE.
type flagSection struct {
	flags *pflag.FlagSet
	title string
}

// The headings of sections that several commands have.
const (
	sourcesTitle = "Sources"
	mappingTitle = "Mapping"
	storeTitle   = "Store and key"
	pruneTitle   = "Overwrite and prune"
	checksTitle  = "Checks"
	outputTitle  = "Output"
)

func section(flags *pflag.FlagSet, title string) flagSection {
	flags.SortFlags = false
	return flagSection{flags, title}
}

// Annotations of a flag.
const (
	titleKey   = "title"
	valueKey   = "value"
	choicesKey = "choices"
)

// annotate says what --help and the completion need of a flag.
func (s flagSection) annotate(name, value string, choices ...string) {
	flag := s.flags.Lookup(name)
	flag.Annotations = map[string][]string{titleKey: {s.title}, valueKey: {value}, choicesKey: choices}
	flag.Value = &givenValue{Value: flag.Value}
}

func annotation(flag *pflag.Flag, key string) string {
	return strings.Join(flag.Annotations[key], "")
}

// text registers a flag that takes any string.
func (s flagSection) text(p *string, name, value, initial, usage string) {
	s.flags.StringVar(p, name, initial, usage)
	s.annotate(name, value)
}

// list registers a flag that takes strings with commas between them, and is repeatable.
func (s flagSection) list(p *[]string, name, value, usage string) {
	s.flags.StringSliceVar(p, name, nil, usage)
	s.annotate(name, value+",…")
}

// repeated registers a flag that takes one string and is repeatable.
func (s flagSection) repeated(p *[]string, name, value, usage string) {
	s.flags.StringArrayVar(p, name, nil, usage+" (repeatable)")
	s.annotate(name, value)
}

func (s flagSection) toggle(p *bool, name, usage string) { s.toggleShort(p, name, "", usage) }

func (s flagSection) toggleShort(p *bool, name, letter, usage string) {
	s.flags.BoolVarP(p, name, letter, false, usage)
	s.annotate(name, "")
}

func (s flagSection) duration(p *time.Duration, name string, initial time.Duration, usage string) {
	s.flags.DurationVar(p, name, initial, usage)
	s.annotate(name, "TIME")
}

func (s flagSection) number(p *int, name string, initial int, usage string) {
	s.flags.IntVar(p, name, initial, usage)
	s.annotate(name, "N")
}

// parsed registers a flag whose value parse reads.
func (s flagSection) parsed(name, value, usage string, parse func(string) error) {
	s.flags.Func(name, usage, parse)
	s.annotate(name, value)
}

// choice registers a flag that takes one of several words. What follows these words in
// --help is in more.
func (s flagSection) choice(p *string, name, value, initial string, choices []string, more string) {
	*p = initial
	s.flags.Var(&choiceValue{p, choices}, name, orList(choices)+more)
	s.annotate(name, value, choices...)
}

// choiceValue is the value of a flag that takes one of several words.
type choiceValue struct {
	p       *string
	choices []string
}

func (v *choiceValue) String() string { return *v.p }

func (*choiceValue) Type() string { return "choice" }

func (v *choiceValue) Set(text string) error {
	if slices.Contains(v.choices, text) {
		*v.p = text
		return nil
	}
	return errors.New(nearest.Hint(strings.ToLower(text), v.choices, "use "+orList(v.choices)))
}

// givenValue is the value of a flag with the strings that were given for it. It refuses
// an empty one, which is what a variable that is not set gives.
type givenValue struct {
	pflag.Value
	texts []string
}

// Errors about what is given for a flag, without the flag's name.
var (
	errEmptyFlag = errors.New("needs a value, and got an empty one: is a variable not set?")
	errEmptyItem = errors.New("has an empty item: is a variable not set?")
	errLines     = errors.New("has a line break: write commas between the items")
)

// isGivenError reports whether an error is one of those above.
func isGivenError(err error) bool {
	return err == errEmptyFlag || err == errEmptyItem || err == errLines
}

func (v *givenValue) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return errEmptyFlag
	}
	if v.Type() == listType {
		if err := checkItems(text); err != nil {
			return err
		}
	}
	v.texts = append(v.texts, text)
	return v.Value.Set(text)
}

// listType is the type of a flag that takes strings with commas between them.
const listType = "stringSlice"

// checkItems returns an error for an empty item of a list, or for a line break, behind
// which nothing would be read.
func checkItems(text string) error {
	if strings.ContainsAny(strings.TrimRight(text, "\r\n"), "\r\n") {
		return errLines
	}
	items, err := csv.NewReader(strings.NewReader(text)).Read()
	isEmpty := func(item string) bool { return strings.TrimSpace(item) == "" }
	if err == nil && slices.ContainsFunc(items, isEmpty) {
		return errEmptyItem
	}
	return nil // the flag's own type says what is wrong with the form
}

// orList returns words as a sentence lists them.
func orList(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
