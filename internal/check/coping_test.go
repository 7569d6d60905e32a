package check

import (
	"strings"
	"testing"
)

// copingHead begins the modules of these tests, whose line READ reads a secret that
// nothing else has.
const (
	copingHead = "import contextlib, os, unittest, pytest\nfrom unittest import mock\nfrom unittest.mock import patch\n"
	copingRead = "from prefect.client import Secret\nimport prefect\n"
	variable   = "PREFECT__CONTEXT__SECRETS__A"
)

// severityOf returns the severity of the only finding about a module, or "" if there is
// none. VARIABLE stands for the variable that sets the secret, READ for the read.
func severityOf(t *testing.T, module string) Severity {
	t.Helper()
	module = strings.NewReplacer("VARIABLE", variable, "READ", `Secret("A").get()`).Replace(module)
	found := flowTextFindings(t, "flow.py", module, "")
	if len(found) == 0 {
		return ""
	}
	if len(found) > 1 || found[0].Rule != "undefined-secret" {
		t.Errorf("%s%s", module, render(found))
	}
	return found[0].Severity
}

// A handler may name the class in any way that Python knows.
func TestHandlersByAnyName(t *testing.T) {
	for handler, want := range map[string]Severity{
		"ValueError": "", "builtins.ValueError": "", "b.ValueError": "", "VE": "", "Alias": "", "Exception": "", "BaseException": "",
		"(KeyError, ValueError)": "", "(KeyError,) + (ValueError,)": "", "BOTH": "", "SUM": "", "(*BOTH, OSError)": "",
		"tuple([KeyError, ValueError])": "", "(KeyError, Exception)": "",
		"ValueError if x else ValueError": "", "CALLED": "", "getattr(builtins, 'ValueError')": "",
		"KeyError": SeverityWarning, "(KeyError, OSError)": SeverityWarning, "LookupError": SeverityWarning,
		"imported.ERRORS": SeverityWarning, "NAMES": SeverityWarning, "BOTH[0]": SeverityWarning,
		"ValueError if x else KeyError":     SeverityWarning,
		"((ValueError, KeyError), OSError)": SeverityError, "(OSError, BOTH)": SeverityError, "NESTED": SeverityError,
		"OSError": SeverityError, "imported.HTTPError": SeverityError, "Own": SeverityError, "UnicodeError": SeverityError, "(TypeError, Own)": SeverityError,
	} {
		module := "import builtins, imported\nimport builtins as b\nfrom builtins import ValueError as VE\nfrom imported import NAMES\n" +
			"Alias = ValueError\nBOTH = (ValueError, KeyError)\nSUM = (OSError,) + BOTH\nCALLED = tuple({KeyError, ValueError})\nNESTED = (OSError, BOTH)\n" +
			"class Own(ValueError):\n    pass\n" + copingRead + "try:\n    READ\nexcept " + handler + ":\n    pass\n"
		if got := severityOf(t, module); got != want {
			t.Errorf("except %s: got %q, want %q", handler, got, want)
		}
	}
}

// What suppresses an error, or expects it, copes with it.
func TestManagersThatCope(t *testing.T) {
	for body, want := range map[string]Severity{
		"with contextlib.suppress(ValueError):\n    READ":                                                                    "",
		"with contextlib.suppress(*(KeyError, ValueError)):\n    READ":                                                       "",
		"from contextlib import suppress as s\nwith s(KeyError, ValueError):\n    READ":                                      "",
		"from contextlib import *\nwith suppress(Exception):\n    READ":                                                      "",
		"quiet = contextlib.suppress(ValueError)\nwith quiet:\n    READ":                                                     "",
		"with contextlib.suppress(OSError):\n    READ":                                                                       SeverityError,
		"with contextlib.suppress(KeyError):\n    READ":                                                                      SeverityWarning,
		"with pytest.raises(KeyError):\n    READ":                                                                            "",
		"with pytest.raises(expected_exception=ValueError):\n    READ":                                                       "",
		"from pytest import raises as r\nwith r((OSError, KeyError), match='x'):\n    READ":                                  "",
		"import pytest as pt\nwith pt.raises(KeyError) as e:\n    READ":                                                      "",
		"pytest.raises(KeyError, Secret('A').get)":                                                                           "",
		"pytest.raises(ValueError, lambda: READ)":                                                                            "",
		"with pytest.raises(TypeError):\n    READ":                                                                           SeverityError,
		"pytest.raises(TypeError, lambda: READ)":                                                                             SeverityError,
		"class T(unittest.TestCase):\n    def test(self):\n        with self.assertRaises(KeyError):\n            READ":      "",
		"class T(unittest.TestCase):\n    def test(self):\n        self.assertRaisesRegex(ValueError, 'x', Secret('A').get)": "",
		"@pytest.mark.xfail(raises=ValueError)\ndef test():\n    READ":                                                       "",
		"@unittest.expectedFailure\ndef test():\n    READ":                                                                   "",
		"@pytest.mark.slow\ndef test():\n    READ":                                                                           SeverityError,
	} {
		if got := severityOf(t, copingHead+copingRead+body+"\n"); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

// settingVariables are statements that set the variable of the secret.
var settingVariables = []string{
	`os.environ = {"VARIABLE": "x"}`, `os.environ.update({"VARIABLE": "x"})`, `os.environ.update(VARIABLE="x")`,
	`os.environ.update([("VARIABLE", "x")])`, `os.environ.update(**{"VARIABLE": "x"})`, `os.environ |= {"VARIABLE": "x"}`,
	"env = os.environ\nenv |= dict(VARIABLE='x')", `os.environ.setdefault("VARIABLE", "x")`, `os.environ = {**os.environ, "VARIABLE": "x"}`,
	`os.environ = os.environ | {"VARIABLE": "x"}`, `setattr(os, "environ", {"VARIABLE": "x"})`, `os.environ["PREFECT__CONTEXT__SECRETS__{}".format("A")] = "x"`,
	`os.environ["PREFECT__CONTEXT__SECRETS__%s" % "A"] = "x"`, "for k, v in {'VARIABLE': 'x'}.items():\n    os.environ[k] = v",
	`patch.dict("os.environ", {"VARIABLE": "x"}).start()`, `mock.patch.dict(os.environ, VARIABLE="x").start()`,
	`monkeypatch.setenv("VARIABLE", "x")`, `monkeypatch.setitem(os.environ, "VARIABLE", "x")`, `monkeypatch.setattr("os.environ", {"VARIABLE": "x"})`,
	`mocker.patch.dict("os.environ", values={"VARIABLE": "x"})`, `patch.dict(in_dict="os.environ", values={"VARIABLE": "x"}).start()`,
}

// Prefect sees a variable that is set above its import, in whatever way.
func TestVariablesInAnyWay(t *testing.T) {
	for _, statement := range settingVariables {
		if got := severityOf(t, copingHead+statement+"\n"+copingRead+"READ\n"); got != "" {
			t.Errorf("%s: got %q", statement, got)
		}
		module := strings.ReplaceAll(copingHead+copingRead+statement+"\nSecret('A').get()\n", "VARIABLE", variable)
		found := flowTextFindings(t, "flow.py", module, "")
		if len(found) != 1 || found[0].Severity != SeverityError || !strings.Contains(found[0].Message, "too late") {
			t.Errorf("%s, too late: %s", statement, render(found))
		}
		if got := severityOf(t, copingHead+strings.ReplaceAll(statement, "VARIABLE", "PREFECT__CONTEXT__SECRETS__B")+"\n"+copingRead+"READ\n"); got != SeverityError && !strings.Contains(statement, "PREFECT__") {
			t.Errorf("%s, of another secret: got %q", statement, got)
		}
	}
}

// A secret gets into the context in whatever way.
func TestContextInAnyWay(t *testing.T) {
	for statement, want := range map[string]Severity{
		`setattr(prefect.context.secrets, "A", 1)`: "", `setattr(prefect.context, "secrets", {"A": 1})`: "",
		`prefect.context.secrets.update(A=1)`: "", `prefect.context.secrets.update([("A", 1)])`: "", `prefect.context.secrets.update(**{"A": 1})`: "",
		`prefect.context.secrets |= {"A": 1}`: "", `prefect.context.secrets = prefect.context.secrets | {"A": 1}`: "",
		`prefect.context.secrets.__setitem__("A", 1)`: "", `prefect.context.__setattr__("secrets", {"A": 1})`: "",
		`object.__setattr__(prefect.context, "secrets", {"A": 1})`: "", "s = prefect.context.secrets\ns |= {'A': 1}": "",
		`patch.dict(prefect.context, secrets={"A": 1}).start()`: "", `patch.dict("prefect.context", {"secrets": {"A": 1}}).start()`: "",
		`patch.dict("prefect.context.secrets", A=1).start()`: "", `patch("prefect.context.secrets", {"A": 1}).start()`: "",
		`patch.object(prefect.context, "secrets", {"A": 1}).start()`: "", `patch.multiple(prefect.context, secrets={"A": 1}).start()`: "",
		`monkeypatch.setitem(prefect.context.secrets, "A", 1)`: "", `monkeypatch.setattr(prefect.context, "secrets", {"A": 1})`: "",
		`monkeypatch.setattr("prefect.context.secrets", {"A": 1})`: "", `mocker.patch.dict("prefect.context", secrets={"A": 1})`: "",
		`client.set_secret("A", 1)`: "", `self.client.set_secret(name="A", value=1)`: "", `set_secret("A", 1)`: "",
		`prefect.context.secrets.update(load())`: SeverityNote, `prefect.context.update(load())`: SeverityNote,
		`setattr(prefect.context.secrets, name, 1)`: SeverityNote, `client.set_secret(name, 1)`: SeverityNote,
		`patch("prefect.context.secrets").start()`: SeverityNote,
		`setattr(prefect.context.secrets, "B", 1)`: SeverityError, `setattr(other.secrets, "A", 1)`: SeverityError,
		`client.set_secret("B", 1)`: SeverityError, `prefect.context.update(x=1)`: SeverityError, `patch.dict(other, A=1)`: SeverityError,
	} {
		if got := severityOf(t, copingHead+copingRead+statement+"\nREAD\n"); got != want {
			t.Errorf("%s: got %q, want %q", statement, got, want)
		}
	}
}

// replacements make Secret, or its get, a mock.
var replacements = []string{
	`patch("prefect.client.Secret")`, `patch("prefect.client.Secret.get", return_value=1)`, `mock.patch("prefect.client.secrets.Secret.get", f)`,
	`unittest.mock.patch("flows.etl.Secret")`, `patch("flows.etl.Secret.get")`, `patch(target="prefect.client.Secret.get")`,
	`patch.object(Secret, "get")`, `mock.patch.object(prefect.client, "Secret")`, `patch.object(etl, "Secret")`, `patch.object(target=Secret, attribute="get")`,
	`patch(f"{__name__}.Secret")`, `patch(__name__ + ".Secret.get")`, `patch.multiple(Secret, get=f)`, `patch.multiple("prefect.client", Secret=f)`,
	`mocker.patch("prefect.client.Secret.get")`, `mocker.patch.object(Secret, "get")`,
}

// A mock has any secret: within a with, in what a decorator applies to, in the test that
// begins it, and in all of a module if anything else does.
func TestMocksHaveAnySecret(t *testing.T) {
	for _, replacement := range replacements {
		for place, want := range map[string]Severity{
			"with MOCK as m:\n    READ": "", "with MOCK:\n    pass\nREAD": SeverityError,
			"@MOCK\ndef test(m):\n    READ": "", "@MOCK\nclass Test:\n    def test(self, m):\n        READ": "",
			"@MOCK\ndef test(m):\n    pass\ndef other():\n    READ": SeverityError,
			"p = MOCK\np.start()\nREAD":                             "", "def setUp(self):\n    MOCK.start()\ndef test():\n    READ": "",
			"def test_mocked():\n    MOCK\n    READ": "", "def test_mocked():\n    MOCK\ndef test_other():\n    READ": SeverityError,
			"with MOCK:\n    prefect.context.secrets['A']": SeverityError,
		} {
			module := strings.ReplaceAll(place, "MOCK", replacement)
			if got := severityOf(t, copingHead+copingRead+module+"\n"); got != want {
				t.Errorf("%s: got %q, want %q", module, got, want)
			}
		}
	}
	for statement, want := range map[string]Severity{
		"Secret.get = f": "", "prefect.client.Secret = Fake": "", `monkeypatch.setattr(Secret, "get", f)`: "",
		`monkeypatch.setattr("flows.etl.Secret", Fake)`: "", `monkeypatch.setattr("%s.Secret" % __name__, Fake)`: "",
		`monkeypatch.setattr(etl, "Secret", Fake, raising=False)`: "", `setattr(Secret, "get", f)`: "",
		`patch.object(Secret, "exists").start()`: SeverityError, `patch("prefect.tasks.secrets.PrefectSecret.run").start()`: SeverityError,
		`patch("Secret")`: SeverityError, `requests.patch("https://x/Secrets")`: SeverityError, `self.get = f`: SeverityError,
	} {
		if got := severityOf(t, copingHead+copingRead+statement+"\nREAD\n"); got != want {
			t.Errorf("%s: got %q, want %q", statement, got, want)
		}
	}
}
