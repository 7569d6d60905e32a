package report

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// FormatVersion is the version of every JSON document.
const FormatVersion = 1

// syncDocument is the JSON document of plan and sync.
type syncDocument struct {
	FormatVersion int                 `json:"format_version"`
	Status        string              `json:"status,omitempty"` // skipped, if the run was
	Reason        string              `json:"reason,omitempty"` // why it was skipped
	APIURL        string              `json:"api_url"`
	Environment   string              `json:"environment,omitempty"`
	Actions       []secretsync.Action `json:"actions"`
	Summary       map[string]int      `json:"summary"`
	Requests      int64               `json:"requests"`
	Tenants       []tenantDocument    `json:"tenants"`
}

type tenantDocument struct {
	// Tenant is a slug or an id; empty for the key's own tenant if the store does not name
	// it.
	Tenant   string               `json:"tenant"`
	Error    string               `json:"error,omitempty"` // why there is no report
	Warnings []string             `json:"warnings,omitempty"`
	Notes    []string             `json:"notes,omitempty"`
	Verified *secretsync.Verified `json:"verified,omitempty"`
}

// JSON writes one JSON document.
type JSON struct {
	Environment string // of the manifest; empty for the top-level settings
}

// Sync writes a plan, or what a sync did.
func (j JSON) Sync(w io.Writer, tenants []secretsync.TenantResult, requests int64) error {
	d := newSyncDocument(requests)
	d.Environment = j.Environment
	for _, t := range tenants {
		d.add(t)
	}
	return writeJSON(w, d)
}

func newSyncDocument(requests int64) syncDocument {
	return syncDocument{
		FormatVersion: FormatVersion, Actions: []secretsync.Action{}, Requests: requests,
		Summary: map[string]int{
			string(secretsync.Create): 0, string(secretsync.Overwrite): 0,
			string(secretsync.Delete): 0, string(secretsync.Skip): 0,
		},
	}
}

func (d *syncDocument) add(t secretsync.TenantResult) {
	doc := tenantDocument{Tenant: t.Name}
	if t.Err != nil {
		doc.Error = t.Err.Error()
	}
	var actions []secretsync.Action
	if plan := cmp.Or(t.Plan, t.Refused); plan != nil {
		actions, d.APIURL = plan.Actions, address.Display(plan.URL)
		doc.Warnings, doc.Notes = plan.Warnings, slices.Concat(plan.FirstLines(), notes(plan))
	}
	if t.Report != nil {
		actions = t.Report.Actions
		if len(verifiedLines(t.Report)) > 0 {
			doc.Verified = t.Report.Verified
		}
	}
	for _, a := range actions {
		d.Summary[string(a.Kind)]++
		if a.Result != "" && a.Kind != secretsync.Keep { // the result of Keep has the same name
			d.Summary[string(a.Result)]++
		}
	}
	d.Actions, d.Tenants = append(d.Actions, actions...), append(d.Tenants, doc)
}

// SkippedJSON writes the document of a plan or a sync that was skipped: it has no
// actions, and says why.
func SkippedJSON(w io.Writer, message string) error {
	d := newSyncDocument(0)
	d.Status, d.Reason, d.Tenants = string(secretsync.Skipped), message, []tenantDocument{}
	return writeJSON(w, d)
}

// NamesJSON writes the names as one JSON document.
func NamesJSON(w io.Writer, names []string) error {
	if names == nil {
		names = []string{}
	}
	return writeJSON(w, struct {
		FormatVersion int      `json:"format_version"`
		Names         []string `json:"names"`
	}{FormatVersion, names})
}

// writeJSON writes one document, indented, for standard output.
func writeJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}
