package fake

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestMatchAndFaultAsJSON(t *testing.T) {
	fault := wireFault{faults.Fault{
		Status: 429, Message: "slow down", Delay: 1500 * time.Millisecond, RetryAfter: 2 * time.Second, Applied: true,
	}}
	got, err := json.Marshal(fault)
	if want := `{"status":429,"message":"slow down","applied":true,"delay":1.5,"retry_after":2}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	var read wireFault
	if err := json.Unmarshal(got, &read); err != nil || read != fault {
		t.Errorf("got %+v, %v; want %+v", read, err, fault)
	}
	for name, want := range map[string]faults.Fault{
		"rate_limited": faults.RateLimited(time.Second), "unavailable": faults.Unavailable(), "reply_lost": faults.ReplyLost(),
		"key_expired": faults.KeyExpired(), "partial_failure": faults.PartialFailure(), "store_sealed": faults.StoreSealed(),
	} {
		var preset wireFault
		if err := json.Unmarshal(fmt.Appendf(nil, "%q", name), &preset); err != nil || preset.Fault != want {
			t.Errorf("%s: got %+v, %v; want %+v", name, preset, err, want)
		}
	}
	for _, wrong := range []string{`{"delay": 1e-12}`, `{"statuss": 503}`, `"no_such"`, `{"delay": 1e10}`, `{"delay": "1s"}`, `7`} {
		if err := json.Unmarshal([]byte(wrong), &read); err == nil {
			t.Errorf("%s is read as a fault", wrong)
		}
	}
	match := faults.Match{Field: "setSecret", Secret: "S", Nth: 2}
	if got, err := json.Marshal(match); err != nil || string(got) != `{"field":"setSecret","secret":"S","nth":2}` {
		t.Errorf("got %s, %v", got, err)
	}
}
