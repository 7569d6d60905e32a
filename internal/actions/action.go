package actions

import (
	"context"
	"errors"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Action is the GitHub Action, with everything that it takes from its process.
type Action struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            []string                 // as os.Environ returns it
	Getenv         func(name string) string // looks up a variable of Env
	Signals        *interrupts.Signals      // nil for none
	Version        string                   // of this program
}

// Run masks the secrets first, and sets the outputs at its end even if it fails or
// panics. The error has the exit code alone: its message is already an annotation.
func (a Action) Run(ctx context.Context) error {
	s := &step{Action: a, runner: NewRunner(a.Stdout, a.Env, a.Getenv), status: Success, annotated: map[string]bool{}}
	defer s.finishAfterPanic()
	for _, name := range s.runner.Mask() {
		s.warnTooShort(name)
	}
	patient, release := a.Signals.Patient(ctx)
	defer release()
	err := s.run(ctx, patient)
	code := exit.CodeOf(err)
	switch {
	case code == exit.OK:
	case code == exit.Partly:
		s.status = Partial
	default:
		s.status = Failure
	}
	if message := exit.MessageOf(err); message != "" {
		s.runner.Error(message)
	}
	if !s.finish() {
		code = max(code, exit.Failed)
	}
	if code == exit.OK {
		return nil
	}
	return &exit.Error{Code: code}
}

// finish writes what later steps read, and reports whether that succeeded.
func (s *step) finish() bool {
	s.finished = true
	err := errors.Join(s.writeSARIF(), s.summarizeOnce(), s.outputs())
	if err != nil {
		s.runner.Error(err.Error())
	}
	return err == nil
}

// finishAfterPanic is deferred. After a panic it finishes the step, as failed unless
// something was written, and passes the panic on.
func (s *step) finishAfterPanic() {
	fault := panics.Of(recover())
	if fault == nil {
		return
	}
	if !s.finished {
		s.status = Failure
		if s.count(secretsync.Created, secretsync.Overwritten, secretsync.Deleted) > 0 {
			s.status = Partial
		}
		s.runner.Error("internal error: the log has more about it")
		s.finish()
	}
	panic(fault)
}

// step is one run of the Action. It is the [run.Printer] of its plan or sync.
type step struct {
	Action
	runner *Runner
	inputs Inputs
	event  Event

	status     Status
	found      inspect.Findings
	tenants    []secretsync.TenantResult // results so far
	result     resultDocument            // of tenants; nil until they are complete
	planFile   string                    // the plan file that was written
	sarifFile  string                    // the SARIF file that was written
	skipped    string                    // why the run was skipped
	failure    string                    // why the run failed before it had a result
	summarized bool                      // the summary is written
	finished   bool                      // the outputs are set, or that was tried
	checked    bool                      // configs were checked, so there is SARIF to write
	annotated  map[string]bool           // notes of plans that were annotated
}

// resultDocument makes a document of a plan or a sync.
type resultDocument func(report.Markdown, []secretsync.TenantResult) *report.Document

// run does what the inputs say, and publishes the result on GitHub. For that it uses
// patient, which outlives ctx.
func (s *step) run(ctx, patient context.Context) (err error) {
	s.event = s.runner.Event()
	if s.inputs, err = s.runner.Inputs(); err != nil {
		s.failure = err.Error()
		return err
	}
	if s.inputs.Mode == "check" {
		err = s.check(ctx)
	} else {
		s.note(s.event.Note)
		err = run.UnlessUntrusted(s.event.Untrusted, s, s.planOrSync(ctx))
	}
	var noKey connect.NoKeyError
	if errors.As(err, &noKey) {
		hint := "give the input api-key"
		if noKey.Identity {
			hint += ", or the job permissions: id-token: write for a store that knows this repository"
		}
		err = errors.New(noKey.Message(hint))
	}
	if err != nil {
		err = &inputsError{err}
	}
	if s.result == nil {
		s.failure = exit.MessageOf(err)
	}
	ctx, cancel := context.WithTimeout(patient, s.inputs.Timeout)
	defer cancel()
	return s.publish(ctx, err)
}

// planOrSync runs the plan or the sync that the inputs describe. The step is its printer.
func (s *step) planOrSync(ctx context.Context) error {
	o, err := s.options(ctx)
	if err != nil {
		return err
	}
	if s.inputs.Mode == "sync" {
		o.Reviewed = s.inputs.PlanFile
		return run.Sync(ctx, o, s)
	}
	o.PlanFile = s.inputs.PlanFile
	s.planFile, err = run.Plan(ctx, o, s)
	return err
}
