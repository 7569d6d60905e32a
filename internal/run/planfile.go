package run

import (
	"fmt"
	"os"

	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/planfile"
	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// writePlanFile writes the plans for a store to the file that o names. It
// writes nothing for an untrusted run, whose plan nobody should approve. It returns the
// path, or "" if it wrote nothing.
func writePlanFile(in planfile.Store, done *secretsync.Outcome, o Options) (path string, err error) {
	if o.PlanFile == "" || o.Untrusted.IsTrue() {
		return "", nil
	}
	text, err := planfile.New(in, done.Plans()...).Encode()
	if err == nil {
		err = os.WriteFile(o.PlanFile, text, 0o644)
	}
	if err != nil {
		return "", fmt.Errorf("plan file: %w", err)
	}
	return o.PlanFile, nil
}

// checkPlanFile fails if the file that a plan would write exists and is not a plan file:
// it may be an input, such as the secrets themselves.
func checkPlanFile(o Options) error {
	info, err := os.Stat(o.PlanFile)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil
	}
	text, err := userfile.Read(o.PlanFile)
	if err == nil {
		_, err = planfile.Parse(o.PlanFile, text, o.Connect.Given)
	}
	if err != nil {
		return fmt.Errorf("%s: %s exists and is not a plan file: name another file", o.Connect.Given.Label("plan-file"), o.PlanFile)
	}
	return nil
}

// readReviewed reads the plan file that a sync must follow, or returns nil if path is
// empty.
func readReviewed(path string, given option.Form) (*planfile.File, error) {
	if path == "" {
		return nil, nil
	}
	text, err := userfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("plan file: %w", err)
	}
	file, err := planfile.Parse(path, text, given)
	if err != nil {
		return nil, fmt.Errorf("plan file: %w", err)
	}
	return file, nil
}
