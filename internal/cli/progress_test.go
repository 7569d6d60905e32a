package cli

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// On a terminal the line is ended before the report, also when the last secrets
// came within a second, or never came; elsewhere it is quiet.
func TestProgress(t *testing.T) {
	plan := &secretsync.Plan{Actions: []secretsync.Action{{Kind: secretsync.Create}, {Kind: secretsync.Delete}, {Kind: secretsync.Skip}}}
	for terminal, want := range map[bool]string{
		true:  "\r1 of 4 changes processed\r3 of 4 changes processed\n",
		false: "1 of 4 changes processed\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			text := ""
			p := newProgress([]report.Tenant{{Plan: plan}, {}, {Plan: plan}}, func(done, total int, last bool) {
				text += progressText(done, total, last, terminal)
			})
			p.finish()
			first, third := p.of(0), p.of(2)
			time.Sleep(time.Second)
			first(1, 2)
			third(1, 2)
			first(2, 2)
			p.finish()
			if diff := cmp.Diff(want, text); diff != "" {
				t.Errorf("terminal %v: %s", terminal, diff)
			}
		})
	}
}
