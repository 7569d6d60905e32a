package release

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
)

// decodeFile parses the TOML text of a file. A release also refuses what the parser
// inside Prefect refuses. The error is an [*Error].
func (v Version) decodeFile(file, text string) (*Table, error) {
	t, err := decode(file, text)
	if err == nil && v != Documented {
		err = refusedByPython(file, text)
	}
	return t, err
}

// refusedByPython reads the text as Python's toml 0.10.2 does, the parser inside
// every release, and says whether and on which line it refuses it.
func refusedByPython(file, text string) error {
	_, err := pytoml.Read(text)
	var refused *pytoml.Error
	if !errors.As(err, &refused) {
		return nil
	}
	line := 1 + strings.Count(string([]rune(text)[:min(refused.Offset, utf8.RuneCountInString(text))]), "\n")
	return &Error{Class: refused.Class, File: file, Line: line, Problem: "valid TOML that the parser inside Prefect refuses: prefect-secrets check says why"}
}
