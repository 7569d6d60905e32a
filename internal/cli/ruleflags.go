package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// ruleOptions say what goes where; each wins over what the manifest says.
type ruleOptions struct {
	include      []string
	exclude      []string
	names        []string // DEST=SOURCE
	formats      []string // DEST=FORMAT
	required     []string
	pruneScope   []string
	maxDeletes   *int
	overwrite    secretsync.Overwrites
	pruneUnowned bool
}

func (o *ruleOptions) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&o.include, "include", nil, "glob of CI names that go into the store; wins over the manifest's")
	flags.StringSliceVar(&o.exclude, "exclude", nil, "glob of CI names that stay out; wins over everything")
	flags.StringArrayVar(&o.names, "name", nil, "DEST=SOURCE: the CI name SOURCE goes into the store as DEST (repeatable)")
	flags.StringArrayVar(&o.formats, "format-of", nil, "DEST=FORMAT: how DEST is sent: auto, string, json or raw (repeatable)")
	flags.StringArrayVar(&o.required, "require", nil, "a name in the store that must have a value (repeatable)")
	flags.StringSliceVar(&o.pruneScope, "prune-scope", nil, "glob of names in the store that are deleted if no source has them")
	flags.Func("max-deletes", "a plan that deletes more than `N` names fails (default: the manifest's, then 5)", func(text string) error {
		n, err := strconv.Atoi(text)
		o.maxDeletes = &n
		return err
	})
	flags.Func("overwrite", "which names in the store may be overwritten: any, or owned, those that the key itself wrote (default: the manifest's, then any)", func(text string) (err error) {
		o.overwrite, err = secretsync.ParseOverwrites(text)
		return err
	})
	flags.BoolVar(&o.pruneUnowned, "prune-unowned", false, "delete also names of which the store does not say who wrote them")
}

// over lays the flags over a manifest.
func (o *ruleOptions) over(m *secretsync.Manifest) error {
	if len(o.include) > 0 {
		m.Include = o.include
	}
	m.Exclude = slices.Concat(m.Exclude, o.exclude)
	if len(o.pruneScope) > 0 {
		m.Prune.Scope = o.pruneScope
	}
	if o.maxDeletes != nil {
		m.Prune.MaxDeletes = o.maxDeletes
	}
	m.Overwrite = cmp.Or(o.overwrite, m.Overwrite)
	if m.Names == nil {
		m.Names = map[string]secretsync.NameRule{}
	}
	if err := o.overNames(m.Names); err != nil {
		return err
	}
	return errors.Join(m.Rules.Validate(), m.Prune.Validate())
}

func (o *ruleOptions) overNames(names map[string]secretsync.NameRule) error {
	for i, pair := range o.names {
		if what := check.Pasted(pair); what != "" {
			return pastedFlag(i, what)
		}
		dest, source, err := splitPair("--name", "DEST=SOURCE", pair)
		if err != nil {
			return err
		}
		if what := check.Pasted(source); what != "" {
			return pastedFlag(i, what)
		}
		rule := names[dest]
		rule.From, rule.At = source, "--name "+dest
		names[dest] = rule
	}
	for _, pair := range o.formats {
		dest, text, err := splitPair("--format-of", "DEST=FORMAT", pair)
		if err != nil {
			return err
		}
		format, err := secretsync.ParseFormat(text)
		if err != nil {
			return fmt.Errorf("--format-of %s: %w", dest, err)
		}
		rule := listed(names, "--format-of", dest)
		rule.Format = format
		names[dest] = rule
	}
	for _, dest := range o.required {
		rule := listed(names, "--require", dest)
		rule.Required = true
		names[dest] = rule
	}
	return nil
}

// pastedFlag refuses the nth --name, from 0, without showing it.
func pastedFlag(i int, what string) error {
	return fmt.Errorf("--name: number %d holds what looks like %s: give the CI name of a secret, not its value, and have the value revoked", i+1, what)
}

// listed is what is said of a name in the store; one of which nothing is said
// comes from the CI name of the same spelling.
func listed(names map[string]secretsync.NameRule, flag, dest string) secretsync.NameRule {
	if rule, ok := names[dest]; ok {
		return rule
	}
	return secretsync.NameRule{From: dest, At: flag + " " + dest}
}

// splitPair splits at the last =, for a name in the store may hold one.
func splitPair(flag, form, pair string) (dest, value string, err error) {
	at := strings.LastIndexByte(pair, '=')
	if at <= 0 || at == len(pair)-1 {
		return "", "", fmt.Errorf("%s: %s is not of the form %s", flag, shownPair(pair), form)
	}
	return pair[:at], pair[at+1:], nil
}

// shownPair is a flag's value that is not of its form, if it can hold names alone.
func shownPair(pair string) string {
	if strings.ContainsFunc(pair, func(r rune) bool { return r != '=' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return "what it is given"
	}
	return strconv.Quote(pair)
}
