package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// TestMistakesOnTheCommandLine checks what people who know other programs are told.
func TestMistakesOnTheCommandLine(t *testing.T) {
	for args, want := range map[string]string{
		"plna": "did you mean plan?", "cehck": "did you mean check?", "sreve": "did you mean serve?",
		"nmaes": "did you mean names?", "hlep": "did you mean help?", "sycn": "did you mean sync?",
		"Sync":  "the first argument is not a command: did you mean sync?",
		"sync,": "the first argument is not a command: did you mean sync?",
		"Plan.": "did you mean plan?", "hunTer2": "the first argument is not a command\n", "- x": "the first argument is not a command\n",
		"run": "starts no other", "exec": "starts no other", "env": "starts no other",
		"secrets": "did you mean names?", "status": "did you mean plan?", "fmt": "did you mean check?",
		"get-secret": "cannot be read back", "set_secret": "did you mean set?", "genkey": "did you mean keygen?",
		"initialize": "did you mean init?", "tenants": "--tenant names a tenant",
		"help foo": "Run 'prefect-secrets --help'", "completion pwsh": "did you mean powershell?",
		"--version --format json": "write prefect-secrets version --format json",
		"--version sync":          "write it alone: prefect-secrets --version", "-V sync": "write it alone",

		"sync --secrets_file x":     "unknown flag --secrets_file: did you mean --secrets-file?",
		"sync --SECRETS-FILE x":     "did you mean --secrets-file?",
		"plan --prune_scope x":      "did you mean --prune-scope?",
		"plan --Detailed-Exitcode":  "did you mean --detailed-exitcode?",
		"serve --keys_file x":       "did you mean --keys-file?",
		"sync --key-file k":         "did you mean --api-key-file, --store-key-file or --verify-key-file?",
		"sync --quite":              "did you mean --quiet?",
		"set A -f s.json":           "prefect-secrets set NAME < FILE",
		"set A --file s.json":       "prefect-secrets set NAME < FILE",
		"init --force":              "init replaces no file",
		"delete A --force":          "delete asks nothing",
		"sync --no-color":           "did you mean --color never?",
		"plan --out plan.json":      "did you mean --plan-file?",
		"sync --secret A=x":         "a secret is never given as a flag, which other processes can read: use --secrets-file or --env-names",
		"sync --password x":         "a secret is never given as a flag",
		"sync --api-key x":          "a key is never given as a flag",
		"sync --dryrun":             "that is prefect-secrets plan",
		"names --cacert x":          "did you mean --ca-certificate?",
		"sync --only A":             "did you mean --include?",
		"check --output-format gcc": "did you mean --format?",
		"check -q":                  "check writes only findings",
		"keygen --ttl 1h":           "did you mean --expires?",
		"keygen -o x":               "did you mean --key-file?",
		"completion -s bash":        "write the shell alone",

		"sync -help":              "unknown flag -help: did you mean --help, with two dashes?",
		"-help":                   "did you mean --help, with two dashes?",
		"sync -no-color":          "unknown flag -no-color: did you mean --color never?",
		"plan -out=plan.json":     "unknown flag -out: did you mean --plan-file?",
		"sync -json":              "unknown flag -json: did you mean --format?",
		"sync -auto-approve":      "unknown flag -auto-approve: sync asks nothing",
		"plan -detailed-exitcode": "did you mean --detailed-exitcode, with two dashes?",
		"serve -dev":              "did you mean --dev, with two dashes?",
		"sync -tenant=a":          "did you mean --tenant, with two dashes?",
		"sync -khunter":           "unknown flag -k: a key is never given as a flag",

		"sync --secrets-file --include A":     "--secrets-file needs a value, and got the flag --include",
		"sync --secrets-file -q A":            "--secrets-file needs a value, and got the flag -q",
		"sync --tenant a --tenant --format x": "--tenant needs a value, and got the flag --format",
		"delete A --api-key-file --tenant B":  "--api-key-file needs a value, and got the flag --tenant",

		"plan --overwrite none":                   `invalid --overwrite "none": use any or owned`,
		"plan --max-deletes 99999999999999999999": `invalid --max-deletes "99999999999999999999": at most `,
		"serve --max-requests 1e3":                "it must be a whole number",
		"plan --allow-http=yes":                   "--allow-http takes no value",
		"set A=value":                             "give the name alone",
		"check --used-by":                         "--used-by needs --flows PATH",
	} {
		r := runCommand(t, nil, "", strings.Fields(args)...)
		if r.code != exit.Usage || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit code %d: %s%s", args, r.code, r.stderr, r.stdout)
		}
		if !strings.Contains(r.stderr, "\nRun 'prefect-secrets") {
			t.Errorf("%s: the error does not say where the help is", args)
		}
	}
}

// TestEmptyValuesAreRefused passes an empty value to every flag of every command: a
// shell makes one of a variable that is not set.
func TestEmptyValuesAreRefused(t *testing.T) {
	tried := 0
	for _, command := range helpOf(t) {
		if len(command) == 0 {
			continue
		}
		help := runCommand(t, nil, "", append(command, "--help")...).stdout
		for _, m := range valueFlag.FindAllStringSubmatch(help, -1) {
			checkEmptyRefused(t, command[0], m[1], strings.HasSuffix(m[2], ",…"))
			tried++
		}
	}
	if tried < 100 {
		t.Errorf("%d flags were tried", tried)
	}
}

func checkEmptyRefused(t *testing.T, command, flag string, isList bool) {
	t.Helper()
	want := map[string]string{"": " needs a value, and got an empty one: is a variable not set?", " ": " needs a value, and got an empty one"}
	if isList {
		want["a,"], want[",a"], want["a,,b"], want["a\nb"] = " has an empty item", " has an empty item", " has an empty item", " has a line break"
	}
	for value, message := range want {
		r := runCommand(t, nil, "", command, flag, value)
		if r.code != exit.Usage || r.stdout != "" || !strings.HasPrefix(r.stderr, "prefect-secrets: "+flag+message) {
			t.Errorf("%s %s %q: exit code %d: %s", command, flag, value, r.code, r.stderr)
		}
	}
}

func TestEmptyArgumentsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"init", ""},
		{"check", ""},
		{"check", "config.toml", " "},
		{"set", ""},
		{"delete", ""},
		{"backup", ""},
		{"restore", ""},
		{"completion", ""},
	} {
		r := runCommand(t, nil, "", args...)
		if r.code != exit.Usage || !strings.Contains(r.stderr, ", and got an empty one: is a variable not set?") {
			t.Errorf("%q: exit code %d: %s", args, r.code, r.stderr)
		}
	}
}

func TestErrorsObeyColor(t *testing.T) {
	for _, args := range []string{"synk", "get A", "sync --foo", "sync --timeout 5", "help foo", "check --fail-on x"} {
		always := runCommand(t, nil, "", append(strings.Fields(args), "--color", "always")...)
		never := runCommand(t, []string{"CLICOLOR_FORCE=1"}, "", append([]string{"--color=never"}, strings.Fields(args)...)...)
		if !strings.Contains(always.stderr, "\x1b[") || strings.Contains(never.stderr, "\x1b[") {
			t.Errorf("%s: always %q, never %q", args, always.stderr, never.stderr)
		}
	}
}

// TestErrorsOfAFlagSayWhereTheHelpIs checks errors that are found after the flags are
// parsed.
func TestErrorsOfAFlagSayWhereTheHelpIs(t *testing.T) {
	for args, want := range map[string]string{
		"serve --dev --listen localhost:99999":                    `--listen: "localhost:99999" has no port from 0 to 65535`,
		"serve --dev --listen :4200":                              "use 127.0.0.1:4200",
		"serve --dev --max-requests 3":                            "--dev and --max-requests do not go together: leave one out",
		"check --explain nope":                                    "--explain: there is no rule",
		"check --select nope a.toml":                              "--select: ",
		"keygen --name a --role admin --tenant t --expires 2020x": "--expires: ",
		"names --api-url http://127.0.0.1:99999":                  "--api-url: ",
		"names --api-url localhost:4200":                          "use http://localhost:4200",
	} {
		r := runCommand(t, adminEnv, "", strings.Fields(args)...)
		if r.code != exit.Usage || !strings.Contains(r.stderr, want) || !strings.Contains(r.stderr, "\nRun 'prefect-secrets ") {
			t.Errorf("%s: exit code %d: %s", args, r.code, r.stderr)
		}
	}
}

func TestConfigSaysThatNothingIsChanged(t *testing.T) {
	r := runCommand(t, nil, "", "config", "--changed", "--file", writeFile(t, "empty.toml", ""), "--no-defaults")
	if r.code != exit.OK || r.stdout != "" || r.stderr != "every setting that is read has its default\n" {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestCompletionOffersFilesAndNoItemTwice(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "unused", "") // of another directory
	for args, want := range map[string][]string{
		"check --select unset-env,":       {"unset-env,type", "!unset-env,unset-env"},
		"serve --store file:" + dir:       {"file:" + dir},
		"names --api-url embedded:" + dir: {"embedded:" + dir},
		"sync --h":                        {"show this help", "!help for"},
	} {
		r := runCommand(t, nil, "", append([]string{"__complete"}, strings.Fields(args)...)...)
		for _, text := range want {
			absent, isAbsent := strings.CutPrefix(text, "!")
			if strings.Contains(r.stdout, absent) == isAbsent {
				t.Errorf("%s: %q: %s", args, text, r.stdout)
			}
		}
	}
}

// TestAValueInPlaceOfANameIsNotShown passes NAME=VALUE to flags that take two names.
func TestAValueInPlaceOfANameIsNotShown(t *testing.T) {
	const value = "hunter2"
	for args, want := range map[string]string{
		"--name A=" + value:                  "the name in --name A is not in any source",
		"--name A=" + value + " --require A": `"A" is required, but the name in --name A is not in any source`,
		"--name A=MISSING":                   "MISSING is not in any source",
		"--format-of A=" + value:             "--format-of A: unknown format: use auto, string, json or raw",
		"--format-of A=jsn":                  "unknown format: use auto",
	} {
		flags := append([]string{"plan", "--api-url", "embedded", "--secrets-file", writeFile(t, "s.json", `{"A": "x"}`)}, strings.Fields(args)...)
		r := runCommand(t, nil, "", flags...)
		if out := r.stdout + r.stderr; !strings.Contains(out, want) || strings.Contains(out, value) {
			t.Errorf("%s: %s", args, out)
		}
	}
}
