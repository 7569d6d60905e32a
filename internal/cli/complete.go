package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// completionTime is how long the Tab key may wait for a store.
const completionTime = 2 * time.Second

// completer returns the values that a flag of a command may have. It is silent if it
// finds none.
type completer func(cmd *cobra.Command) []string

// completers are for flags whose values are not a fixed list, by the flags' names.
var completers = map[string]completer{
	"tenant":          tenants,
	"environment":     environments,
	"rotate":          keyNames,
	"prefect-version": func(*cobra.Command) []string { return release.Names() },
	"select":          rules,
	"ignore":          rules,
	"explain":         rules,
	"role":            roles,
	"overwrite":       func(*cobra.Command) []string { return []string{"any", "owned"} },
	"api-url":         func(*cobra.Command) []string { return []string{connect.Embedded} },
	"store":           stores,
}

// completeFlags tells cobra how to complete the values of all flags. Only a run of the
// completion pays for it.
func completeFlags(root *cobra.Command) {
	for _, cmd := range append(root.Commands(), root) {
		cmd.InitDefaultHelpFlag()
		cmd.Flags().Lookup("help").Usage = helpUsage
		if cmd.ValidArgsFunction == nil && !strings.ContainsAny(cmd.Use, " ") {
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
		for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
			flags.VisitAll(func(flag *pflag.Flag) {
				if complete := completion(flag); complete != nil {
					_ = cmd.RegisterFlagCompletionFunc(flag.Name, complete)
				}
			})
		}
	}
}

// completion returns how to complete a flag's value, or nil if it is a file.
func completion(flag *pflag.Flag) cobra.CompletionFunc {
	choices, find := flag.Annotations[choicesKey], completers[flag.Name]
	value := valueName(flag)
	switch {
	case value == "DEST=FORMAT":
		return completeFormatOf
	case find == nil && len(choices) == 0 && (strings.HasPrefix(value, "FILE") || strings.HasPrefix(value, "PATH")):
		return nil
	case find == nil:
		find = func(*cobra.Command) []string { return choices }
	}
	isList := flag.Value.Type() == "stringSlice"
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := ""
		if at := strings.LastIndexByte(typed, ','); isList && at >= 0 {
			before = typed[:at+1]
		}
		left := slices.DeleteFunc(slices.Clone(find(cmd)), func(word string) bool {
			return slices.Contains(strings.Split(before, ","), word)
		})
		words, directive := startingWith(typed, before, append(left, pathsBehind(typed, left)...)), cobra.ShellCompDirectiveNoFileComp
		if len(words) == 1 && strings.HasSuffix(words[0], ":") {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		return words, directive
	}
}

// pathsBehind returns the files behind a word that ends with a colon, such as file:, if
// that is typed.
func pathsBehind(typed string, words []string) (all []string) {
	for _, word := range append(words, connect.Embedded+":") {
		path, ok := strings.CutPrefix(typed, word)
		if !ok || !strings.HasSuffix(word, ":") || strings.ContainsAny(path, `*?[\\`) {
			continue
		}
		matches, _ := filepath.Glob(path + "*")
		for _, match := range matches {
			all = append(all, word+match)
		}
	}
	return all
}

// startingWith returns the words that begin with what is typed, each behind what is
// complete already. It leaves out words that a shell or a terminal could misread.
func startingWith(typed, before string, words []string) (all []cobra.Completion) {
	for _, word := range words {
		if strings.HasPrefix(before+word, typed) && report.Safe(word) == word && !strings.ContainsAny(word, "\t,") {
			all = append(all, before+word)
		}
	}
	return all
}

// completeFormatOf completes what follows the = of --format-of.
func completeFormatOf(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	at := strings.LastIndexByte(typed, '=')
	if at < 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	formats := []string{"auto", string(secretsync.FormatString), string(secretsync.FormatJSON), string(secretsync.FormatRaw)}
	return startingWith(typed, typed[:at+1], formats), cobra.ShellCompDirectiveNoFileComp
}

// completeNames completes a name in the store that o names.
func (c *Command) completeNames(o *connect.Options) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		options := c.withEnv(*o)
		options.Timeout = completionTime
		var names []string
		_ = run.WithStore(context.WithoutCancel(cmd.Context()), nil, options, io.Discard, func(ctx context.Context, conn *connect.Connection) (err error) {
			if conn.Client != nil {
				names, err = run.ListNames(ctx, conn)
			}
			return err
		})
		return startingWith(typed, "", names), cobra.ShellCompDirectiveNoFileComp
	}
}

func rules(*cobra.Command) (names []string) {
	for _, rule := range check.Rules() {
		names = append(names, rule.Name)
	}
	return names
}

func roles(*cobra.Command) (names []string) {
	for _, role := range cloud.Roles {
		names = append(names, string(role))
	}
	return names
}

// stores are the values of --store: of all kinds for serve, elsewhere of a file.
func stores(cmd *cobra.Command) (all []string) {
	for _, kind := range (&Command{}).storeKinds() {
		if name, isPath := strings.CutSuffix(kind.usage, "PATH"); isPath || cmd.Name() == "serve" {
			all = append(all, name)
		}
	}
	return all
}

// manifestOf reads the manifest that the flags of a command name, or the default one.
func manifestOf(cmd *cobra.Command) *secretsync.Manifest {
	path, _ := cmd.Flags().GetString("manifest")
	manifest, err := inspect.NewCache().Manifest(path, func(inspect.Findings) error { return nil })
	if err != nil {
		return &secretsync.Manifest{}
	}
	return manifest
}

func environments(cmd *cobra.Command) []string { return manifestOf(cmd).Environments() }

// keyringOf reads the keys file that the flags of a command name, or keys.toml.
func keyringOf(cmd *cobra.Command) *keysfile.Keyring {
	for _, name := range []string{"append", "keys-file"} {
		if path, err := cmd.Flags().GetString(name); err == nil && path != "" {
			return readKeyring(path)
		}
	}
	return readKeyring("keys.toml")
}

func readKeyring(path string) *keysfile.Keyring {
	text, err := os.ReadFile(path)
	if err != nil {
		return &keysfile.Keyring{}
	}
	keyring, err := keysfile.Parse(path, text)
	if err != nil {
		return &keysfile.Keyring{}
	}
	return keyring
}

// tenants returns the tenants of the manifest and of the keys file.
func tenants(cmd *cobra.Command) []string {
	manifest := manifestOf(cmd)
	all := slices.Clone(manifest.Tenants)
	for _, name := range manifest.Environments() {
		if environment, err := manifest.Environment(name); err == nil {
			all = append(all, environment.Tenants...)
		}
	}
	for _, tenant := range keyringOf(cmd).Tenants {
		all = append(all, tenant.Slug)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func keyNames(cmd *cobra.Command) (names []string) {
	for _, key := range keyringOf(cmd).Keys {
		names = append(names, key.Name)
	}
	return names
}
