package check

import (
	"fmt"
	"strings"
	"testing"
)

func TestUnnamedSecretsMakeANote(t *testing.T) {
	for _, bring := range []string{
		"prefect.context.secrets = load()",
		"with prefect.context(secrets=load()): pass",
		"prefect.context.secrets[name] = 1",
		"prefect.Client().set_secret(name, 1)",
		"LocalRun(env={f'PREFECT__CONTEXT__SECRETS__{name}': 'x' for name in names})",
	} {
		found := flowTextFindings(t, "flow.py", "import prefect\n"+bring+"\nprefect.client.Secret('A').get()\n", "")
		if len(found) != 1 || found[0].Severity != SeverityNote || !strings.Contains(found[0].Message, "; line 2 brings secrets under names that are computed") {
			t.Errorf("%s: %s", bring, render(found))
		}
	}
}

// TestManyLateVariables would not end if each read went through each variable.
func TestManyLateVariables(t *testing.T) {
	var b strings.Builder
	b.WriteString("import os, prefect\n")
	const many = 20000
	for i := range many {
		fmt.Fprintf(&b, "os.environ['PREFECT__CONTEXT__SECRETS__A%d'] = 'x'\n", i)
	}
	for i := range many {
		fmt.Fprintf(&b, "prefect.client.Secret('A%d').get()\n", i)
	}
	found := flowTextFindings(t, "flow.py", b.String(), "")
	if len(found) != many {
		t.Fatalf("%d findings", len(found))
	}
	if last := found[many-1].Message; !strings.Contains(last, fmt.Sprintf("; line %d sets", many+1)) {
		t.Error(last)
	}
}
