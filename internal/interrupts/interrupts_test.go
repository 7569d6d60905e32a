package interrupts

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

func TestInterruptsGoByKind(t *testing.T) {
	const running, stopping, hurrying = "running", "stopping", "hurrying"
	interrupt, terminate := os.Signal(syscall.SIGINT), os.Signal(syscall.SIGTERM)
	for name, tt := range map[string]struct {
		reports bool
		signals []os.Signal
		state   string
		exit    int
	}{
		"none":                   {true, nil, running, 0},
		"SIGINT":                 {true, []os.Signal{interrupt}, stopping, 0},
		"SIGTERM":                {true, []os.Signal{terminate}, stopping, 0},
		"SIGINT twice":           {true, []os.Signal{interrupt, interrupt}, stopping, 130},
		"SIGTERM twice":          {true, []os.Signal{terminate, terminate}, stopping, 143},
		"both":                   {true, []os.Signal{interrupt, terminate}, hurrying, 0},
		"both, the other way":    {true, []os.Signal{terminate, interrupt}, hurrying, 0},
		"both, and one again":    {true, []os.Signal{interrupt, terminate, terminate}, hurrying, 143},
		"both for a server":      {false, []os.Signal{interrupt, terminate}, stopping, 143},
		"one signal of a server": {false, []os.Signal{terminate}, stopping, 0},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			exited := 0
			i := &Signals{
				exit: func(code int) { exited = code }, stop: cancel, hurry: make(chan struct{}),
				seen: map[os.Signal]bool{},
			}
			patient := ctx
			if tt.reports {
				var release context.CancelFunc
				patient, release = i.Patient(ctx)
				defer release()
			}
			var told []string
			i.Tell(func(text string) { told = append(told, text) })
			for _, s := range tt.signals {
				i.handle(s)
			}
			if tells := tt.reports && len(tt.signals) > 0; tells != (len(told) > 0 && strings.HasPrefix(told[0], "interrupted: ")) {
				t.Errorf("the first signal tells %q", told)
			}
			if ends := tt.reports && tt.exit != 0; ends != (len(told) > 1 && strings.Contains(told[len(told)-1], "unknown")) {
				t.Errorf("the last signal tells %q", told)
			}
			state := running
			if ctx.Err() != nil {
				state = stopping
			}
			if tt.state == hurrying {
				<-patient.Done()
				state = hurrying
			} else if tt.reports && patient.Err() != nil {
				t.Error("what is under way is not waited for")
			}
			if state != tt.state || exited != tt.exit ||
				tt.state == hurrying && !errors.Is(context.Cause(patient), exit.ErrStopped) {
				t.Errorf("%s, exit code %d; want %s, %d", state, exited, tt.state, tt.exit)
			}
		})
	}
}
