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

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
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

func ExampleNew() {
	cloud := testkit.New(t) // in memory, no socket, nothing to close
	err := cloud.AdminClient().SetSecret(ctx, "my secret", 42)
	fmt.Println(cloud.Names(), err)
	// Output: [my secret] <nil>
}

func ExampleWithDialect() {
	cloud := testkit.New(t, testkit.WithDialect(prefect.DialectSnake)) // as Prefect 0.10 to 1.4 spell it
	err := cloud.AdminClient().SetSecret(ctx, "S", 1)
	for _, call := range cloud.Calls(faults.Match{}) {
		fmt.Println(call.Field, err)
	}
	// Output: set_secret <nil>
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
	cloud.AssertSecrets(t, map[string]any{"SLACK_URL": "https://hooks.example.com"}) // says nothing
	cloud.AssertNames(t, "SLACK_URL")
	// Output:
}

func ExampleCloud_RunnerClient() {
	cloud := testkit.New(t)
	cloud.Set("DB_PASSWORD", "p")
	loaded, _ := config.Load(config.Options{Text: "[cloud]\nuse_local_secrets = false\n"})
	run := prefect.WithClient(prefect.WithConfig(ctx, loaded), cloud.RunnerClient()) // a flow run in cloud execution
	fmt.Println(prefect.Get[string](run, "DB_PASSWORD"))
	// Output: p <nil>
}

func ExampleCloud_AddKey() {
	cloud := testkit.New(t)
	client := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "ci", Role: prefect.RoleAdmin, Patterns: []string{"team_*"}}))
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
	server := httptest.NewServer(testkit.New(t).Handler()) // for a client that wants a socket
	defer server.Close()
	client, _ := prefect.NewClient(prefect.ClientConfig{URL: server.URL, APIKey: testkit.AdminKey})
	fmt.Println(client.ListSecrets(ctx))
	// Output: [] <nil>
}

func ExampleCloud_Tenant() {
	cloud := testkit.New(t)
	team := cloud.Tenant("data")
	err := team.AdminClient().SetSecret(ctx, "S", 1)
	fmt.Println(cloud.Names(), team.Names(), err)
	// Output: [] [S] <nil>
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
		guard := cloud.LeakGuard(t) // captures what the test logs, until its end
		cloud.Set("DB_PASSWORD", "hunter22")
		log.Println("connecting with", "hunter22") // fails the test and is not shown
		guard.Log("connected")                     // in place of t.Log
	}
	_ = test
}
