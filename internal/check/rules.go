package check

import (
	"cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Rule is one thing that is looked for. docs/checks.md has a section for each.
type Rule struct {
	Name     string
	Severity Severity
	Doc      string // what it finds, in a line
	check    func(*source, func(finding))
}

// finding is what a rule says about a part of the text.
type finding struct {
	message, hint string
	severity      Severity       // if not the rule's own
	node          tomlpos.NodeID // what it is about, if not Root
	key           string         // what it is about, if that is no node
	start, end    int            // byte offsets
}

// syntax is the one rule that a file which does not parse is held to.
const syntax = "syntax"

// rules are applied in this order: syntax first, since the others need a file that
// parses, and the judge of the ignore comments last, since it asks what they
// silenced. To add a rule, add its line here.
var rules = []Rule{
	{syntax, Error, "the file is not TOML 1.0", checkSyntax},
	{"toml-compat", Error, "TOML that the parser inside Prefect refuses or reads differently", checkCompat},
	{"reserved-key", Error, "a key with which import prefect fails", checkReservedKeys},
	{"unknown-key", Warning, "a setting that no release of Prefect knows", checkUnknownKeys},
	{"type", Error, "a setting of another type than Prefect needs", checkTypes},
	{"plaintext-secret", Warning, "a secret that stands in the file itself", checkPlaintext},
	{"unset-env", Warning, "a reference to a variable that the environment does not have", checkUnsetEnv},
	{"dangling-ref", Error, "a reference to a key that leads nowhere or never settles", checkDanglingRefs},
	{"dollar-in-value", Warning, "a $ in a secret that Prefect expands or mangles", checkDollars},
	{"cast-surprise", Warning, "a text that Prefect turns into something else", checkCasts},
	{"secret-shape", Error, "a well-known secret without its shape", checkShapes},
	{"env-name-case", Warning, "a secret set through the environment whose name depends on the release", checkNameCase},
	{"local-secrets-in-cloud", Warning, "local secrets in a config meant for cloud execution", checkLocalSecrets},
	{"deprecated", Warning, "a setting that a later release renamed or dropped", checkDeprecated},
	{undefinedSecret, Error, "a secret that flow code reads and nothing defines", checkNoConfig},
	{manifestRule, Error, "a manifest that cannot be read as it stands", checkNoConfig},
	{ignoreRule, Error, "an ignore comment that is not right", checkIgnore},
}

// Rules lists all rules.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// Help is a link to what the rule is for.
func (r Rule) Help() string { return helpPage + r.Name }

// helpPage is where the rules are explained, each in a section of its name.
const helpPage = "https://github.com/prefect-secrets/prefect-secrets/blob/main/docs/checks.md#"

// diagnostic puts a finding at its place, or on the file as a whole where the
// places are not certain.
func (s *source) diagnostic(r Rule, f finding) Diagnostic {
	d := Diagnostic{
		Rule:     r.Name,
		Severity: cmp.Or(f.severity, r.Severity),
		Message:  f.message,
		Hint:     f.hint,
		File:     s.name,
		Key:      cmp.Or(maskTokens(f.key), s.shownPath(f.node)),
		Help:     r.Help(),
	}
	if !s.certain {
		return d
	}
	start, end := s.doc.Position(f.start), s.doc.Position(f.end)
	d.Line, d.Column = start.Line, start.Column
	d.EndLine, d.EndColumn = end.Line, end.Column
	d.Frame = s.frame(span{f.start, f.end})
	return d
}
