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

// t stands in for the *testing.T of a test, and prints its failures.
var t = exampleT{}

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (exampleT) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var ctx = context.Background()

// Each field of a Fault, alone or with others.
func ExampleFault() {
	for _, fault := range []faults.Fault{
		{Status: 502, Message: "Bad Gateway"},
		{Status: 429, RetryAfter: 2 * time.Second},
		{Code: "API_ERROR", Message: "An internal API error occurred."},
		{Sealed: true},
		{Drop: true},
		{Truncate: true},
		{Malformed: true},
		{Code: "API_ERROR", Applied: true}, // fails although it is stored
		{Delay: time.Millisecond},          // only takes longer
	} {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{}, fault)
		err := cloud.AdminClient().SetSecret(ctx, "S", 1)
		fmt.Println(err != nil, cloud.Names(), cloud.Calls(faults.Match{})[0].Err)
	}
	// Output:
	// true [] HTTP_502
	// true [] HTTP_429
	// true [] API_ERROR
	// true [] API_ERROR
	// true [] DROPPED
	// true [S] TRUNCATED
	// true [S] MALFORMED
	// true [S] API_ERROR
	// false [S]
}

// A match selects calls by what it sets; the zero Match selects all.
func ExampleMatch() {
	cloud := testkit.New(t)
	cloud.AdminClient().SetSecrets(ctx, []prefect.NamedValue{
		{Name: "A", Value: prefect.TextValue("1")}, {Name: "B", Value: prefect.TextValue("2")},
	}, nil)
	_, _ = cloud.Tenant("data").RunnerClient().GetSecret(ctx, "A")
	for _, match := range []faults.Match{
		{},
		{Field: "set_secret"}, // in either spelling
		{Secret: "A"},
		{Alias: "a1"},
		{Tenant: "data"},
		{Key: "runner"},
		{Nth: 3},   // the third call
		{Times: 2}, // the first two
	} {
		var secrets []string
		for _, call := range cloud.Calls(match) {
			secrets = append(secrets, call.Secret)
		}
		fmt.Println(secrets)
	}
	// Output:
	// [A B A]
	// [A B]
	// [A A]
	// [B]
	// [A]
	// [A]
	// [A]
	// [A B]
}

func ExampleCall() {
	cloud := testkit.New(t)
	_ = cloud.AdminClient().SetSecret(ctx, "A", 1)
	_ = cloud.RunnerClient().SetSecret(ctx, "B", 2)
	for _, call := range cloud.Calls(faults.Match{}) {
		fmt.Println(call.Seq, call.Alias, call.Field, call.Secret, call.Key, call.Err, call.Tenant == cloud.TenantID())
	}
	// Output:
	// 1 a0 setSecret A admin  true
	// 2 a0 setSecret B runner FORBIDDEN true
}

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
