package prefect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// t is the *testing.T of a test, for testkit.
var t exampleT

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (exampleT) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var ctx = context.Background()

// One program writes a secret with an admin key; a flow run reads it with a key of its
// own. In place of testkit's fake use the URL and the keys of your store.
func Example() {
	cloud := testkit.New(t) // a secrets API in memory
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL:       cloud.URL(),
		APIKey:    testkit.AdminKey,
		Transport: cloud.HTTPClient().Transport,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.SetSecret(ctx, "DB_PASSWORD", "hunter22"))
	fmt.Println(client.ListSecrets(ctx))

	settings, err := config.Load(config.Options{Text: "[cloud]\nuse_local_secrets = false\n"})
	if err != nil {
		fmt.Println(err)
		return
	}
	run := prefect.WithClient(prefect.WithConfig(ctx, settings), cloud.RunnerClient())
	fmt.Println(prefect.Get[string](run, "DB_PASSWORD"))
	// Output:
	// <nil>
	// [DB_PASSWORD] <nil>
	// hunter22 <nil>
}

// A string that holds JSON is parsed, as in Prefect.
func ExampleSecret_Get() {
	ctx := prefect.WithSecrets(ctx, map[string]any{
		"SLACK_WEBHOOK_URL": "https://hooks.example.com",
		"DB_PASSWORD":       "123456",
		"AWS_CREDENTIALS":   `{"ACCESS_KEY": "a", "SECRET_ACCESS_KEY": "s"}`,
	})
	for _, name := range []prefect.Secret{"SLACK_WEBHOOK_URL", "DB_PASSWORD", "AWS_CREDENTIALS"} {
		v, err := name.Get(ctx)
		fmt.Printf("%T %v %v\n", v, v, err)
	}
	// Output:
	// string https://hooks.example.com <nil>
	// json.Number 123456 <nil>
	// map[string]interface {} map[ACCESS_KEY:a SECRET_ACCESS_KEY:s] <nil>
}

// Secrets are read wherever a context goes: here in a state handler.
func ExampleSecret_Get_stateHandler() {
	type state string
	notifyOnFailure := func(ctx context.Context, old, new state) (state, error) {
		if new != "Failed" {
			return new, nil
		}
		url, err := prefect.Get[string](ctx, "SLACK_WEBHOOK_URL")
		fmt.Println("notify", url)
		return new, err
	}
	ctx := prefect.WithSecrets(ctx, map[string]any{"SLACK_WEBHOOK_URL": "https://hooks.example.com"})
	fmt.Println(notifyOnFailure(ctx, "Running", "Failed"))
	// Output:
	// notify https://hooks.example.com
	// Failed <nil>
}

func ExampleSecret_Exists() {
	ctx := prefect.WithSecrets(ctx, map[string]any{"DB_PASSWORD": "123456"})
	fmt.Println(prefect.Secret("DB_PASSWORD").Exists(ctx))
	fmt.Println(prefect.Secret("SLACK_WEBHOOK_URL").Exists(ctx))
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleGet() {
	ctx := prefect.WithSecrets(ctx, map[string]any{
		"DB_PASSWORD":     "123456",
		"AWS_CREDENTIALS": `{"ACCESS_KEY": "a", "SECRET_ACCESS_KEY": "s"}`,
	})
	fmt.Println(prefect.Get[string](ctx, "DB_PASSWORD"))
	fmt.Println(prefect.Get[map[string]string](ctx, "AWS_CREDENTIALS"))

	_, err := prefect.Get[string](ctx, "DB_PASSWORT")
	fmt.Println(errors.Is(err, prefect.ErrNotFound), err)
	// Output:
	// 123456 <nil>
	// map[ACCESS_KEY:a SECRET_ACCESS_KEY:s] <nil>
	// true local secret "DB_PASSWORT" was not found: did you mean "DB_PASSWORD"? the local secrets are "AWS_CREDENTIALS", "DB_PASSWORD"
}

// The secrets of Prefect's configuration are local secrets.
func ExampleWithConfig() {
	loaded, err := config.Load(config.Options{Text: "[context.secrets]\nDB_PASSWORD = \"hunter22\"\n"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(prefect.Get[string](prefect.WithConfig(ctx, loaded), "DB_PASSWORD"))
	// Output: hunter22 <nil>
}

// In cloud execution the store of the client has the secrets, not the context.
func ExampleWithClient() {
	cloud := testkit.New(t)
	cloud.Set("DB_PASSWORD", "hunter22")
	settings, err := config.Load(config.Options{Env: []string{"PREFECT__CLOUD__USE_LOCAL_SECRETS=false"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	run := prefect.WithSecrets(prefect.WithConfig(ctx, settings), map[string]any{"LOCAL": "x"})
	run = prefect.WithClient(run, cloud.RunnerClient())
	fmt.Println(prefect.Get[string](run, "DB_PASSWORD"))
	fmt.Println(prefect.Secret("LOCAL").Exists(run))
	// Output:
	// hunter22 <nil>
	// false <nil>
}

func ExampleWithSecrets() {
	team := prefect.WithSecrets(ctx, map[string]any{"DB_HOST": "db.example.com", "DB_PASSWORD": "team"})
	mine := prefect.WithSecrets(team, map[string]any{"DB_PASSWORD": "mine"})
	fmt.Println(prefect.Get[string](mine, "DB_HOST"))
	fmt.Println(prefect.Get[string](mine, "DB_PASSWORD"))
	fmt.Println(prefect.Get[string](team, "DB_PASSWORD"))
	// Output:
	// db.example.com <nil>
	// mine <nil>
	// team <nil>
}

// A value that is read while a flow is being built would end up in the flow.
func ExampleBuildingFlow() {
	building := prefect.BuildingFlow(prefect.WithSecrets(ctx, map[string]any{"DB_PASSWORD": "hunter22"}))
	_, err := prefect.Secret("DB_PASSWORD").Get(building)
	fmt.Println(errors.Is(err, prefect.ErrBuildingFlow))
	fmt.Println(prefect.Secret("DB_PASSWORD").Exists(building))
	// Output:
	// true
	// true <nil>
}

func ExampleNewClient() {
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL:      "https://secrets.example.com",
		APIKey:   "k3y",
		TenantID: "6f5dff5d-9f5f-4b53-b7a8-a0a1d4a3f0a1", // or empty, for the key's own tenant
		Timeout:  10 * time.Second,
	})
	fmt.Println(client, err)

	_, err = prefect.NewClient(prefect.ClientConfig{URL: "http://secrets.example.com", APIKey: "k3y"})
	if errors.Is(err, prefect.ErrPlainHTTP) {
		fmt.Println("set AllowHTTP, if unencrypted http is what you want")
	}
	_, err = prefect.NewClient(prefect.ClientConfig{URL: "http://secrets.example.com", APIKey: "k3y", AllowHTTP: true})
	fmt.Println(err)
	// Output:
	// prefect.Client <nil>
	// set AllowHTTP, if unencrypted http is what you want
	// <nil>
}

// Others may read the log of a CI job. With KnownMessages an error repeats only what a
// secrets API is known to say.
func ExampleClientConfig_knownMessages() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data": null, "errors": [{"message": "proxy of ada@example.com: no route"}]}`)
	}))
	defer api.Close()
	for _, known := range []bool{false, true} {
		client, err := prefect.NewClient(prefect.ClientConfig{URL: api.URL, APIKey: "k3y", KnownMessages: known})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(client.DeleteSecret(ctx, "DB_PASSWORD"))
	}
	// Output:
	// deleting secret "DB_PASSWORD": the API answered with an error: proxy of ada@example.com: no route
	// deleting secret "DB_PASSWORD": the API answered with an error, with a message that is not shown
}

// An API has one of two spellings. The first answer shows which, unless the dialect is
// given.
func ExampleDialect() {
	for _, dialect := range []prefect.Dialect{prefect.DialectAuto, prefect.DialectCamel, prefect.DialectSnake} {
		cloud := testkit.New(t, testkit.WithDialect(prefect.DialectSnake))
		client, err := prefect.NewClient(prefect.ClientConfig{
			URL:       cloud.URL(),
			APIKey:    testkit.AdminKey,
			Dialect:   dialect,
			Transport: cloud.HTTPClient().Transport,
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		err = client.SetSecret(ctx, "DB_PASSWORD", "hunter22")
		fmt.Printf("%q: %d requests, set: %v\n", dialect, client.Requests(), err == nil)
	}
	// Output:
	// "": 2 requests, set: true
	// "camel": 1 requests, set: false
	// "snake": 1 requests, set: true
}

func ExampleClient_SetSecret() {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	for name, value := range map[string]any{
		"DB_PASSWORD":     "hunter22",
		"DB_PORT":         5432,
		"AWS_CREDENTIALS": map[string]string{"ACCESS_KEY": "a", "SECRET_ACCESS_KEY": "s"},
	} {
		if err := client.SetSecret(ctx, name, value); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(client.ListSecrets(ctx))
	// Output: [AWS_CREDENTIALS DB_PASSWORD DB_PORT] <nil>
}

// Each secret has a result of its own. Changed is false for what the store had already,
// once the client knows that its API reports that.
func ExampleClient_SetSecrets() {
	cloud := testkit.New(t)
	cloud.Set("DB_PASSWORD", "hunter22")
	cloud.Inject(faults.Match{Secret: "SLACK_URL"}, faults.PartialFailure())
	client := cloud.AdminClient()
	if _, err := client.ListSecrets(ctx); err != nil {
		fmt.Println(err)
	}
	outcome := func(result prefect.MutationResult) string {
		switch {
		case result.Err != nil:
			return "failed"
		case result.Changed:
			return "set"
		}
		return "unchanged"
	}
	for _, result := range client.SetSecrets(ctx, []prefect.NamedValue{
		{Name: "DB_PASSWORD", Value: prefect.TextValue("hunter22")},
		{Name: "DB_USER", Value: prefect.TextValue("app")},
		{Name: "SLACK_URL", Value: prefect.TextValue("https://hooks.example.com")},
	}, nil) {
		fmt.Println(result.Name, outcome(result))
	}
	// Output:
	// DB_PASSWORD unchanged
	// DB_USER set
	// SLACK_URL failed
}

func ExampleClient_DeleteSecrets() {
	cloud := testkit.New(t)
	cloud.Set("OLD", 1)
	cloud.Set("NEW", 1)
	for _, result := range cloud.AdminClient().DeleteSecrets(ctx, []string{"OLD", "MISSING"}, nil) {
		fmt.Println(result.Name, result.Err)
	}
	fmt.Println(cloud.Names())
	// Output:
	// OLD <nil>
	// MISSING <nil>
	// [NEW]
}

func ExampleClient_DeleteSecret() {
	cloud := testkit.New(t)
	cloud.Set("OLD", 1)
	fmt.Println(cloud.AdminClient().DeleteSecret(ctx, "OLD"), cloud.Names())
	// Output: <nil> []
}

// An Ask decides when each request is sent, and whether it is: here no two requests
// within a second, and none after three.
func ExampleAsk() {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	requests := 0
	var ask prefect.Ask = func(send func() error) error {
		if requests++; requests > 3 {
			return errors.New("that is enough for today")
		}
		time.Sleep(time.Millisecond) // a second, elsewhere
		return send()
	}
	var secrets []prefect.NamedValue
	for i := range 350 {
		secrets = append(secrets, prefect.NamedValue{Name: fmt.Sprintf("S%d", i), Value: prefect.TextValue("x")})
	}
	fmt.Println("the first request sets", client.BatchLen(secrets))
	results := client.SetSecrets(ctx, secrets, ask)
	fmt.Println(results[299].Err)
	fmt.Println(results[300].Err)
	// Output:
	// the first request sets 100
	// <nil>
	// that is enough for today
}

// Only the key of a flow run reads values.
func ExampleClient_GetSecret() {
	cloud := testkit.New(t)
	cloud.Set("DB_PASSWORD", "hunter22")
	_, err := cloud.AdminClient().GetSecret(ctx, "DB_PASSWORD")
	fmt.Println("an admin key:", errors.Is(err, prefect.ErrForbidden))

	value, err := cloud.RunnerClient().GetSecret(ctx, "DB_PASSWORD")
	fmt.Println("a runner key:", value.RevealText(), err)
	// Output:
	// an admin key: true
	// a runner key: hunter22 <nil>
}

// A flow gets the JSON in a string parsed.
func ExampleClient_GetFlowValue() {
	cloud := testkit.New(t)
	cloud.Set("DB_PORT", "5432")
	client := cloud.RunnerClient()
	stored, err := client.GetSecret(ctx, "DB_PORT")
	fmt.Printf("%s %v\n", stored.Reveal(), err)
	flow, err := client.GetFlowValue(ctx, "DB_PORT")
	fmt.Printf("%v %v\n", flow, err)
	// Output:
	// "5432" <nil>
	// 5432 <nil>
}

// One key may use several tenants. The clients count their requests together.
func ExampleClient_ListTenants() {
	cloud := testkit.New(t)
	cloud.Tenant("data")
	client := cloud.AdminClient()
	tenants, err := client.ListTenants(ctx)
	if err != nil {
		fmt.Println(err)
	}
	for _, tenant := range tenants {
		other, err := client.ForTenant(tenant.ID)
		if err != nil {
			fmt.Println(err)
			return
		}
		names, err := other.ListSecrets(ctx)
		fmt.Println(tenant.Slug, tenant.Name, names, err)
	}
	fmt.Println(client.Requests(), "requests")
	// Output:
	// data data [] <nil>
	// testkit testkit [] <nil>
	// 3 requests
}

// A key that the API knows may not use every tenant.
func ExampleClient_ForTenant() {
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	key := cloud.AddKey(testkit.Key{Name: "own tenant alone", Role: prefect.RoleAdmin})
	other, err := cloud.ClientWithKey(key).ForTenant(data.TenantID())
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = other.ListSecrets(ctx)
	fmt.Println(errors.Is(err, prefect.ErrUnauthenticated), errors.Is(err, prefect.ErrTenantRefused))
	fmt.Println(err)
	// Output:
	// true true
	// listing secret names: the API key may not use this tenant, or the tenant does not exist (UNAUTHENTICATED)
}

// Before it writes, a program asks what its key may do, and whose secrets it would
// overwrite.
func ExampleClient_GetOverview() {
	cloud := testkit.New(t)
	bob := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "bob", Role: prefect.RoleAdmin}))
	if err := bob.SetSecret(ctx, "team_URL", "https://example.com"); err != nil {
		fmt.Println(err)
	}
	ci := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "ci", Role: prefect.RoleAdmin, Patterns: []string{"team_*"}}))

	for _, client := range []*prefect.Client{ci, cloud.RunnerClient()} {
		overview, err := client.GetOverview(ctx, []string{"team_URL", "DB_PASSWORD"})
		if err != nil {
			fmt.Println(err)
			return
		}
		if overview.Role != prefect.RoleAdmin {
			fmt.Println("the key", overview.Key, "may not write in", overview.Tenant)
		}
		for _, name := range overview.Unreachable {
			fmt.Println("the key", overview.Key, "may not write", name)
		}
		for _, name := range overview.Names {
			fmt.Println(name, "was written by", overview.Owners[name])
		}
	}
	// Output:
	// the key ci may not write DB_PASSWORD
	// team_URL was written by bob
	// the key runner may not write in testkit
	// team_URL was written by bob
}

func ExampleClient_GetAccess() {
	cloud := testkit.New(t)
	does := map[prefect.Role]string{
		prefect.RoleAdmin:   "writes secrets",
		prefect.RoleRunner:  "reads values",
		prefect.RolePlanner: "lists names",
	}
	show := func(access prefect.Access, err error) { fmt.Println(access.Key, does[access.Role], err) }
	show(cloud.AdminClient().GetAccess(ctx, nil))
	show(cloud.RunnerClient().GetAccess(ctx, nil))
	// Output:
	// admin writes secrets <nil>
	// runner reads values <nil>
}

func ExampleClient_GetOwners() {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	if err := client.SetSecret(ctx, "DB_PASSWORD", "hunter22"); err != nil {
		fmt.Println(err)
	}
	fmt.Println(client.GetOwners(ctx, []string{"DB_PASSWORD", "MISSING"}))
	// Output: map[DB_PASSWORD:admin] <nil>
}

// Errors are told apart by what the program does next.
func ExampleAPIError() {
	explain := func(err error) string {
		var answer *prefect.APIError
		switch {
		case errors.Is(err, prefect.ErrNoSecretsAPI):
			return "check the URL: this server has no secrets"
		case errors.Is(err, prefect.ErrUnauthenticated):
			return "check the key"
		case errors.Is(err, prefect.ErrForbidden):
			return "use a key that may do this"
		case errors.Is(err, prefect.ErrNotFound):
			return "check the name"
		case errors.Is(err, prefect.ErrRateLimited) && errors.As(err, &answer):
			return fmt.Sprint("wait ", answer.RetryAfter)
		case errors.Is(err, prefect.ErrNoAnswer):
			return "check the network"
		case errors.As(err, &answer):
			return fmt.Sprintf("the API says %d %s %q", answer.Status, answer.Code, answer.Message)
		}
		return err.Error()
	}
	for _, fault := range []faults.Fault{
		faults.KeyExpired(),
		faults.RateLimited(7 * time.Second),
		{Code: "FORBIDDEN"},
		{Drop: true},
		{Code: "API_ERROR", Message: "Unable to complete operation"},
		{Status: http.StatusServiceUnavailable},
	} {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Times: 1}, fault)
		fmt.Println(explain(cloud.AdminClient().SetSecret(ctx, "DB_PASSWORD", "hunter22")))
	}
	_, err := testkit.New(t).RunnerClient().GetSecret(ctx, "DB_PASSWORD")
	fmt.Println(explain(err))
	// Output:
	// check the key
	// wait 7s
	// use a key that may do this
	// check the network
	// the API says 200 API_ERROR "Unable to complete operation"
	// the API says 503  ""
	// check the name
}

// A program sends again what may succeed later.
func ExampleRetryable() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Times: 2}, faults.Unavailable())
	client := cloud.AdminClient()
	err := client.SetSecret(ctx, "DB_PASSWORD", "hunter22")
	for attempt := 1; prefect.Retryable(err) && attempt < 5; attempt++ {
		time.Sleep(time.Millisecond) // seconds, elsewhere
		err = client.SetSecret(ctx, "DB_PASSWORD", "hunter22")
	}
	fmt.Println(err, client.Requests(), "requests")
	// Output: <nil> 3 requests
}

// A lost answer leaves open whether the API did what was asked. Such a write is not
// reported as failed before the names have been listed.
func ExampleMayBeDone() {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Times: 1}, faults.ReplyLost())
	client := cloud.AdminClient()
	err := client.SetSecret(ctx, "DB_PASSWORD", "hunter22")
	fmt.Println(prefect.MayBeDone(err))
	fmt.Println(client.ListSecrets(ctx))
	// Output:
	// true
	// [DB_PASSWORD] <nil>
}

// A Value does not print.
func ExampleValue() {
	value := prefect.TextValue("hunter22")
	fmt.Println(value)
	fmt.Printf("%+v\n", prefect.NamedValue{Name: "DB_PASSWORD", Value: value})
	text, err := json.Marshal(value)
	fmt.Println(string(text), err)
	fmt.Println(value.RevealText())
	// Output:
	// [redacted]
	// {Name:DB_PASSWORD Value:[redacted]}
	// "[redacted]" <nil>
	// hunter22
}

// A Value is JSON, with every digit of a number.
func ExampleNewValue() {
	for _, v := range []any{"hunter22", 5432, []string{"a", "b"}, json.RawMessage("1234567890123456789.10")} {
		value, err := prefect.NewValue(v)
		fmt.Printf("%s %v\n", value.Reveal(), err)
	}
	// Output:
	// "hunter22" <nil>
	// 5432 <nil>
	// ["a","b"] <nil>
	// 1234567890123456789.10 <nil>
}

func ExampleValue_Equal() {
	fmt.Println(prefect.TextValue("hunter22").Equal(prefect.TextValue("hunter22")))
	fmt.Println(prefect.TextValue("hunter22").Equal(prefect.TextValue("hunter23")))
	// Output:
	// true
	// false
}
