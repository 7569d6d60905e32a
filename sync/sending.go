package sync

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// sending is how values are sent to a store with the rules of its [Adapter].
type sending struct {
	ValueRules
	check func(prefect.Value) error
}

// encode is [Format.encode] for the store.
func (s sending) encode(f Format, text string) (encoding, error) {
	sent, err := f.encode(text)
	if err != nil {
		return sent, err
	}
	if s.NotParsed {
		if sent, err = unparsed(f, text); err != nil {
			return sent, err
		}
	} else if s.StringsOnly && sent.value.RevealText() == "" {
		sent.value = prefect.TextValue(text)
	}
	return s.fit(f, text, sent)
}

// fit returns the encoding if the store can hold it. Otherwise it returns a string in
// quotation marks, if the store can hold that.
func (s sending) fit(f Format, text string, sent encoding) (encoding, error) {
	err := s.check(sent.value)
	if err == nil || s.NotParsed || f == FormatRaw {
		return sent, err
	}
	asString, ok := sent.flowValue(text).(string)
	if !ok {
		return sent, err
	}
	quoted := quotedValue(asString)
	if s.check(quoted) != nil {
		return sent, err
	}
	sent.value, sent.reason = quoted, joinReasons(sent.reason, "sent in double quotes, because the store reserves it")
	return sent, nil
}

// unparsed is [Format.encode] where a flow gets a string as it is stored.
func unparsed(f Format, text string) (encoding, error) {
	switch {
	case f == FormatJSON:
		return unparsedJSON(text)
	case f == FormatAuto && loadsContainer(text):
		return encoding{value: prefect.TextValue(text), reason: "JSON; a flow gets it as a string"}, nil
	}
	return encoding{value: prefect.TextValue(text)}, nil
}

// unparsedJSON encodes the string that valid JSON is.
func unparsedJSON(text string) (encoding, error) {
	loaded, err := pyjson.Loads(text)
	if err != nil {
		return encoding{}, err
	}
	asString, ok := loaded.(string)
	switch {
	case !ok:
		return encoding{}, fmt.Errorf("format is json, but flows get a string from this store, so they cannot get %s: use format auto", jsonType([]byte(strings.TrimSpace(text))))
	case surrogate.Lone([]byte(text)):
		return encoding{}, errors.New("the JSON string has half of a surrogate pair, which the store cannot hold")
	}
	return encoding{prefect.TextValue(asString), true, jsonReason(text)}, nil
}
