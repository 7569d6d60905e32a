package run

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Rules say which secrets to sync and under which names. They override the manifest's.
type Rules struct {
	Include      []string
	Exclude      []string
	Names        []string // DEST=SOURCE
	Formats      []string // DEST=FORMAT
	Required     []string
	PruneScope   []string
	MaxDeletes   *int
	Overwrite    secretsync.Overwrites
	PruneUnowned bool
}

// mergeInto merges the rules into those of the manifest.
func (o *Rules) mergeInto(m *secretsync.Manifest) error {
	if len(o.Include) > 0 {
		m.Include = o.Include
	}
	m.Exclude = slices.Concat(m.Exclude, o.Exclude)
	if len(o.PruneScope) > 0 {
		m.Prune.Scope = o.PruneScope
	}
	if o.MaxDeletes != nil {
		m.Prune.MaxDeletes = o.MaxDeletes
	}
	m.Prune.Unowned = o.PruneUnowned
	m.Overwrite = cmp.Or(o.Overwrite, m.Overwrite)
	if m.Names == nil {
		m.Names = map[string]secretsync.NameRule{}
	}
	if err := o.mergeNames(m.Names); err != nil {
		return err
	}
	return m.Validate()
}

func (o *Rules) mergeNames(names map[string]secretsync.NameRule) error {
	for i, pair := range o.Names {
		if what := check.PastedKind(pair); what != "" {
			return pastedFlag(i, what)
		}
		dest, source, err := splitPair("--name", "DEST=SOURCE", pair)
		if err != nil {
			return err
		}
		if what := check.PastedKind(source); what != "" {
			return pastedFlag(i, what)
		}
		rule := names[dest]
		rule.From, rule.At = source, "--name "+dest
		names[dest] = rule
	}
	for _, pair := range o.Formats {
		dest, text, err := splitPair("--format-of", "DEST=FORMAT", pair)
		if err != nil {
			return err
		}
		rule := ruleFor(names, "--format-of", dest)
		if err := rule.Format.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("--format-of %s: %w", dest, err)
		}
		names[dest] = rule
	}
	for _, dest := range o.Required {
		rule := ruleFor(names, "--require", dest)
		rule.Required = true
		names[dest] = rule
	}
	return nil
}

// pastedFlag returns the error for the --name with index i, without its text: it holds
// what looks like a secret's value.
func pastedFlag(i int, what string) error {
	return fmt.Errorf("--name: number %d holds what looks like %s: give the CI name of a secret, not its value, and have the value revoked", i+1, what)
}

// ruleFor returns the rule for dest. The default rule takes the secret of the same name.
func ruleFor(names map[string]secretsync.NameRule, flag, dest string) secretsync.NameRule {
	if rule, ok := names[dest]; ok {
		return rule
	}
	return secretsync.NameRule{From: dest, At: flag + " " + dest}
}

// splitPair splits at the last =, because a name in the store may hold one.
func splitPair(flag, form, pair string) (dest, value string, err error) {
	at := strings.LastIndexByte(pair, '=')
	if at <= 0 || at == len(pair)-1 {
		return "", "", fmt.Errorf("%s: %s is not of the form %s", flag, quotePair(pair), form)
	}
	return pair[:at], pair[at+1:], nil
}

// quotePair quotes a flag's value for an error, unless it has a character that no CI
// name has: it may be a secret's value then.
func quotePair(pair string) string {
	isOdd := func(r rune) bool {
		return r != '=' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	if strings.ContainsFunc(pair, isOdd) {
		return "what it is given"
	}
	return strconv.Quote(pair)
}
