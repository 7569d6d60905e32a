package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Limits of one secret, each an error of its own field.
const (
	MaxName  = 255      // bytes
	MaxValue = 64 << 10 // bytes of JSON
)

// ReadSecret gives a value in the spelling in which setSecret stores it. The
// error says why setSecret would refuse the name or the value, and does not hold
// the value.
func ReadSecret(name string, value json.RawMessage) (json.RawMessage, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if !utf8.ValidString(name) {
		return nil, errors.New("the name of a secret is not UTF-8")
	}
	if !json.Valid(value) || !utf8.Valid(value) {
		return nil, errors.New("the value of a secret is not JSON")
	}
	read := graphql.Canonical(value)
	if string(read) == "null" {
		return nil, errors.New("the value of a secret must not be null")
	}
	return read, checkValue(read)
}

func checkName(name string) error {
	switch {
	case name == "":
		return badInput("the name of a secret must not be empty")
	case len(name) > MaxName:
		return badInput(fmt.Sprintf("the name of a secret holds at most %d bytes", MaxName))
	}
	return nil
}

func checkValue(value json.RawMessage) error {
	if len(value) > MaxValue {
		return badInput(fmt.Sprintf("the value of a secret holds at most %d bytes of JSON", MaxValue))
	}
	return nil
}

func badInput(message string) error {
	return &graphql.Error{Message: message, Code: graphql.CodeBadUserInput}
}
