package sync_test

import (
	"context"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// t stands for the *testing.T of a test, and prints what it is told.
var t = exampleT{}

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (exampleT) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var ctx = context.Background()

func secrets() []*secretsync.Source {
	return []*secretsync.Source{{Label: "secrets", Entries: []secretsync.Entry{
		{Name: "DB_PASSWORD", Text: prefect.TextValue("a password")},
		{Name: "NOT_SET", Text: prefect.TextValue("")},
	}}}
}

// A client of any API, here of a fake one, is a store.
func ExampleApply() {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	plan, err := secretsync.NewPlan(secretsync.PlanInput{Sources: secrets()})
	if err == nil {
		err = plan.Against(ctx, client)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	report := secretsync.Apply(ctx, client, plan, secretsync.ApplyOptions{})
	for _, action := range report.Actions {
		fmt.Println(action.Name, action.Result)
	}
	fmt.Println(cloud.Names())
	// Output:
	// DB_PASSWORD created
	// NOT_SET skipped
	// [DB_PASSWORD]
}

func ExampleRun() {
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	run := secretsync.Run{
		Input:   secretsync.PlanInput{Sources: secrets()},
		Tenants: []string{"data"},
		Writer:  secretsync.AccountOf(cloud.AdminClient()),
		Reader:  secretsync.AccountOf(cloud.RunnerClient()), // compares what a flow gets
	}
	done, err := run.Sync(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, tenant := range done.Tenants {
		fmt.Println(tenant.Name, tenant.Report.Written(), "written,", *tenant.Report.Verified.Values, "as in the source")
	}
	fmt.Println(data.Names())
	// Output:
	// data 1 written, 1 as in the source
	// [DB_PASSWORD]
}
