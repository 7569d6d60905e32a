package cli

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// checkCommand returns an error if the arguments name a command that does not exist.
// Its flags come later: they are those of the command that was meant.
func checkCommand(root *cobra.Command, args []string) error {
	root.InitDefaultHelpFlag() // or Find takes the word after --help for its value
	if found, _, err := root.Find(args); err == nil && found != root {
		return nil
	}
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "-")
		switch {
		case args[i] == "--":
			return checkCommandWord(root, args[i+1:])
		case !isFlag, name == "":
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
var commandWord = lazyregexp.New(`^([a-z][a-z_-]{0,15}|[A-Z][A-Z_-]{0,15})$`)

const (
	notReadBack = "values cannot be read back, and prefect-secrets names lists the names"
	noPrograms  = "this program starts no other: flows read their secrets from the store"
	noUpdate    = "this program does not update itself: install another release over it"
	oneSeal     = "the store seals what it keeps by itself: serve --store-key-file has the key"
)

// otherWords are the words for commands in other programs, each row with what to do
// here.
var otherWords = []struct{ words, hint string }{
	{"get read show view cat fetch reveal export print output value get-secret read-secret show-secret download pull", notReadBack},
	{"exec env run wrap with shell", noPrograms},
	{"apply push upload deploy up load", "did you mean sync?"},
	{"import", "sync --secrets-file FILE brings secrets in"},
	{"diff preview dry-run dryrun status what-if changes", "did you mean plan?"},
	{"lint validate verify test fmt format ruff scan audit doctor", "did you mean check?"},
	{"put add create write edit update set-secret add-secret create-secret put-secret", "did you mean set?"},
	{"unset destroy drop erase delete-secret remove-secret rm-secret", "did you mean delete?"},
	{"secret secrets list-secrets get-secrets secret-list kv search find", "did you mean names?"},
	{"prune clean purge", "sync --prune-scope GLOB deletes what no source has"},
	{"start server daemon listen", "did you mean serve?"},
	{"dev", "did you mean serve --dev?"},
	{"login logout auth whoami signin", noLogin},
	{"rotate", "keygen --rotate NAME makes a new key"},
	{"key keys genkey gen-key generate-key newkey token tokens generate", "did you mean keygen?"},
	{"initialize initialise new setup bootstrap", "did you mean init?"},
	{"tenant tenants team teams workspace workspaces", "--tenant names a tenant, and the keys file of serve lists them"},
	{"environments envs stage", "--environment names one of the manifest"},
	{"settings configure options", "did you mean config?"},
	{"dump snapshot save", "did you mean backup?"},
	{"recover rollback undo", "did you mean restore?"},
	{"explain rule rules", "check --explain RULE explains a rule"},
	{"completions autocomplete shell-completion", "did you mean completion?"},
	{"man docs usage commands info about", "did you mean help?"},
	{"upgrade self-update install uninstall", noUpdate},
	{"seal unseal encrypt decrypt", oneSeal},
}

var noLogin = "there is no login: set " + apikey.Variables[0] + " or give --api-key-file"

// wordHint returns what to do in place of a word for a command in other programs, or "".
func wordHint(word string) string {
	for _, row := range otherWords {
		if slices.Contains(strings.Fields(row.words), word) {
			return row.hint
		}
	}
	return ""
}

func unknownCommand(root *cobra.Command, word string) error {
	lower := strings.ReplaceAll(strings.ToLower(word), "_", "-")
	var names []string
	for _, cmd := range root.Commands() {
		names = append(append(names, cmd.Name()), cmd.Aliases...)
	}
	if !commandWord().MatchString(word) {
		// Only the command is quoted: the rest may be a value.
		letters := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
		if slices.Contains(names, letters) {
			return usagef("the first argument is not a command: did you mean %s?", letters)
		}
		return usagef("the first argument is not a command")
	}
	if hint := wordHint(lower); hint != "" {
		return usagef("unknown command %q: %s", word, hint)
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
