package cli

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
)

// usageError is an error in the arguments. The line that names the command's --help
// follows it.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// missing are the errors about what a command needs and was not given.
var missing = []error{sources.ErrNone, connect.ErrNoURL, connect.ErrNoKey}

// pointer returns the line that follows an error of usage, which is each that begins with
// a flag and each about a missing one, or "".
func pointer(err error, cmd *cobra.Command) string {
	var usage *usageError
	isUsage := errors.As(err, &usage) || exit.CodeOf(err) == exit.Usage && strings.HasPrefix(err.Error(), "--") ||
		slices.ContainsFunc(missing, func(known error) bool { return errors.Is(err, known) })
	if err == nil || !isUsage || cmd == nil {
		return ""
	}
	if cmd.Name() == "help" {
		cmd = cmd.Root() // whose help lists the commands
	}
	return fmt.Sprintf("Run '%s --help'", cmd.CommandPath())
}

// noArguments accepts no argument. The hint says what to do instead.
func noArguments(hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := flagAsValue(cmd.Flags()); err != nil || len(args) == 0 {
			return err
		}
		return usagef("%s takes no arguments, and got %d: %s", cmd.Name(), len(args), hint)
	}
}

// sourcesByFlags accepts no argument of plan and sync. It names a file, which cannot be
// a secret's value, with the flag that it belongs to.
func sourcesByFlags(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
			if sources.IsPlanFile(args[0]) {
				return usagef("%s takes no arguments: %s is a plan file: pass it to sync by --plan-file, with the sources of its plan", cmd.Name(), report.Safe(args[0]))
			}
			return usagef("%s takes no arguments: name the file by a flag, as in --secrets-file %s", cmd.Name(), report.Safe(args[0]))
		}
	}
	return noArguments("each source, and each further value of a flag, needs its flag before it")(cmd, args)
}

// oneArg accepts one argument, which the errors call what. No error quotes the
// arguments: one of them may be a secret's value in the wrong place.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := flagAsValue(cmd.Flags()); err != nil {
			return err
		}
		switch {
		case len(args) == 0:
			return usagef("%s needs %s: write %s", cmd.Name(), what, useLine(cmd))
		case len(args) == 1 && strings.TrimSpace(args[0]) == "":
			return emptyArg(cmd, what)
		case len(args) == 1:
			return nil
		}
		return usagef("%s takes one %s, and got %d arguments: write %s", cmd.Name(), what, len(args), useLine(cmd))
	}
}

// noEmpty accepts any arguments but empty ones, which the error calls what.
func noEmpty(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		for _, arg := range args {
			if strings.TrimSpace(arg) == "" {
				return emptyArg(cmd, what)
			}
		}
		return flagAsValue(cmd.Flags())
	}
}

func emptyArg(cmd *cobra.Command, what string) error {
	return usagef("%s needs %s, and got an empty one: is a variable not set?", cmd.Name(), what)
}

func useLine(cmd *cobra.Command) string { return strings.TrimSuffix(cmd.UseLine(), " [flags]") }

// flagAsValue returns an error if a flag was given as the value of another, which lacks
// its own.
func flagAsValue(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		value, ok := f.Value.(*givenValue)
		if !ok {
			return
		}
		for _, text := range value.texts {
			if other := flagOf(flags, text); other != "" {
				err = usagef("--%s needs a value, and got the flag %s", f.Name, other)
			}
		}
	})
	return err
}

// flagOf returns the flag that a word of the command line is, or "".
func flagOf(flags *pflag.FlagSet, word string) string {
	word, _, _ = strings.Cut(word, "=")
	name, long := strings.CutPrefix(word, "--")
	letter, short := strings.CutPrefix(word, "-")
	switch {
	case long && flags.Lookup(name) != nil:
		return word
	case short && len(letter) == 1 && flags.ShorthandLookup(letter) != nil:
		return word
	}
	return ""
}

// exclusive returns an error if one of the others is set besides the flag.
func exclusive(flags *pflag.FlagSet, flag string, others ...string) error {
	if !isOn(flags, flag) {
		return nil
	}
	for _, other := range others {
		if isOn(flags, other) {
			return usagef("--%s and --%s do not go together: leave one out", flag, other)
		}
	}
	return nil
}

// isOn reports whether a flag was given, and not as --NAME=false.
func isOn(flags *pflag.FlagSet, name string) bool {
	flag := flags.Lookup(name)
	return flag.Changed && (flag.Value.Type() != "bool" || flag.Value.String() == "true")
}

// flagError returns what is wrong with a flag, in place of what the flags' library says.
func flagError(cmd *cobra.Command, args []string, err error) error {
	var unknown *pflag.NotExistError
	var noValue *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, args, unknown)
	case errors.As(err, &noValue):
		flag := noValue.GetFlag()
		return usagef("--%s needs a value: write --%s %s", flag.Name, flag.Name, valueName(flag))
	case errors.As(err, &invalid):
		return &usageError{invalidValue(invalid)}
	}
	return usagef("a flag is of the form --NAME VALUE or --NAME=VALUE")
}

// expectedValues says what a flag of each type accepts, for types whose own errors do not.
var expectedValues = map[string]string{
	"duration": "write a number with its unit, such as 30s, 5m or 1h",
	"int":      "it must be a whole number",
	listType:   "a quotation mark is not closed",
}

func invalidValue(e *pflag.InvalidValueError) error {
	flag, cause, quoted := e.GetFlag(), errors.Unwrap(e), ""
	kind := flag.Value.Type()
	switch {
	case kind == "bool":
		return fmt.Errorf("--%s takes no value", flag.Name)
	case isGivenError(cause):
		return fmt.Errorf("--%s %w", flag.Name, cause)
	case kind != listType && check.PastedKind(e.GetValue()) == "" && len(e.GetValue()) <= maxQuoted:
		quoted = fmt.Sprintf(" %q", e.GetValue())
	}
	if expected, ok := expectedValues[kind]; ok && !errors.Is(cause, strconv.ErrRange) {
		return fmt.Errorf("invalid --%s%s: %s", flag.Name, quoted, expected)
	}
	return fmt.Errorf("invalid --%s%s: %w", flag.Name, quoted, numberError(cause))
}

// numberError returns the error about a number that no int holds in words for people,
// and any other error as it is.
func numberError(err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("at most %d", math.MaxInt)
	}
	return err
}

// maxQuoted is the length of the longest invalid value that an error quotes, in bytes.
const maxQuoted = 40

// valueName returns what --help calls the value of a flag, or "".
func valueName(flag *pflag.Flag) string { return annotation(flag, valueKey) }
