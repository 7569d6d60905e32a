package cli

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// checkCommand returns an error if the arguments name a command that does not exist.
// Its flags come later: they are those of the command that was meant.
func checkCommand(root *cobra.Command, args []string) error {
	root.InitDefaultHelpFlag() // or Find takes the word after --help for its value
	if found, _, err := root.Find(args); err != nil || found != root {
		return err
	}
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "-")
		switch {
		case args[i] == "--":
			return checkCommandWord(root, args[i+1:])
		case !isFlag:
			return checkCommandWord(root, args[i:])
		case !strings.Contains(name, "=") && takesValue(root, args[i]):
			i++
		}
	}
	return nil
}

// takesValue reports whether a flag before the command takes the next argument. Unknown
// ones do, as far as anybody can know.
func takesValue(root *cobra.Command, arg string) bool {
	if name, long := strings.CutPrefix(arg, "--"); long {
		flag := lookUp(root, name)
		return flag == nil || flag.NoOptDefVal == ""
	}
	return false
}

func lookUp(cmd *cobra.Command, name string) *pflag.Flag {
	if flag := cmd.Flags().Lookup(name); flag != nil {
		return flag
	}
	return cmd.PersistentFlags().Lookup(name)
}

func checkCommandWord(root *cobra.Command, words []string) error {
	if len(words) == 0 || strings.HasPrefix(words[0], cobra.ShellCompRequestCmd) {
		return nil
	}
	return unknownCommand(root, words[0])
}

// commandWord matches what may be quoted in an error as a command's name. Anything else
// may be a secret's value in the wrong place.
var commandWord = regexp.MustCompile(`^([a-z][a-z_-]{0,15}|[A-Z][A-Z_-]{0,15})$`)

const notReadBack = "values cannot be read back, and prefect-secrets names lists the names"

// otherWords are the words for commands in other programs, and what to do here.
var otherWords = map[string]string{
	"get": notReadBack, "read": notReadBack, "show": notReadBack, "view": notReadBack, "cat": notReadBack,
	"fetch": notReadBack, "reveal": notReadBack, "export": notReadBack, "exec": notReadBack, "env": notReadBack,
	"apply": "did you mean sync?", "push": "did you mean sync?", "upload": "did you mean sync?", "deploy": "did you mean sync?",
	"import": "sync --secrets-file FILE brings secrets in",
	"diff":   "did you mean plan?", "preview": "did you mean plan?", "dry-run": "did you mean plan?",
	"lint": "did you mean check?", "validate": "did you mean check?", "verify": "did you mean check?", "test": "did you mean check?",
	"put": "did you mean set?", "add": "did you mean set?", "create": "did you mean set?", "write": "did you mean set?",
	"edit": "did you mean set?", "update": "did you mean set?",
	"unset": "did you mean delete?", "prune": "sync --prune-scope GLOB deletes what no source has",
	"start": "did you mean serve?", "run": "did you mean serve?", "server": "did you mean serve?", "dev": "did you mean serve --dev?",
	"login": noLogin, "logout": noLogin, "auth": noLogin,
	"rotate": "keygen --rotate NAME makes a new key", "key": "did you mean keygen?", "keys": "did you mean keygen?",
	"settings": "did you mean config?", "dump": "did you mean backup?",
	"explain": "check --explain RULE explains a rule", "rules": "check --explain RULE explains a rule",
}

var noLogin = "there is no login: set " + apikey.Variables[0] + " or give --api-key-file"

func unknownCommand(root *cobra.Command, word string) error {
	if !commandWord.MatchString(word) {
		return usagef("the first argument is not a command")
	}
	lower := strings.ToLower(word)
	if hint := otherWords[lower]; hint != "" {
		return usagef("unknown command %q: %s", word, hint)
	}
	var names []string
	for _, cmd := range root.Commands() {
		names = append(append(names, cmd.Name()), cmd.Aliases...)
	}
	if near := cmp.Or(nearest.Of(lower, names), beginningWith(lower, names)); near != "" {
		return usagef("unknown command %q: did you mean %s?", word, near)
	}
	return usagef("unknown command %q", word)
}

// beginningWith returns the name that begins with a word of at least three letters, or "".
func beginningWith(word string, names []string) string {
	at := slices.IndexFunc(names, func(name string) bool { return len(word) > 2 && strings.HasPrefix(name, word) })
	if at < 0 {
		return ""
	}
	return names[at]
}

// flagWord matches what may be quoted in an error as a flag's name.
var flagWord = regexp.MustCompile(`^[a-z][a-z-]{1,30}$`)

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	name := e.GetSpecifiedName()
	if e.GetSpecifiedShortnames() != "" {
		return unknownShort(cmd, name)
	}
	lower := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if !flagWord.MatchString(lower) {
		return usagef("unknown flag")
	}
	if hint := flagHint(cmd, lower); hint != "" {
		return usagef("unknown flag --%s: %s", name, hint)
	}
	return usagef("unknown flag --%s", name)
}

// shortForms are the letters that other programs have for what is a flag here.
var shortForms = map[string]string{"o": "format", "f": "file", "n": "dry-run", "y": "yes", "e": "env", "c": "config", "k": "key", "p": "port", "t": "tenant", "u": "url", "r": "recursive"}

func unknownShort(cmd *cobra.Command, letter string) error {
	if letter == "v" && cmd == cmd.Root() {
		return usagef("unknown flag -v: the version is --version or -V")
	}
	if long := shortForms[letter]; long != "" {
		if cmd.Flags().Lookup(long) != nil {
			return usagef("unknown flag -%s: did you mean --%s?", letter, long)
		}
		if hint := flagHint(cmd, long); hint != "" {
			return usagef("unknown flag -%s: %s", letter, hint)
		}
	}
	if !commandWord.MatchString(letter) {
		return usagef("unknown flag")
	}
	return usagef("unknown flag -%s", letter)
}

// flagHint returns what to do in place of an unknown flag, or "".
func flagHint(cmd *cobra.Command, name string) string {
	if hint := keyHint(cmd, name); hint != "" {
		return hint
	}
	for _, other := range otherFlags {
		if slices.Contains(other.names, name) && cmd.Flags().Lookup(other.needs) != nil {
			return other.hint
		}
	}
	if hint := otherCommands(cmd, name); hint != "" {
		return hint
	}
	if near := nearFlags(cmd.Flags(), name); len(near) > 0 {
		return "did you mean --" + strings.Join(near, " or --") + "?"
	}
	return ""
}

// secretWords end the names of flags that would hold a secret.
var secretWords = []string{"key", "token", "password", "secret", "secret-id", "apikey", "jwt"}

// keyHint returns where a secret comes from that somebody gives as a flag.
func keyHint(cmd *cobra.Command, name string) string {
	isSecret := func(word string) bool { return name == word || strings.HasSuffix(name, "-"+word) }
	if !slices.ContainsFunc(secretWords, isSecret) || cmd == cmd.Root() {
		return ""
	}
	const never = "a key is never given as a flag, which other processes can read: "
	switch {
	case cmd.Flags().Lookup(name+"-file") != nil && name != "api-key":
		return never + "use --" + name + "-file"
	case cmd.Flags().Lookup("api-key-file") != nil:
		return never + "set " + apikey.Variables[0] + " or use --api-key-file"
	case cmd.Flags().Lookup("keys-file") != nil:
		return never + "--keys-file has the hashes of the keys"
	}
	return ""
}

// otherFlag is a flag that other programs have.
type otherFlag struct {
	names []string
	needs string // a flag of the commands that the hint is for
	hint  string
}

// otherFlags are flags of other programs, and what to do here. The first row that fits
// the command counts.
var otherFlags = []otherFlag{
	{[]string{"dry-run", "check", "whatif", "what-if", "diff"}, "max-deletes", "that is prefect-secrets plan"},
	{[]string{"prune", "delete", "purge", "clean"}, "prune-scope", "--prune-scope GLOB says which names are deleted if no source has them"},
	{[]string{"yes", "force", "auto-approve", "approve", "no-input", "confirm"}, "max-deletes", "sync asks nothing: plan shows what it would do, and --max-deletes limits deletions"},
	{[]string{"file", "secrets", "secret", "input", "from-file"}, "secrets-file", "did you mean --secrets-file?"},
	{[]string{"vars", "variables"}, "vars-file", "did you mean --vars-file?"},
	{[]string{"env", "environ"}, "env-names", "--environment names one of the manifest, --env-names variables that are secrets"},
	{[]string{"config"}, "secrets-config", "--secrets-config reads secrets of a config, --config-files checks configs, --manifest says what goes where"},
	{[]string{"value", "secret-value", "body"}, "json", "the value comes from standard input, because other processes can read flags"},
	{[]string{"file", "config", "path", "dir", "recursive"}, "used-by", "give files and directories as arguments: prefect-secrets check PATH"},
	{[]string{"fix", "write"}, "used-by", "check changes no file: --explain RULE says how to fix a finding"},
	{[]string{"strict", "max-warnings", "exit-code", "exit-zero", "error-on-warnings"}, "used-by", "--fail-on warning and --fail-on never set the severity that fails"},
	{[]string{"rule", "rules", "enable"}, "used-by", "did you mean --select?"},
	{[]string{"disable", "skip", "exclude"}, "used-by", "did you mean --ignore?"},
	{[]string{"port", "host", "addr", "address", "bind"}, "listen", "did you mean --listen HOST:PORT?"},
	{[]string{"db", "database", "data-dir", "storage", "backend"}, "store", "did you mean --store?"},
	{[]string{"url", "server", "host", "endpoint", "api", "address", "addr"}, "api-url", "did you mean --api-url?"},
	{[]string{"json", "output", "out", "format", "yaml", "sarif"}, "format", "did you mean --format?"},
	{[]string{"insecure", "skip-verify", "no-verify"}, "ca-certificate", "--ca-certificate FILE names the authority to trust, and --allow-http allows unencrypted http"},
}

// nearFlags returns the flag that is spelled like name, or else at most three of which
// a part begins with it, such as --api-url for url.
func nearFlags(flags *pflag.FlagSet, name string) []string {
	var names, parts []string
	flags.VisitAll(func(f *pflag.Flag) {
		names = append(names, f.Name)
		if len(name) > 2 && strings.Contains("-"+f.Name, "-"+name) {
			parts = append(parts, f.Name)
		}
	})
	if near := nearest.Of(name, names); near != "" {
		return []string{near}
	}
	if len(parts) > 3 {
		return nil
	}
	return parts
}

// maxOwners is how many commands an error lists that have a flag.
const maxOwners = 3

// otherCommands names the commands that have a flag, or returns "".
func otherCommands(cmd *cobra.Command, name string) string {
	var owners []string
	for _, other := range cmd.Root().Commands() {
		if other.Flags().Lookup(name) != nil {
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
