package check

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// ValidateAssumed returns an error unless each glob may match the name of a variable,
// for Options.AssumeEnv. It quotes none, because somebody may have added a value.
func ValidateAssumed(globs []string) error {
	for i, glob := range globs {
		if err := validateAssumed(glob); err != nil {
			return fmt.Errorf("number %d: %w", i+1, err)
		}
	}
	return nil
}

func validateAssumed(glob string) error {
	switch {
	case glob == "":
		return errors.New("it is empty: give the name of a variable, or a glob such as AWS_*")
	case strings.Contains(glob, "="):
		return errors.New("give the name of the variable alone, without = and a value")
	case strings.HasPrefix(glob, "$"):
		return errors.New("give the name of the variable without the $")
	}
	if _, err := path.Match(glob, ""); err != nil {
		return errors.New("it is not a glob: close its bracket")
	}
	if prefixLength(glob, variableGlobLetters) < len(glob) {
		return errors.New("no variable has such a name: use letters, digits and _, and in a glob * ? [ ]")
	}
	return nil
}

const variableGlobLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_*?[]-^"
