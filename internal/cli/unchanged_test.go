package cli

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// comparingStore is a store that can say which values are unchanged.
type comparingStore struct {
	secretsync.Store
	cloud *testkit.Cloud
}

func (s comparingStore) Unchanged(_ context.Context, secrets []prefect.NamedValue) (same []string, err error) {
	for _, secret := range secrets {
		if stored, ok := s.cloud.Get(secret.Name); ok && bytes.Equal(stored, secret.Value.Reveal()) {
			same = append(same, secret.Name)
		}
	}
	return same, nil
}

// newUnchangedRun returns a run of two secrets, one of which is unchanged in the store.
func newUnchangedRun(t *testing.T, format string, other any) (sync secretsync.Run, cloud *testkit.Cloud, out run.Printer, stdout *bytes.Buffer) {
	t.Helper()
	cloud, stdout = testkit.New(t), &bytes.Buffer{}
	client := cloud.AdminClient()
	if err := errors.Join(client.SetSecret(t.Context(), "OTHER", other), client.SetSecret(t.Context(), "SAME", "x")); err != nil {
		t.Fatal(err)
	}
	out = (&Command{Stdout: stdout, Stderr: stdout, color: "never"}).printerFor(format, report.Text{})
	source := &secretsync.Source{Label: "s", Entries: []secretsync.Entry{
		{Name: "OTHER", Text: prefect.TextValue("y")}, {Name: "SAME", Text: prefect.TextValue("x")},
	}}
	sync = secretsync.Run{
		URL: "https://store.example", Sources: []*secretsync.Source{source}, Writer: comparingStore{client, cloud},
		Steps: run.Steps(&connect.Connection{KeyFrom: "HERE"}, run.Options{}, nil, out),
	}
	return sync, cloud, out, stdout
}

const unchangedMarkdown = "<details>\n<summary>1 unchanged</summary>\n\n| Secret |\n| :-- |\n| `SAME` |\n\n</details>\n\n"

func TestUnchangedInEveryFormat(t *testing.T) {
	tests := map[string]struct{ plan, sync string }{
		"text": {
			`key: from HERE
plan for tenant testkit at https://store.example
  ~ overwrite OTHER
  = unchanged SAME
plan: 0 to create, 1 to overwrite, 1 unchanged, 0 skipped
`, `key: from HERE
plan for tenant testkit at https://store.example
  ~ overwrite OTHER
  = unchanged SAME
plan: 0 to create, 1 to overwrite, 1 unchanged, 0 skipped
result: 0 created, 1 overwritten, 1 unchanged, 0 skipped, 0 failed, in 0 requests
verified: 1 of 1 name present
`},
		"json": {
			`{
  "format_version": 1,
  "api_url": "https://store.example",
  "actions": [
    {
      "tenant": "testkit",
      "name": "OTHER",
      "action": "overwrite",
      "source": "OTHER"
    },
    {
      "tenant": "testkit",
      "name": "SAME",
      "action": "unchanged",
      "source": "SAME"
    }
  ],
  "summary": {
    "create": 0,
    "delete": 0,
    "overwrite": 1,
    "skip": 0,
    "unchanged": 1
  },
  "requests": 0,
  "tenants": [
    {
      "tenant": "testkit"
    }
  ]
}
`, `{
  "format_version": 1,
  "api_url": "https://store.example",
  "actions": [
    {
      "tenant": "testkit",
      "name": "OTHER",
      "action": "overwrite",
      "source": "OTHER",
      "result": "overwritten"
    },
    {
      "tenant": "testkit",
      "name": "SAME",
      "action": "unchanged",
      "source": "SAME",
      "result": "unchanged"
    }
  ],
  "summary": {
    "create": 0,
    "delete": 0,
    "overwrite": 1,
    "overwritten": 1,
    "skip": 0,
    "unchanged": 1
  },
  "requests": 0,
  "tenants": [
    {
      "tenant": "testkit",
      "verified": {
        "present": 1
      }
    }
  ]
}
`},
		"markdown": {
			"### Prefect secrets: plan\n\n**1 to overwrite**, 1 unchanged.\n\nTenant `testkit` at `https://store.example`\n\n" +
				"| Action | Secret |\n| :-- | :-- |\n| `~`\u00a0overwrite | `OTHER` |\n\n" + unchangedMarkdown,
			"### Prefect secrets: sync\n\n**1 overwritten**, 1 unchanged.\n\nTenant `testkit` at `https://store.example`\n\n" +
				"| Action | Secret |\n| :-- | :-- |\n| `~`\u00a0overwritten | `OTHER` |\n\n" + unchangedMarkdown +
				"- Verified: 1 of 1 name present.\n\n",
		},
	}
	for format, want := range tests {
		t.Run(format, func(t *testing.T) {
			run, _, out, stdout := newUnchangedRun(t, format, "old")
			done, err := run.Plan(t.Context())
			if err == nil {
				err = out.OnlyPlanned(done)
			}
			if diff := cmp.Diff(want.plan, stdout.String()); diff != "" || err != nil {
				t.Errorf("plan: %v: %s", err, diff)
			}
			run, cloud, _, stdout := newUnchangedRun(t, format, "old")
			_, err = run.Sync(t.Context())
			if diff := cmp.Diff(want.sync, stdout.String()); diff != "" || err != nil {
				t.Errorf("sync: %v: %s", err, diff)
			}
			calls := cloud.Calls(faults.Match{Field: "setSecret"})
			if len(calls) != 3 || calls[2].Secret != "OTHER" {
				t.Errorf("written: %+v", calls)
			}
		})
	}
}

func TestExitCodesWhereNothingIsChanged(t *testing.T) {
	for other, want := range map[string]int{"old": exit.Pending, "y": exit.OK} {
		run, cloud, _, _ := newUnchangedRun(t, "text", other)
		done, err := run.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if code := exit.CodeOf(exit.Planned(done, true)); code != want {
			t.Errorf("plan over %q: exit code %d", other, code)
		}
		if done, err = run.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if code := exit.CodeOf(exit.Synced(done)); code != exit.OK {
			t.Errorf("sync over %q: exit code %d", other, code)
		}
		if n := len(cloud.Calls(faults.Match{Field: "setSecret"})) - 2; (n == 0) != (want == exit.OK) {
			t.Errorf("%d writes over %q", n, other)
		}
	}
}
