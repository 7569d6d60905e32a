package run

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/planfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// steps is a Printer that notes each step. fail, if set, is the step that fails.
type steps struct {
	noted []string
	fail  string
}

var errStep = errors.New("a step failed")

func (s *steps) note(step string) error {
	s.noted = append(s.noted, step)
	if step == s.fail {
		return errStep
	}
	return nil
}

func (s *steps) Checked(inspect.Findings) error        { return s.note("checked") }
func (s *steps) Connected(*connect.Connection) error   { return s.note("connected") }
func (s *steps) Waiting(string)                        {}
func (s *steps) Refused(*secretsync.Outcome) error     { return s.note("refused") }
func (s *steps) Planned(p *secretsync.Plan) error      { return s.note("planned " + p.Tenant) }
func (s *steps) OnlyPlanned(*secretsync.Outcome) error { return s.note("only planned") }
func (s *steps) Progress(done, total int, last bool)   {}
func (s *steps) Applied(*secretsync.Outcome) error     { return s.note("applied") }
func (s *steps) Skipped(string) error                  { return s.note("skipped") }

// Every plan is shown before AfterPlan is called, which is the last step that stops a
// run before it writes. A plan file that does not match stops it before a plan is shown.
func TestStepsOfARun(t *testing.T) {
	all := []string{"connected", "planned ml", "planned data", "after plan", "applied"}
	tests := map[string]struct {
		fail     string
		reviewed *planfile.File
		want     []string
		err      string
	}{
		"every step":           {"", nil, all, ""},
		"connected fails":      {"connected", nil, all[:1], errStep.Error()},
		"the first plan fails": {"planned ml", nil, all[:2], errStep.Error()},
		"the last plan fails":  {"planned data", nil, all[:3], errStep.Error()},
		"after plan fails":     {"after plan", nil, all[:4], errStep.Error()},
		"the report fails":     {"applied", nil, all, "2 secrets were written, but the report was not"},
		"another plan file": {
			"", &planfile.File{Tenants: []string{"other"}}, all[:1], "the plan file is for tenant other",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cloud := testkit.New(t)
			tenants := []*testkit.Cloud{cloud.Tenant("data"), cloud.Tenant("ml")}
			source, err := secretsync.ParseSecrets("s", []byte(`{"A": "1"}`))
			if err != nil {
				t.Fatal(err)
			}
			out := &steps{fail: tt.fail}
			o := Options{AfterPlan: func(done *secretsync.Outcome) error {
				if got := len(done.Plans()); got != 2 {
					t.Errorf("AfterPlan got %d plans, want 2", got)
				}
				return out.note("after plan")
			}}
			run := secretsync.Run{
				Sources: []*secretsync.Source{source}, Tenants: []string{"ml", "data"}, Writer: cloud.AdminClient(),
				Steps: Steps(&connect.Connection{}, o, tt.reviewed, out),
			}
			_, err = run.Sync(t.Context())
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, out.noted); diff != "" {
				t.Error(diff)
			}
			written := tt.want[len(tt.want)-1] == "applied"
			for _, tenant := range tenants {
				if got := len(tenant.Names()) == 1; got != written {
					t.Errorf("tenant %s: written is %t, want %t", tenant.TenantID(), got, written)
				}
			}
		})
	}
}
