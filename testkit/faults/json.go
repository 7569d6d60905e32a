package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// faultJSON is a Fault in JSON, times in seconds.
type faultJSON struct {
	Status     int     `json:"status,omitempty"`
	Code       string  `json:"code,omitempty"`
	Message    string  `json:"message,omitempty"`
	Sealed     bool    `json:"sealed,omitempty"`
	Drop       bool    `json:"drop,omitempty"`
	Truncate   bool    `json:"truncate,omitempty"`
	Malformed  bool    `json:"malformed,omitempty"`
	Applied    bool    `json:"applied,omitempty"`
	Delay      float64 `json:"delay,omitempty"`
	RetryAfter float64 `json:"retry_after,omitempty"`
}

// maxSeconds bounds the times of a fault in JSON: a year.
const maxSeconds = 365 * 24 * 60 * 60

// MarshalJSON writes what serve --dev takes under /_testkit/faults: keys in snake
// case, times in seconds.
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(faultJSON{
		Status: f.Status, Code: f.Code, Message: f.Message, Sealed: f.Sealed, Drop: f.Drop,
		Truncate: f.Truncate, Malformed: f.Malformed, Applied: f.Applied,
		Delay: f.Delay.Seconds(), RetryAfter: f.RetryAfter.Seconds(),
	})
}

// UnmarshalJSON reads what MarshalJSON writes, or the name of a preset in snake
// case, such as "reply_lost". It refuses keys that it does not know.
func (f *Fault) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return f.preset(text)
	}
	var in faultJSON
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return err
	}
	if max(in.Delay, in.RetryAfter) > maxSeconds {
		return errors.New("a fault takes more than a year: times are in seconds")
	}
	if in.Delay > 0 && duration(in.Delay) == 0 || in.RetryAfter > 0 && duration(in.RetryAfter) == 0 {
		return errors.New("a fault takes less than a nanosecond: times are in seconds")
	}
	*f = Fault{
		Status: in.Status, Code: in.Code, Message: in.Message, Sealed: in.Sealed, Drop: in.Drop,
		Truncate: in.Truncate, Malformed: in.Malformed, Applied: in.Applied,
		Delay: duration(in.Delay), RetryAfter: duration(in.RetryAfter),
	}
	return nil
}

func (f *Fault) preset(text []byte) error {
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return err
	}
	preset, ok := presets[name]
	if !ok {
		return fmt.Errorf("there is no fault %q; there are %q", name, slices.Sorted(maps.Keys(presets)))
	}
	*f = preset()
	return nil
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
