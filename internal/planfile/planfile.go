// Package planfile reads and writes plans for somebody to review, and restricts a sync
// to what was reviewed.
package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// formatVersion is the version of the format of a [File].
const formatVersion = 2

// File is a plan that was reviewed: names and what happens to them. It has no values,
// so it cannot promise them.
type File struct {
	FormatVersion int               `json:"format_version"`
	APIURL        string            `json:"api_url"`
	Store         string            `json:"store,omitempty"`    // the kind of store; empty for the default
	Settings      map[string]string `json:"settings,omitempty"` // what only this kind of store has
	Tenants       []string          `json:"tenants"`            // slugs or ids; empty for a key's own that the store does not name
	Actions       []Change          `json:"actions"`
}

// Store is where a plan is applied, and with which settings of its kind: a value that
// fits one setting may not fit another.
type Store struct {
	URL, Kind string
	Settings  map[string]string
}

// Change is one name that a plan file lets be changed. A name that is unchanged may be
// overwritten: the file approves names, and the value may change after the review.
type Change struct {
	Tenant string          `json:"tenant"`
	Name   string          `json:"name"`
	Kind   secretsync.Kind `json:"action"` // never skip
	// WrittenBy is set for a deletion that a planner's key planned: the key that wrote
	// the secret, which alone deletes it.
	WrittenBy string `json:"written_by,omitempty"`
}

// approved returns what the change approves, whatever the value and the writer are.
func (c Change) approved() Change {
	c.Kind, c.WrittenBy = byName(c.Kind), ""
	return c
}

// New returns a file of what the plans would do in a store.
func New(in Store, plans ...*secretsync.Plan) *File {
	file := &File{FormatVersion: formatVersion, APIURL: address.Display(in.URL), Tenants: []string{}, Actions: []Change{}}
	if in.Kind != storekind.Default.Name {
		file.Store, file.Settings = in.Kind, in.Settings
	}
	for _, plan := range plans {
		file.Tenants = append(file.Tenants, plan.Tenant)
		for i := range plan.Actions {
			if a := &plan.Actions[i]; isReviewed(a.Kind) {
				file.Actions = append(file.Actions, changeOf(a))
			}
		}
	}
	return file
}

// isReviewed reports whether a plan file lists what a plan does: everything but a skip.
func isReviewed(kind secretsync.Kind) bool {
	return kind != secretsync.Skip && slices.Contains(secretsync.Kinds, kind)
}

// byName returns the kind without regard to values: a name that is unchanged is one that
// would be overwritten with another value.
func byName(kind secretsync.Kind) secretsync.Kind {
	if kind == secretsync.Keep {
		return secretsync.Overwrite
	}
	return kind
}

func changeOf(a *secretsync.Action) Change {
	c := Change{Tenant: a.Tenant, Name: a.Name, Kind: a.Kind}
	if a.Kind == secretsync.Delete {
		c.WrittenBy = a.WrittenBy
	}
	return c
}

// Encode returns the file's text.
func (f *File) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(f)
	return b.Bytes(), err
}

// Parse reads what [File.Encode] wrote. Errors call the file by its name, and say how
// options are given.
func Parse(name string, text []byte, given option.Form) (*File, error) {
	writeOne := "plan --plan-file"
	if given == option.Input {
		writeOne = "mode plan and " + given.Name("plan-file")
	}
	var f File
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if dec.Decode(&f) != nil || dec.More() {
		return nil, fmt.Errorf("%s is not a plan file: write one with %s", name, writeOne)
	}
	if f.FormatVersion != formatVersion {
		return nil, fmt.Errorf("%s has format_version %d, and this release reads %d: write it again with %s", name, f.FormatVersion, formatVersion, writeOne)
	}
	for i, c := range f.Actions {
		if c.Name == "" || !isReviewed(c.Kind) {
			return nil, fmt.Errorf("%s: action %d is not a name to create, overwrite, delete or leave unchanged", name, i+1)
		}
	}
	return &f, nil
}

// CheckStore fails if the plan was for another store.
func (f *File) CheckStore(in Store) error {
	switch now := New(in); {
	case f.APIURL != now.APIURL:
		return errors.New("the plan file is for another API URL: plan again")
	case f.Store != now.Store:
		return errors.New("the plan file is for a store of another kind: plan again")
	case !maps.Equal(f.Settings, now.Settings):
		names := strings.Join(slices.Sorted(maps.Keys(now.Settings)), " or ")
		return fmt.Errorf("the plan file is for a store with another %s: plan again", names)
	}
	return nil
}

// Restrict skips every action of the plans that was not reviewed. The plans must be for
// the file's own store ([File.CheckStore]).
//
// It fails if what was reviewed no longer fits, and lists all of that: the plans are for
// other tenants, or a name would now be created, overwritten or deleted that was
// reviewed as something else, or not be changed at all. The plans must not be applied
// then.
func (f *File) Restrict(plans ...*secretsync.Plan) error {
	if err := f.checkTenants(plans); err != nil {
		return err
	}
	planned := map[Change]secretsync.Action{} // by tenant and name alone
	for _, plan := range plans {
		for _, a := range plan.Actions {
			if a.Kind != secretsync.Skip || a.WrittenBy != "" {
				planned[Change{Tenant: a.Tenant, Name: a.Name}] = a
			}
		}
	}
	if mismatches := f.mismatches(planned); len(mismatches) > 0 {
		return fmt.Errorf("the plan file no longer fits, plan again: %s", strings.Join(mismatches, "; "))
	}
	f.skipOthers(plans)
	return nil
}

func (f *File) checkTenants(plans []*secretsync.Plan) error {
	var tenants []string
	for _, plan := range plans {
		tenants = append(tenants, plan.Tenant)
	}
	slices.Sort(tenants)
	if slices.Equal(tenants, slices.Sorted(slices.Values(f.Tenants))) {
		return nil
	}
	return fmt.Errorf("the plan file is for %s, and this run for %s: plan again", f.tenantList(f.Tenants), f.tenantList(tenants))
}

// noTenants reports whether a name of a tenant is empty because the store has none.
func (f *File) noTenants(name string) bool {
	kind := storekind.Find(f.Store)
	return name == "" && kind != nil && !kind.HasTenants()
}

func (f *File) tenantList(tenants []string) string {
	if len(tenants) == 0 {
		return "no tenant"
	}
	labels := make([]string, len(tenants))
	for i, name := range tenants {
		if labels[i] = tenant.Label(name); f.noTenants(name) {
			labels[i] = "a store without tenants"
		}
	}
	return strings.Join(labels, ", ")
}

// mismatches says what was reviewed and is not planned; planned is by tenant and name.
func (f *File) mismatches(planned map[Change]secretsync.Action) []string {
	var mismatches []string
	for _, c := range f.Actions {
		a, ok := planned[Change{Tenant: c.Tenant, Name: c.Name}]
		switch {
		case byName(a.Kind) == byName(c.Kind), c.isLeftToWriter(a):
		case !ok || a.Kind == secretsync.Skip:
			mismatches = append(mismatches, fmt.Sprintf("%s: %s was reviewed, but nothing is planned now", f.nameOf(c), c.Kind))
		default:
			mismatches = append(mismatches, fmt.Sprintf("%s: %s was reviewed, but it is %s now", f.nameOf(c), c.Kind, a.Kind))
		}
	}
	return mismatches
}

// isLeftToWriter reports whether the change was reviewed as a deletion by the key that wrote
// the secret, and the planned action leaves it to that key.
func (c Change) isLeftToWriter(planned secretsync.Action) bool {
	return c.WrittenBy != "" && planned.Kind == secretsync.Skip && planned.WrittenBy == c.WrittenBy
}

// nameOf names what is changed.
func (f *File) nameOf(c Change) string {
	if f.noTenants(c.Tenant) {
		return strconv.Quote(c.Name)
	}
	return fmt.Sprintf("%q of %s", c.Name, tenant.Label(c.Tenant))
}

func (f *File) skipOthers(plans []*secretsync.Plan) {
	reviewed := map[Change]bool{}
	for _, c := range f.Actions {
		reviewed[c.approved()] = true
	}
	for _, plan := range plans {
		for i := range plan.Actions {
			if a := &plan.Actions[i]; isReviewed(a.Kind) && a.Kind != secretsync.Keep && !reviewed[changeOf(a).approved()] {
				a.Kind, a.Reason, a.Warn, a.WrittenBy = secretsync.Skip, "not in the plan file", true, ""
			}
		}
	}
}
