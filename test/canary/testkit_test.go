package canary

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// tester is a test that records its failures.
type tester struct {
	failures []string
	cleanups []func()
}

func (f *tester) Helper() {}
func (f *tester) Errorf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}
func (f *tester) Fatalf(format string, args ...any) { f.Errorf(format, args...) }
func (f *tester) Cleanup(fn func())                 { f.cleanups = append(f.cleanups, fn) }

// testkit shows names and no values: in failed assertions, faults that did not fire,
// documents that the API refuses, local configs that do not parse, and its types
// however they are printed.
func TestTestkit(t *testing.T) {
	w := newWatch(t, newCanary("ADMIN", testkit.AdminKey), newCanary("RUNNER", testkit.RunnerKey))
	tb := &tester{}
	cloud := testkit.New(tb)
	ctx := context.Background()
	client := cloud.AdminClient()
	var printed []any
	for i, c := range values() {
		other := values()[(i+1)%len(values())].value
		cloud.Set(c.name, c.value)
		cloud.AssertSecrets(tb, map[string]any{c.name: other, "MISSING": c.value})
		cloud.AssertNames(tb, "MISSING")
		cloud.Inject(faults.Match{Field: "setSecret", Secret: "NEVER_" + c.name}, faults.Fault{Message: "no"})
		remove := cloud.Inject(faults.Match{Field: "set_secret", Secret: c.name}, faults.Fault{Status: 500})
		err := client.SetSecret(ctx, c.name, c.value)
		remove()
		value, getErr := cloud.RunnerClient().GetSecret(ctx, c.name)
		_, keyErr := cloud.ClientWithKey("wrong").GetSecret(ctx, c.name)
		sizeErr := client.SetSecret(ctx, "HUGE", strings.Repeat(c.value, 70_000/len(c.value)))
		ctx = testkit.LocalSecrets(ctx, map[string]any{c.name: c.value})
		_, typeErr := prefect.Get[int](ctx, c.name)
		_, missingErr := prefect.Secret("MISSING").Get(ctx)
		testkit.LocalConfig(ctx, tb, "[context.secrets]\nA = "+c.value, nil)
		testkit.LocalConfig(ctx, tb, "[context.secrets]\nA = \"${B}\"\nB = \"${A}\"\n"+c.name+" = "+tomlText(c.value)+"\n[", nil)
		printed = append(printed, err, value, getErr, keyErr, sizeErr, typeErr, missingErr,
			prefect.NamedValue{Name: c.name, Value: value})
	}
	printed = append(printed, cloud, *cloud, client, cloud.Calls(faults.Match{}), cloud.Tenant("ml"),
		cloud.HTTPClient(), cloud.Handler())
	for _, cleanup := range tb.cleanups {
		cleanup()
	}
	w.check("what failing tests say", strings.Join(tb.failures, "\n"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range printed {
			w.check(fmt.Sprintf("%s of %T", verb, v), fmt.Sprintf(verb, v))
		}
	}
	for _, v := range printed {
		text, _ := json.Marshal(v)
		w.check(fmt.Sprintf("JSON of %T", v), string(text))
	}
	if len(tb.failures) < len(values())*4 {
		t.Errorf("only %d failures: %v", len(tb.failures), tb.failures)
	}
}

// panicVariable makes the test binary the child process that panics. Its value is how.
const panicVariable = "CANARY_PANIC"

// A test that panics with a fake, a client or a value shows no secret.
func TestTestkitPanics(t *testing.T) {
	if how := os.Getenv(panicVariable); how != "" {
		panicWith(t, how)
		return
	}
	w := newWatch(t, newCanary("ADMIN", testkit.AdminKey), newCanary("RUNNER", testkit.RunnerKey))
	for _, how := range []string{"print", "value", "error", "fake", "handler"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTestkitPanics$", "-test.v")
		cmd.Env = append(os.Environ(), panicVariable+"="+how, "GOTRACEBACK=all")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "goroutine") {
			t.Errorf("%s: no panic: %v: %s", how, err, out)
		}
		w.check("a panic of a test: "+how, string(out))
	}
}

func panicWith(t *testing.T, how string) {
	cloud := testkit.New(t)
	secret := values()[0]
	cloud.Set(secret.name, secret.value)
	value, err := cloud.RunnerClient().GetSecret(t.Context(), secret.name)
	if err != nil {
		t.Fatal(err)
	}
	switch how {
	case "print":
		panic(fmt.Sprintf("%+v %#v %v", cloud, value, cloud.AdminClient()))
	case "value":
		panic(value)
	case "error":
		panic(fmt.Errorf("with %v: %w", value, cloud.AdminClient().SetSecret(t.Context(), "", secret.value)))
	case "fake":
		panic(cloud)
	case "handler":
		cloud.Handler().ServeHTTP(nil, nil)
	}
}
