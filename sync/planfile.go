package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// planFileVersion is the version of the format of a [PlanFile].
const planFileVersion = 2

// PlanFile is a plan that was reviewed: names and what happens to them, without
// values, which it can therefore not promise.
type PlanFile struct {
	FormatVersion int            `json:"format_version"`
	APIURL        string         `json:"api_url"`
	Tenants       []string       `json:"tenants"` // slugs or ids; empty for a key's own that the store does not name
	Actions       []ReviewedName `json:"actions"`
}

// ReviewedName is one name that a plan file lets be changed.
type ReviewedName struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
	Kind   Kind   `json:"action"` // create, overwrite or delete
	// WrittenBy is the key that alone makes a deletion, where a planner has planned it.
	WrittenBy string `json:"written_by,omitempty"`
}

// change is what was reviewed, whoever makes it.
func (n ReviewedName) change() ReviewedName {
	n.WrittenBy = ""
	return n
}

// NewPlanFile keeps what the plans would change in the store behind apiURL.
func NewPlanFile(apiURL string, plans ...*Plan) *PlanFile {
	file := &PlanFile{FormatVersion: planFileVersion, APIURL: ShownURL(apiURL), Tenants: []string{}, Actions: []ReviewedName{}}
	for _, plan := range plans {
		file.Tenants = append(file.Tenants, plan.Tenant)
		for _, a := range plan.Actions {
			if a.Kind.changes() {
				file.Actions = append(file.Actions, a.reviewed())
			}
		}
	}
	return file
}

func (a *Action) reviewed() ReviewedName {
	n := ReviewedName{Tenant: a.Tenant, Name: a.Name, Kind: a.Kind}
	if a.Kind == Delete {
		n.WrittenBy = a.WrittenBy
	}
	return n
}

// Encode writes the file's text.
func (f *PlanFile) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(f)
	return b.Bytes(), err
}

// ParsePlanFile reads what [PlanFile.Encode] wrote; name is what errors call it.
func ParsePlanFile(name string, text []byte) (*PlanFile, error) {
	var f PlanFile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if dec.Decode(&f) != nil || dec.More() {
		return nil, fmt.Errorf("%s is not a plan file: write one with plan --plan-file", name)
	}
	if f.FormatVersion != planFileVersion {
		return nil, fmt.Errorf("%s has format_version %d, and this release reads %d: write it again with plan --plan-file", name, f.FormatVersion, planFileVersion)
	}
	for i, a := range f.Actions {
		if a.Name == "" || a.Kind != Create && a.Kind != Overwrite && a.Kind != Delete {
			return nil, fmt.Errorf("%s: action %d is not a name to create, overwrite or delete", name, i+1)
		}
	}
	return &f, nil
}

// CheckURL fails if the plan was one for another store than that behind apiURL.
func (f *PlanFile) CheckURL(apiURL string) error {
	if f.APIURL != ShownURL(apiURL) {
		return errors.New("the plan file is for another API URL: plan again")
	}
	return nil
}

// Restrict leaves of the plans, which are for the file's own store
// ([PlanFile.CheckURL]), what was reviewed; other names are skipped. The error,
// which lists all of it, means that what was reviewed no longer fits: the plans are
// for other tenants, or a name would now be created, overwritten or deleted where it
// was not, or not be touched at all. The plans are not to be applied then.
func (f *PlanFile) Restrict(plans ...*Plan) error {
	if err := f.checkTenants(plans); err != nil {
		return err
	}
	now := map[ReviewedName]Action{} // by tenant and name alone
	for _, plan := range plans {
		for _, a := range plan.Actions {
			if a.Kind != Skip || a.WrittenBy != "" {
				now[ReviewedName{Tenant: a.Tenant, Name: a.Name}] = a
			}
		}
	}
	if changes := f.changes(now); len(changes) > 0 {
		return fmt.Errorf("the plan file no longer fits, plan again: %s", strings.Join(changes, "; "))
	}
	f.skipOthers(plans)
	return nil
}

func (f *PlanFile) checkTenants(plans []*Plan) error {
	var now []string
	for _, plan := range plans {
		now = append(now, plan.Tenant)
	}
	slices.Sort(now)
	if slices.Equal(now, slices.Sorted(slices.Values(f.Tenants))) {
		return nil
	}
	return fmt.Errorf("the plan file is for %s, and this run for %s: plan again", tenantList(f.Tenants), tenantList(now))
}

func tenantList(tenants []string) string {
	if len(tenants) == 0 {
		return "no tenant"
	}
	labels := make([]string, len(tenants))
	for i, t := range tenants {
		labels[i] = TenantLabel(t)
	}
	return strings.Join(labels, ", ")
}

func (f *PlanFile) changes(now map[ReviewedName]Action) []string {
	var changes []string
	for _, a := range f.Actions {
		planned, there := now[ReviewedName{Tenant: a.Tenant, Name: a.Name}]
		switch {
		case planned.Kind == a.Kind, a.leftTo(planned):
		case !there || planned.Kind == Skip:
			changes = append(changes, fmt.Sprintf("%s: %s was reviewed, and nothing is planned now", label(a), a.Kind))
		default:
			changes = append(changes, fmt.Sprintf("%s: %s was reviewed, and it is %s now", label(a), a.Kind, planned.Kind))
		}
	}
	return changes
}

// leftTo reports whether a deletion was reviewed as another key's, and still is.
func (n ReviewedName) leftTo(planned Action) bool {
	return n.WrittenBy != "" && planned.Kind == Skip && planned.WrittenBy == n.WrittenBy
}

func label(a ReviewedName) string { return fmt.Sprintf("%q of %s", a.Name, TenantLabel(a.Tenant)) }

func (f *PlanFile) skipOthers(plans []*Plan) {
	reviewed := map[ReviewedName]bool{}
	for _, a := range f.Actions {
		reviewed[a.change()] = true
	}
	for _, plan := range plans {
		for i := range plan.Actions {
			if a := &plan.Actions[i]; a.Kind.changes() && !reviewed[a.reviewed().change()] {
				a.Kind, a.Reason, a.Warn, a.WrittenBy = Skip, "not in the plan file", true, ""
			}
		}
	}
}
