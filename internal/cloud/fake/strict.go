package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// strict decodes one JSON value into target and refuses unknown keys and what
// follows the value.
func strict(text []byte, target any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(target); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more follows the JSON value")
	}
	return nil
}
