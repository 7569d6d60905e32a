package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func (c *Command) action() *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run as the GitHub Action: inputs from INPUT_ variables",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.runAction(cmd.Context()) },
	}
}

// runAction masks first, and ends with the outputs set, whatever happened.
func (c *Command) runAction(ctx context.Context) error {
	a := &actionRun{c: c, runner: actions.NewRunner(c.Stdout, c.Env, c.getenv), status: actions.Success, told: map[string]bool{}}
	for _, name := range a.runner.Mask() {
		a.tooShort(name)
	}
	patient, release := c.Interrupts.Patient(ctx)
	defer release()
	err := a.do(ctx, patient)
	code := exit.CodeOf(err)
	switch {
	case code == exit.OK:
	case code == exit.Partly:
		a.status = actions.Partial
	default:
		a.status = actions.Failure
	}
	if message := exit.MessageOf(err); message != "" {
		a.runner.Error(message)
	}
	if err := errors.Join(a.writeSARIF(), a.outputs()); err != nil {
		a.runner.Error(err.Error())
		code = max(code, exit.Failed)
	}
	if code == exit.OK {
		return nil
	}
	return &exit.Error{Code: code}
}

// actionRun is one run of the Action, and the printer of its steps.
type actionRun struct {
	c      *Command
	runner *actions.Runner
	inputs actions.Inputs
	event  actions.Event

	status  actions.Status
	found   checked
	tenants []secretsync.TenantResult // as far as the run came
	// planFile is the one that was written.
	planFile  string
	sarifFile string // likewise
	// skippedText is what the summary and the comment say of a run that was skipped.
	skippedText string
	// configsChecked is that sarif-file has something to say.
	configsChecked bool
	told           map[string]bool // notes of plans that were annotated
}

// do is the whole run; patient is the time that it has for GitHub once ctx ends.
func (a *actionRun) do(ctx, patient context.Context) (err error) {
	if a.inputs, err = a.runner.Inputs(); err != nil {
		return err
	}
	a.event = a.runner.Event()
	if a.inputs.Mode == "check" {
		err = a.check(ctx)
	} else {
		a.note(a.event.Unsaid)
		err = unlessUntrusted(a.event.Untrusted, a, a.planOrSync(ctx))
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
		a.log(failed)
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

func (a *actionRun) planOrSync(ctx context.Context) error {
	o, err := a.options(ctx)
	if err != nil {
		return err
	}
	if a.inputs.Mode == "sync" {
		o.reviewed = a.inputs.PlanFile
		done, err := a.c.runSync(ctx, o, a)
		if err != nil {
			return err
		}
		return exit.Synced(done)
	}
	o.planFile = a.inputs.PlanFile
	done, err := a.c.runPlan(ctx, o, a)
	if err != nil {
		return err
	}
	if a.planFile, err = writePlanFile(done, o); err != nil {
		return err
	}
	if err := a.onlyPlanned(done); err != nil {
		return err
	}
	return exit.Planned(done, false)
}
