package check

import (
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Rule is one kind of finding. docs/checks.md has a section for each.
type Rule struct {
	Name     string
	Severity Severity
	Doc      string // what it finds, in a line
}

// checker is a rule with the function that reports its findings in a file.
type checker struct {
	Rule
	check func(*source, func(finding))
}

// finding is what a rule reports about a part of the text.
type finding struct {
	message, hint string
	severity      Severity       // if not the rule's own
	node          tomlpos.NodeID // what it is about, or Root
	key           string         // what it is about, if that is not a node
	start, end    int            // byte offsets
}

// These rules are in more than one list.
var (
	syntaxRule    = Rule{syntaxName, SeverityError, "the file is not TOML 1.0"}
	typeRule      = Rule{"type", SeverityError, "a setting of the wrong type, or with which Prefect fails"}
	plaintextRule = Rule{"plaintext-secret", SeverityWarning, "a secret in the file, in plain text"}
	ignoreRule    = Rule{ignoreName, SeverityError, "an invalid ignore comment"}
)

// syntaxName is the only rule that applies to a file that does not parse.
const syntaxName = "syntax"

// The rules of each kind of file are applied in this order: syntax first, since the
// others need a file that parses, and the rule about ignore comments last, since it
// depends on what they suppressed. To add a rule, add its line here.
var (
	configRules = []checker{
		{syntaxRule, checkSyntax},
		{Rule{"toml-compat", SeverityError, "TOML that the parser inside Prefect refuses or reads differently"}, checkCompat},
		{Rule{"reserved-key", SeverityError, "a key with which import prefect fails"}, checkReservedKeys},
		{Rule{"unknown-key", SeverityWarning, "a setting or table that no release of Prefect knows"}, checkUnknownKeys},
		{typeRule, checkTypes},
		{plaintextRule, checkPlaintext},
		{Rule{"unset-env", SeverityWarning, "a reference to an environment variable that is not set"}, checkUnsetEnv},
		{Rule{"dangling-ref", SeverityError, "a reference to a missing key, or back to itself"}, checkDanglingRefs},
		{Rule{"dollar-in-value", SeverityWarning, "a $ in a secret that Prefect expands or mangles"}, checkDollars},
		{Rule{"cast-surprise", SeverityWarning, "a string that Prefect turns into something else"}, checkCasts},
		{Rule{"secret-shape", SeverityError, "a secret that Prefect's tasks read, in a form that they do not expect"}, checkShapes},
		{Rule{"env-name-case", SeverityNote, "a name in capitals that the documentation has in lower case"}, checkNameCase},
		{Rule{"local-secrets-in-cloud", SeverityWarning, "local secrets in a config meant for cloud execution"}, checkLocalSecrets},
		{Rule{"deprecated", SeverityWarning, "a setting or class that a later release renamed or dropped"}, checkDeprecated},
		{ignoreRule, checkIgnore},
	}
	flowRules = []checker{
		{Rule{"flow-syntax", SeverityWarning, "flow code that Python 3 cannot read"}, checkFlowSyntax},
		{Rule{"undefined-secret", SeverityError, "a secret that flow code reads and nothing defines"}, checkUndefined},
		{Rule{"read-while-building", SeverityError, "a secret that is read while the flow is built"}, checkBuilding},
		{ignoreRule, checkIgnore},
	}
	manifestRules = []checker{
		{syntaxRule, checkManifestSyntax},
		{plaintextRule, checkPasted},
		{Rule{"manifest", SeverityError, "a manifest that plan and sync cannot use"}, checkReaderProblems},
		{ignoreRule, checkIgnore},
	}
)

// Rules returns all rules, each once.
func Rules() []Rule {
	var all []Rule
	for _, r := range rulesOf(slices.Concat(configRules, flowRules, manifestRules)) {
		if r != ignoreRule && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return append(all, ignoreRule)
}

func rulesOf(list []checker) []Rule {
	all := make([]Rule, len(list))
	for i, r := range list {
		all[i] = r.Rule
	}
	return all
}

// Help returns a link to the rule's documentation.
func (r Rule) Help() string {
	if help, ok := helps()[r.Name]; ok {
		return help
	}
	return helpPage + r.Name
}

// helps are the links of all rules. Findings share them, since a run may have many.
var helps = sync.OnceValue(func() map[string]string {
	links := map[string]string{}
	for _, r := range Rules() {
		links[r.Name] = helpPage + r.Name
	}
	return links
})

// helpPage is the page that explains the rules, each in a section of its name.
const helpPage = "https://github.com/prefect-secrets/prefect-secrets/blob/main/docs/checks.md#"
