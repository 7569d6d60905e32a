package run

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
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
func (r *Rules) mergeInto(m *secretsync.Manifest) error {
	if len(r.Include) > 0 {
		m.Include = r.Include
	}
	m.Exclude = slices.Concat(m.Exclude, r.Exclude)
	if len(r.PruneScope) > 0 {
		m.Prune.Scope = r.PruneScope
	}
	if r.MaxDeletes != nil {
		m.Prune.MaxDeletes = r.MaxDeletes
	}
	m.Prune.Unowned = r.PruneUnowned
	m.Overwrite = cmp.Or(r.Overwrite, m.Overwrite)
	if m.Names == nil {
		m.Names = map[string]secretsync.NameRule{}
	}
	if err := r.mergeNames(m.Names, storekind.Find(m.Store)); err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	return checkOverwrite(m)
}

// checkOverwrite fails if owned was set where the kind of store knows no owners. The
// manifest itself cannot say that.
func checkOverwrite(m *secretsync.Manifest) error {
	kind := storekind.Find(m.Store)
	if why := kind.Refused[storekind.Overwrite]; why != "" && m.Overwrite == secretsync.OverwriteOwned {
		return fmt.Errorf("--overwrite owned: the store is of kind %q: %s", kind.Name, why)
	}
	return nil
}

// mergeNames merges the rules for single names into those of a manifest. Each name may be
// spelled as a store of the kind spells it.
func (r *Rules) mergeNames(names map[string]secretsync.NameRule, kind *storekind.Kind) error {
	var given []string // names of the flag
	for i, pair := range r.Names {
		dest, source, err := splitPair("--name", "DEST=SOURCE", pair)
		if kind := pastedPair(pair, dest, source); kind != "" {
			return pastedFlag(i, kind)
		}
		if err != nil {
			return err
		}
		known := sameName(names, dest, kind)
		rule := names[known]
		stored, _ := kind.StoredName(dest)
		switch isGiven := slices.Contains(given, known); {
		case known != dest && (isGiven || dest != stored): // the name as it is stored replaces the manifest's
			return fmt.Errorf("--name %s: %q and %q would both be stored as %q: remove one, or write %s", dest, known, dest, stored, stored)
		case isGiven && rule.From != source:
			return fmt.Errorf("--name %s: this name has two sources: remove one", dest)
		}
		delete(names, known)
		rule.From, rule.At = source, "--name "+dest
		names[dest], given = rule, append(given, dest)
	}
	for _, pair := range r.Formats {
		dest, text, err := splitPair("--format-of", "DEST=FORMAT", pair)
		if err != nil {
			return err
		}
		dest = sameName(names, dest, kind)
		rule := ruleFor(names, "--format-of", dest)
		if err := rule.Format.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("--format-of %s: unknown format: use auto, string, json or raw", dest) // the text may be a value
		}
		names[dest] = rule
	}
	for _, dest := range r.Required {
		dest = sameName(names, dest, kind)
		rule := ruleFor(names, "--require", dest)
		rule.Required = true
		names[dest] = rule
	}
	return nil
}

// sameName returns the name in names that a store of the kind keeps under the same name as
// dest; dest itself if no name is.
func sameName(names map[string]secretsync.NameRule, dest string, kind *storekind.Kind) string {
	if _, ok := names[dest]; ok {
		return dest
	}
	stored, err := kind.StoredName(dest)
	if err != nil {
		return dest
	}
	for name := range names {
		if other, err := kind.StoredName(name); err == nil && other == stored {
			return name
		}
	}
	return dest
}

// pastedPair returns what kind of value a DEST=SOURCE looks like, or "". In the pair
// db-password=DB_PASSWORD, = does not stand before a password.
func pastedPair(pair, dest, source string) string {
	isName := strings.Contains(source, "_") || strings.EqualFold(source, dest)
	if isName && isCIName(source) && !strings.ContainsAny(dest, "=;") {
		return cmp.Or(check.PastedKind(dest), check.PastedKind(source))
	}
	return cmp.Or(check.PastedKind(pair), check.PastedKind(source))
}

// isCIName reports whether a string has only the characters of the names that CI systems
// give to secrets, in capitals.
func isCIName(str string) bool {
	other := func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') }
	return str != "" && !strings.ContainsFunc(str, other)
}

// pastedFlag returns the error for the --name with index i, which holds a value of the
// given kind. It does not quote the flag.
func pastedFlag(i int, kind string) error {
	return fmt.Errorf("--name: number %d contains what looks like %s: pass the CI name of a secret, not its value, and revoke the value", i+1, kind)
}

// ruleFor returns the rule for dest. The default rule takes the secret of the same name.
func ruleFor(names map[string]secretsync.NameRule, flag, dest string) secretsync.NameRule {
	if rule, ok := names[dest]; ok {
		return rule
	}
	return secretsync.NameRule{From: dest, At: flag + " " + dest}
}

// splitPair splits a flag's value at the last =, because a name in the store may hold one.
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
	isUnusual := func(c rune) bool {
		return c != '=' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	}
	if strings.ContainsFunc(pair, isUnusual) {
		return "what it is given"
	}
	return strconv.Quote(pair)
}
