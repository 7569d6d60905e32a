package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// flagWord matches what may be quoted in an error as a flag's name.
var flagWord = lazyregexp.New(`^[a-z][a-z-]{1,30}$`)

func unknownFlag(cmd *cobra.Command, args []string, e *pflag.NotExistError) error {
	name := e.GetSpecifiedName()
	if letters := e.GetSpecifiedShortnames(); letters != "" {
		return unknownShort(cmd, name, oneDash(args, letters))
	}
	lower := normal(name)
	if !flagWord().MatchString(lower) {
		return usagef("unknown flag")
	}
	if hint := flagHint(cmd, args, lower); hint != "" {
		return usagef("unknown flag --%s: %s", name, hint)
	}
	return usagef("unknown flag --%s", name)
}

// normal returns a flag's name as flags are written here.
func normal(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// oneDash returns the word behind the one dash of the argument that ends with these
// letters, without its value. Terraform writes its long flags so.
func oneDash(args []string, letters string) string {
	for _, arg := range args {
		word, ok := strings.CutPrefix(arg, "-")
		if ok && !strings.HasPrefix(word, "-") && strings.HasSuffix(word, letters) {
			word, _, _ = strings.Cut(word, "=")
			return word
		}
	}
	return ""
}

// shortForms are the letters that other programs have for what is a flag here.
var shortForms = map[string]string{
	"o": "output", "f": "file", "n": "dry-run", "y": "yes", "e": "env", "c": "config", "k": "key", "p": "port",
	"t": "tenant", "u": "url", "r": "recursive", "s": "shell", "q": "quiet", "v": "verbose", "V": "version",
}

// unknownShort returns the error for a flag with one dash: a letter, or the word that
// the letter is part of if that is near a flag.
func unknownShort(cmd *cobra.Command, letter, word string) error {
	if lower := normal(word); len(word) > 1 && flagWord().MatchString(lower) {
		if hint := longHint(cmd, lower); hint != "" {
			return usagef("unknown flag -%s: %s", word, hint)
		}
	}
	if letter == "v" && cmd == cmd.Root() {
		return usagef("unknown flag -v: the version is --version or -V")
	}
	if long := shortForms[letter]; long != "" {
		if cmd.Flags().Lookup(long) != nil {
			return usagef("unknown flag -%s: did you mean --%s?", letter, long)
		}
		if hint := flagHint(cmd, nil, long); hint != "" {
			return usagef("unknown flag -%s: %s", letter, hint)
		}
	}
	if !commandWord().MatchString(letter) {
		return usagef("unknown flag")
	}
	return usagef("unknown flag -%s", letter)
}

// longHint returns the hint for a word behind one dash.
func longHint(cmd *cobra.Command, word string) string {
	hint := flagHint(cmd, nil, word)
	if named, ok := strings.CutPrefix(hint, "did you mean --"); ok && strings.HasPrefix(named, word+"?") {
		return hint[:len(hint)-1] + ", with two dashes?"
	}
	return hint
}

// flagHint returns what to do in place of an unknown flag, or "".
func flagHint(cmd *cobra.Command, args []string, name string) string {
	if cmd.Flags().Lookup(name) != nil || name == "help" {
		return "did you mean --" + name + "?"
	}
	if name == "version" {
		return "write it alone: prefect-secrets --version"
	}
	if hint := keyHint(cmd, name); hint != "" {
		return hint
	}
	for _, other := range otherFlags {
		if other.fits(cmd, name) {
			return other.hint
		}
	}
	if ending := flagsEnding(cmd.Flags(), name); len(ending) > 0 {
		return didYouMean(ending)
	}
	if name == "format" && (slices.Contains(args, "--version") || slices.Contains(args, "-V")) {
		return "write prefect-secrets version --format json"
	}
	if near := nearFlag(cmd.Flags(), name); near != "" {
		return "did you mean --" + near + "?"
	}
	if hint := otherCommands(cmd, name); hint != "" {
		return hint
	}
	if parts := flagsWith(cmd.Flags(), name); len(parts) > 0 {
		return didYouMean(parts)
	}
	return ""
}

func didYouMean(flags []string) string {
	var dashed []string
	for _, name := range flags {
		dashed = append(dashed, "--"+name)
	}
	return "did you mean " + orList(dashed) + "?"
}

// secretWords end the names of flags that would hold a secret, and of flags that would
// hold a key.
var (
	secretWords = []string{"secret", "password", "passwd", "pass", "passphrase", "value", "secret-value"}
	keyWords    = []string{"key", "token", "secret-id", "apikey", "jwt", "bearer", "credentials"}
)

// keyHint returns where a secret or a key comes from that somebody gives as a flag.
func keyHint(cmd *cobra.Command, name string) string {
	endsWith := func(word string) bool { return name == word || strings.HasSuffix(name, "-"+word) }
	flags := cmd.Flags()
	const others = "is never given as a flag, which other processes can read: "
	switch isKey := slices.ContainsFunc(keyWords, endsWith); {
	case !isKey && !slices.ContainsFunc(secretWords, endsWith), cmd == cmd.Root():
		return ""
	case flags.Lookup(name+"-file") != nil && name != "api-key":
		return "a key " + others + "use --" + name + "-file"
	case !isKey && flags.Lookup("secrets-file") != nil:
		return "a secret " + others + "use --secrets-file or --env-names"
	case !isKey && flags.Lookup("json") != nil:
		return "the value comes from standard input, because other processes can read flags"
	case flags.Lookup("api-key-file") != nil:
		return "a key " + others + "set " + apikey.Variables[0] + " or use --api-key-file"
	case flags.Lookup("keys-file") != nil:
		return "a key " + others + "--keys-file has the hashes of the keys"
	}
	return ""
}

// otherFlag are flags that other programs have.
type otherFlag struct {
	names string
	needs string // the command that the hint is for, or a flag of those commands
	hint  string
}

func (o otherFlag) fits(cmd *cobra.Command, name string) bool {
	fits := o.needs == "" || cmd.Name() == o.needs || cmd.Flags().Lookup(o.needs) != nil
	return fits && slices.Contains(strings.Fields(o.names), name)
}

// otherFlags are flags of other programs, and what to do here. The first row that fits
// the command counts.
var otherFlags = []otherFlag{
	{"no-color no-colour nocolor nocolour monochrome", "", "did you mean --color never? NO_COLOR=1 does the same"},
	{"colour", "", "did you mean --color?"},
	{"dry-run dryrun check whatif what-if diff noop no-op simulate plan", "max-deletes", "that is prefect-secrets plan"},
	{"prune delete purge clean", "prune-scope", "--prune-scope GLOB says which names are deleted if no source has them"},
	{"yes force auto-approve autoapprove approve no-input confirm input", "max-deletes", "sync asks nothing: plan shows what it would do, and --max-deletes limits deletions"},
	{"force overwrite yes", "init", "init replaces no file: name another directory"},
	{"force yes confirm", "delete", "delete asks nothing"},
	{"force yes overwrite confirm", "set", "set asks nothing, and replaces the value that NAME has"},
	{"file stdin from-file from-stdin path body-file value-file", "json", "the value comes from standard input: prefect-secrets set NAME < FILE"},
	{"body data text string", "json", "the value comes from standard input, because other processes can read flags"},
	{"file secrets input from-file secret-file", "secrets-file", "did you mean --secrets-file?"},
	{"stdin from-stdin", "secrets-file", "--secrets-file - reads standard input"},
	{"vars variables", "vars-file", "did you mean --vars-file?"},
	{"env environ", "env-names", "--environment names one of the manifest, --env-names variables that are secrets"},
	{"config", "secrets-config", "--secrets-config reads secrets of a config, --config-files checks configs, --manifest says what goes where"},
	{"only filter target match", "include", "did you mean --include?"},
	{"skip ignore except", "include", "did you mean --exclude?"},
	{"out plan-out output-file", "plan-file", "did you mean --plan-file?"},
	{"token-file key-path", "api-key-file", "did you mean --api-key-file?"},
	{"cacert ca ca-cert ca-file ca-bundle cert", "ca-certificate", "did you mean --ca-certificate?"},
	{"silent", "quiet", "did you mean --quiet?"},
	{"debug trace", "verbose", "did you mean --verbose?"},
	{"debug verbose trace", "log-level", "did you mean --log-level debug?"},
	{"quiet silent", "log-level", "did you mean --log-level error?"},
	{"quiet silent", "used-by", "check writes only findings: 2>/dev/null leaves out what it read"},
	{"quiet silent verbose debug trace", "", "this command has one level of output"},
	{"file config path dir recursive", "used-by", "give files and directories as arguments: prefect-secrets check PATH"},
	{"fix write", "used-by", "check changes no file: --explain RULE says how to fix a finding"},
	{"strict max-warnings exit-code exit-zero error-on-warnings", "used-by", "--fail-on warning and --fail-on never set the severity that fails"},
	{"rule rules enable", "used-by", "did you mean --select?"},
	{"disable skip exclude", "used-by", "did you mean --ignore?"},
	{"target-version python-version", "used-by", "did you mean --prefect-version?"},
	{"out output file path", "keygen", "did you mean --key-file?"},
	{"ttl expiry expire valid-for lifetime", "keygen", "did you mean --expires?"},
	{"shell", "completion", "write the shell alone: prefect-secrets completion bash"},
	{"short", "version", "did you mean prefect-secrets --version?"},
	{"port host addr address bind", "listen", "did you mean --listen HOST:PORT?"},
	{"db database data-dir storage backend", "store", "did you mean --store?"},
	{"url server host endpoint api address addr", "api-url", "did you mean --api-url?"},
	{"json output out format yaml sarif output-format", "format", "did you mean --format?"},
	{"insecure skip-verify no-verify tls-skip-verify insecure-skip-verify", "ca-certificate", "--ca-certificate FILE names the authority to trust, and --allow-http allows unencrypted http"},
}

// flagsEnding returns the flags whose last words are name, such as --api-url for url; none
// if there are more than three.
func flagsEnding(flags *pflag.FlagSet, name string) []string {
	return fewFlags(flags, func(flag string) bool { return strings.HasSuffix(flag, "-"+name) })
}

// flagsWith returns the flags of which a word begins with name; none if there are more
// than three.
func flagsWith(flags *pflag.FlagSet, name string) []string {
	return fewFlags(flags, func(flag string) bool { return len(name) > 2 && strings.Contains("-"+flag, "-"+name) })
}

func fewFlags(flags *pflag.FlagSet, isOne func(string) bool) (names []string) {
	flags.VisitAll(func(f *pflag.Flag) {
		if isOne(f.Name) {
			names = append(names, f.Name)
		}
	})
	if len(names) > 3 {
		return nil
	}
	return names
}

// nearFlag returns the flag that is spelled like name, or "".
func nearFlag(flags *pflag.FlagSet, name string) string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return nearest.Of(name, names)
}

// maxOwners is how many commands an error lists that have a flag.
const maxOwners = 3

// otherCommands names the other commands that have a flag, or returns "".
func otherCommands(cmd *cobra.Command, name string) string {
	var owners []string
	for _, other := range cmd.Root().Commands() {
		if other != cmd && other.Flags().Lookup(name) != nil {
			owners = append(owners, other.Name())
		}
	}
	switch {
	case len(owners) == 0, len(owners) > maxOwners && cmd != cmd.Root():
		return ""
	case cmd == cmd.Root():
		return "write it after its command, as in prefect-secrets " + owners[0] + " --" + name
	case len(owners) == 1:
		return "it is a flag of " + owners[0]
	}
	last := len(owners) - 1
	return "it is a flag of " + strings.Join(owners[:last], ", ") + " and " + owners[last]
}
