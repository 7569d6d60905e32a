package actions

import (
	"context"
	"errors"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Action is the GitHub Action, with everything that it takes from its process.
type Action struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            []string                 // as os.Environ gives it
	Getenv         func(name string) string // looks a variable of Env up
	Signals        *interrupts.Signals      // nil for none
	Version        string                   // of this program
}

// Run masks first, and ends with the outputs set, whatever happened. The error says how
// to exit; the rest has been said.
func (a Action) Run(ctx context.Context) error {
	r := &step{Action: a, runner: NewRunner(a.Stdout, a.Env, a.Getenv), status: Success, annotated: map[string]bool{}}
	for _, name := range r.runner.Mask() {
		r.warnTooShort(name)
	}
	patient, release := a.Signals.Patient(ctx)
	defer release()
	err := r.run(ctx, patient)
	code := exit.CodeOf(err)
	switch {
	case code == exit.OK:
	case code == exit.Partly:
		r.status = Partial
	default:
		r.status = Failure
	}
	if message := exit.MessageOf(err); message != "" {
		r.runner.Error(message)
	}
	if err := errors.Join(r.writeSARIF(), r.outputs()); err != nil {
		r.runner.Error(err.Error())
		code = max(code, exit.Failed)
	}
	if code == exit.OK {
		return nil
	}
	return &exit.Error{Code: code}
}

// step is one run of the Action, and the printer of its steps.
type step struct {
	Action
	runner *Runner
	inputs Inputs
	event  Event

	status  Status
	found   inspect.Found
	tenants []secretsync.TenantResult // as far as the run came
	// planFile is the one that was written.
	planFile  string
	sarifFile string // likewise
	// skippedText is what the summary and the comment say of a run that was skipped.
	skippedMarkdown string
	// configsChecked is that sarif-file has something to say.
	checked   bool
	annotated map[string]bool // notes of plans that were annotated
}

// do is the whole run; patient is the time that it has for GitHub once ctx ends.
func (a *step) run(ctx, patient context.Context) (err error) {
	if a.inputs, err = a.runner.Inputs(); err != nil {
		return err
	}
	a.event = a.runner.Event()
	if a.inputs.Mode == "check" {
		err = a.check(ctx)
	} else {
		a.note(a.event.Note)
		err = run.UnlessUntrusted(a.event.Untrusted, a, a.planOrSync(ctx))
	}
	var noKey connect.NoKeyError
	if errors.As(err, &noKey) {
		err = errors.New(noKey.Message("give the input api-key, or the job permissions: id-token: write for a store that knows this repository"))
	}
	telling, cancel := context.WithTimeout(patient, a.inputs.Timeout)
	defer cancel()
	a.checkRun(telling, exit.CodeOf(err) != exit.OK)
	failed := a.comment(telling)
	switch {
	case failed == nil:
		return err
	case a.event.Untrusted != "": // whose token may only read
		a.logError(failed)
		return err
	case err != nil:
		a.runner.Error(failed.Error())
		return err
	case a.inputs.Mode == "sync":
		return &exit.Error{Code: exit.Partly, Err: failed}
	default:
		return &exit.Error{Code: exit.Failed, Err: failed}
	}
}

func (a *step) planOrSync(ctx context.Context) error {
	o, err := a.options(ctx)
	if err != nil {
		return err
	}
	if a.inputs.Mode == "sync" {
		o.Reviewed = a.inputs.PlanFile
		return run.Sync(ctx, o, a)
	}
	o.PlanFile = a.inputs.PlanFile
	a.planFile, err = run.Plan(ctx, o, a)
	return err
}
