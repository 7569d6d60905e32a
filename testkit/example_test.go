package testkit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// t stands in for the *testing.T of a test, and prints its failures.
var t testkit.TB = exampleT{}

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (exampleT) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var ctx = context.Background()

// A test of a flow whose secrets are in Prefect Cloud, and of a program that writes
// them.
func Example() {
	notify := func(ctx context.Context) error { // a task of the flow
		url, err := prefect.Get[string](ctx, "SLACK_URL")
		fmt.Println("post to", url)
		return err
	}

	cloud := testkit.New(t)
	cloud.Set("SLACK_URL", "https://hooks.example.com/T0")
	fmt.Println(notify(cloud.Context(ctx))) // reads from the fake

	cloud.Inject(faults.Match{Field: "setSecret", Times: 1}, faults.RateLimited(time.Second))
	client := cloud.AdminClient() // writes to it
	fmt.Println(errors.Is(client.SetSecret(ctx, "SLACK_URL", "https://hooks.example.com/T1"), prefect.ErrRateLimited))
	fmt.Println(client.SetSecret(ctx, "SLACK_URL", "https://hooks.example.com/T1"))
	cloud.AssertSecrets(t, map[string]any{"SLACK_URL": "https://hooks.example.com/T1"})
	// Output:
	// post to https://hooks.example.com/T0
	// <nil>
	// true
	// <nil>
}

func ExampleNew() {
	cloud := testkit.New(t) // in memory, no socket, nothing to close
	err := cloud.AdminClient().SetSecret(ctx, "my secret", 42)
	fmt.Println(cloud.Names(), err)
	// Output: [my secret] <nil>
}

func ExampleWithDialect() {
	options := []testkit.Option{testkit.WithDialect(prefect.DialectSnake)} // as Prefect 0.10 to 1.4 spell it
	cloud := testkit.New(t, options...)
	err := cloud.AdminClient().SetSecret(ctx, "S", 1)
	for _, call := range cloud.Calls(faults.Match{}) {
		fmt.Println(call.Field, err)
	}
	// Output: set_secret <nil>
}

func ExampleCloud_Context() {
	cloud := testkit.New(t)
	cloud.Set("DB", map[string]any{"user": "reporter", "port": 5432})
	run := cloud.Context(ctx) // a flow run in cloud execution
	db, err := prefect.Get[struct {
		User string
		Port int
	}](run, "DB")
	fmt.Println(db, err)
	_, err = prefect.Secret("BD").Get(run)
	fmt.Println(errors.Is(err, prefect.ErrNotFound))
	// Output:
	// {reporter 5432} <nil>
	// true
}

func ExampleCloud_Set() {
	cloud := testkit.New(t)
	cloud.Set("AWS_CREDENTIALS", map[string]any{"ACCESS_KEY": "a", "SECRET_ACCESS_KEY": "s"})
	v, ok := cloud.Get("AWS_CREDENTIALS")
	fmt.Printf("%s %v\n", v, ok)
	// Output: {"ACCESS_KEY":"a","SECRET_ACCESS_KEY":"s"} true
}

func ExampleCloud_AssertSecrets() {
	cloud := testkit.New(t)
	cloud.Set("SLACK_URL", "https://hooks.example.com")
	cloud.AssertSecrets(t, map[string]any{"SLACK_URL": "https://hooks.example.com"}) // prints nothing
	cloud.AssertNames(t, "SLACK_URL")
	// Output:
}

func ExampleCloud_AdminClient() {
	cloud := testkit.New(t)
	admin := cloud.AdminClient()
	fmt.Println(admin.SetSecret(ctx, "DB_PASSWORD", "p"))
	_, err := admin.GetSecret(ctx, "DB_PASSWORD")
	fmt.Println(errors.Is(err, prefect.ErrForbidden))
	fmt.Println(err)
	// Output:
	// <nil>
	// true
	// reading secret "DB_PASSWORD": the API key may not do this: Unauthorized; this is testkit's admin key, which may not read values: use Cloud.RunnerClient or Cloud.Context (FORBIDDEN)
}

func ExampleCloud_RunnerClient() {
	cloud := testkit.New(t)
	cloud.Set("DB_PASSWORD", "p")
	v, err := cloud.RunnerClient().GetSecret(ctx, "DB_PASSWORD")
	fmt.Printf("%s %v\n", v.Reveal(), err)
	// Output: "p" <nil>
}

func ExampleCloud_AddKey() {
	cloud := testkit.New(t)
	client := cloud.ClientWithKey(cloud.AddKey(testkit.Key{
		Name: "ci", Role: prefect.RoleAdmin, Patterns: []string{"team_*"}, Expires: time.Now().Add(time.Hour),
	}))
	fmt.Println(client.SetSecret(ctx, "team_url", 1))
	fmt.Println(errors.Is(client.SetSecret(ctx, "other", 1), prefect.ErrForbidden))
	// Output:
	// <nil>
	// true
}

func ExampleCloud_HTTPClient() {
	cloud := testkit.New(t)
	request, _ := http.NewRequest(http.MethodPost, cloud.URL(), strings.NewReader(`{"query": "{secret_names}"}`))
	request.Header.Set("Authorization", "Bearer "+testkit.AdminKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := cloud.HTTPClient().Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(response.Body)
	fmt.Printf("%s", body)
	// Output: {"data":{"secret_names":[]}}
}

func ExampleCloud_Handler() {
	cloud := testkit.New(t)
	cloud.Set("S", 1)
	server := httptest.NewServer(cloud.Handler()) // for a client that needs a socket
	defer server.Close()
	client, _ := prefect.NewClient(prefect.ClientConfig{URL: server.URL, APIKey: testkit.RunnerKey})
	fmt.Println(client.ListSecrets(ctx))
	// Output: [S] <nil>
}

func ExampleCloud_Tenant() {
	cloud := testkit.New(t)
	team := cloud.Tenant("data")
	err := team.AdminClient().SetSecret(ctx, "S", 1)
	fmt.Println(cloud.Names(), team.Names(), err)
	fmt.Println(prefect.Get[int](team.Context(ctx), "S"))
	for _, call := range team.Calls(faults.Match{Key: "runner"}) {
		fmt.Println(call.Tenant == team.TenantID())
	}
	// Output:
	// [] [S] <nil>
	// 1 <nil>
	// true
}

func ExampleCloud_Inject() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "SLACK_URL", Times: 1}, faults.Fault{Status: 503})
	client := cloud.AdminClient()
	fmt.Println(client.SetSecret(ctx, "SLACK_URL", "https://hooks.example.com"))
	fmt.Println(client.SetSecret(ctx, "SLACK_URL", "https://hooks.example.com"))
	// Output:
	// setting secret "SLACK_URL": the API is not available (HTTP 503)
	// <nil>
}

func ExampleCloud_Calls() {
	cloud := testkit.New(t)
	_ = cloud.AdminClient().SetSecret(ctx, "SLACK_URL", "https://hooks.example.com")
	_, _ = cloud.RunnerClient().GetSecret(ctx, "SLACK_URI")
	for _, call := range cloud.Calls(faults.Match{}) {
		fmt.Printf("%d %s %s %s %q\n", call.Seq, call.Key, call.Field, call.Secret, call.Err)
	}
	// Output:
	// 1 admin setSecret SLACK_URL ""
	// 2 runner secretValue SLACK_URI "INTERNAL_SERVER_ERROR"
}

func ExampleCloud_Snapshot() {
	cloud := testkit.New(t)
	cloud.Set("S", 1)
	restore := cloud.Snapshot()
	_ = cloud.AdminClient().DeleteSecret(ctx, "S")
	restore()
	fmt.Println(cloud.Names())
	// Output: [S]
}

func ExampleCloud_Leaks() {
	cloud := testkit.New(t)
	cloud.Set("SLACK_URL", "https://hooks.example.com/T000")
	fmt.Println(cloud.Leaks([]byte("GET /?to=https%3A%2F%2Fhooks.example.com%2FT000")))
	// Output: [SLACK_URL]
}

func ExampleCloud_LeakGuard() {
	test := func(t *testing.T) {
		cloud := testkit.New(t)
		guard := cloud.LeakGuard(t) // watches what the test logs, until its end
		cloud.Set("DB_PASSWORD", "hunter22")
		log.Println("connecting with", "hunter22") // fails the test and is not shown
		guard.Log("connected")                     // instead of t.Log
	}
	_ = test
}
