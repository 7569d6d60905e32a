package faults_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// t stands for the *testing.T of a test, and prints what it is told.
var t = exampleT{}

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (exampleT) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var ctx = context.Background()

func ExampleRateLimited() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Times: 1}, faults.RateLimited(3*time.Second))
	var e *prefect.APIError
	if errors.As(cloud.AdminClient().SetSecret(ctx, "S", 1), &e) {
		fmt.Println(errors.Is(e, prefect.ErrRateLimited), e.RetryAfter)
	}
	// Output: true 3s
}

func ExampleUnavailable() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{}, faults.Unavailable())
	fmt.Println(cloud.AdminClient().SetSecret(ctx, "S", 1))
	// Output: setting secret "S": the API is not available (HTTP 503)
}

func ExampleReplyLost() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Secret: "S"}, faults.ReplyLost())
	err := cloud.AdminClient().SetSecret(ctx, "S", 1)
	fmt.Println(err != nil, cloud.Names()) // an error, and stored all the same
	// Output: true [S]
}

func ExampleKeyExpired() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Key: "admin"}, faults.KeyExpired())
	fmt.Println(errors.Is(cloud.AdminClient().SetSecret(ctx, "S", 1), prefect.ErrUnauthenticated))
	// Output: true
}

func ExamplePartialFailure() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "B"}, faults.PartialFailure())
	results := cloud.AdminClient().SetSecrets(ctx, []prefect.NamedValue{
		{Name: "A", Value: prefect.TextValue("1")}, {Name: "B", Value: prefect.TextValue("2")},
	}, nil)
	for _, r := range results {
		fmt.Println(r.Name, r.Err)
	}
	fmt.Println(cloud.Names())
	// Output:
	// A <nil>
	// B the API answered with an error: Unable to complete operation. An internal API error occurred. (API_ERROR)
	// [A]
}

func ExampleStoreSealed() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Times: 1}, faults.StoreSealed())
	_, err := cloud.RunnerClient().GetSecret(ctx, "S")
	fmt.Println(err)
	// Output: reading secret "S": the API answered with an error: Unable to complete operation. An internal API error occurred. (API_ERROR)
}
