package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// wireFault is a fault as serve --dev reads and writes it in JSON: keys in snake
// case, times in seconds, and when read also the name of a preset, such as
// "reply_lost".
type wireFault struct{ faults.Fault }

// faultJSON has the keys of a fault in JSON.
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

// presets are the functions of package faults, by the names that JSON has for them.
var presets = map[string]func() faults.Fault{
	"rate_limited":    func() faults.Fault { return faults.RateLimited(time.Second) },
	"unavailable":     faults.Unavailable,
	"reply_lost":      faults.ReplyLost,
	"key_expired":     faults.KeyExpired,
	"partial_failure": faults.PartialFailure,
	"store_sealed":    faults.StoreSealed,
}

// maxSeconds bounds the times of a fault in JSON: a year.
const maxSeconds = 365 * 24 * 60 * 60

// MarshalJSON implements [json.Marshaler].
func (f wireFault) MarshalJSON() ([]byte, error) {
	return json.Marshal(faultJSON{
		Status: f.Status, Code: f.Code, Message: f.Message, Sealed: f.Sealed, Drop: f.Drop,
		Truncate: f.Truncate, Malformed: f.Malformed, Applied: f.Applied,
		Delay: f.Delay.Seconds(), RetryAfter: f.RetryAfter.Seconds(),
	})
}

// UnmarshalJSON implements [json.Unmarshaler]. It refuses unknown keys.
func (f *wireFault) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return f.readPreset(text)
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
	f.Fault = faults.Fault{
		Status: in.Status, Code: in.Code, Message: in.Message, Sealed: in.Sealed, Drop: in.Drop,
		Truncate: in.Truncate, Malformed: in.Malformed, Applied: in.Applied,
		Delay: duration(in.Delay), RetryAfter: duration(in.RetryAfter),
	}
	return nil
}

func (f *wireFault) readPreset(text []byte) error {
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return err
	}
	preset, ok := presets[name]
	if !ok {
		return fmt.Errorf("there is no fault %q: use one of %q", name, slices.Sorted(maps.Keys(presets)))
	}
	f.Fault = preset()
	return nil
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
