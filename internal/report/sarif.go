package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
)

// SARIF writes findings as a SARIF 2.1.0 log with one run.
type SARIF struct {
	// Version is the tool's own; empty if unknown.
	Version string
	// Root is the absolute path of the directory that the log's paths are relative to.
	// If it is empty, paths stay unchanged.
	Root string
}

// sarifSchema is where OASIS publishes the schema of SARIF 2.1.0 with its errata.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

const homePage = "https://github.com/prefect-secrets/prefect-secrets"

// Diagnostics writes the findings in their order. SARIF has no field for the number of
// files.
func (s SARIF) Diagnostics(w io.Writer, diagnostics []check.Diagnostic, _ int) error {
	rules := check.Rules()
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "prefect-secrets", Version: s.Version, InformationURI: homePage}
	for _, r := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, newSARIFRule(r))
	}
	seen := map[string]int{}
	for _, d := range diagnostics {
		result := s.result(d, seen)
		result.RuleIndex = slices.IndexFunc(rules, func(r check.Rule) bool { return r.Name == d.Rule })
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func newSARIFRule(r check.Rule) sarifRule {
	sentence := strings.ToUpper(r.Doc[:1]) + r.Doc[1:] + "."
	text := sarifText{Text: sentence}
	rule := sarifRule{ID: r.Name, ShortDescription: text, FullDescription: text, HelpURI: r.Help()}
	rule.Help = sarifText{
		Text:     sentence + " What it finds, why that matters and how to mend it: " + r.Help(),
		Markdown: fmt.Sprintf("%s [What it finds, why that matters and how to mend it](%s).", sentence, r.Help()),
	}
	rule.DefaultConfiguration.Level = r.Severity
	return rule
}

// result returns the result for a finding. In seen it counts findings whose
// fingerprints differ only by their number.
func (s SARIF) result(d check.Diagnostic, seen map[string]int) sarifResult {
	var location sarifLocation
	location.Physical.Artifact.URI = s.uri(d.File)
	if d.Line > 0 {
		location.Physical.Region = &sarifRegion{d.Line, d.Column, d.EndLine, d.EndColumn}
	}
	if d.Key != "" {
		location.Logical = []sarifKey{{FullyQualifiedName: d.Key}}
	}
	text := d.Message
	if d.Hint != "" {
		text += "\n" + d.Hint
	}
	return sarifResult{
		RuleID: d.Rule, Level: d.Severity, Message: sarifText{Text: unlinked(text)}, Locations: []sarifLocation{location},
		PartialFingerprints: map[string]string{fingerprintKind: fingerprint(d, location.Physical.Artifact.URI, seen)},
	}
}

// uri returns a file's path as a relative reference, with slashes.
func (s SARIF) uri(file string) string {
	path := filepath.Clean(file)
	if filepath.IsAbs(path) && s.Root != "" {
		if rel, err := filepath.Rel(s.Root, path); err == nil {
			path = rel
		}
	}
	return (&url.URL{Path: filepath.ToSlash(path)}).String()
}

// unlinked breaks links in text, which a message may contain as [text](target) (SARIF
// 2.1.0, 3.11.6).
func unlinked(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// fingerprintKind says what a fingerprint is made of. It is not GitHub's own
// primaryLocationLineHash: the uploader computes that from the line, and complains
// about any other.
const fingerprintKind = "ruleFileKey/v1"

// fingerprint hashes the rule, the file's path, the dotted key and the number of the
// finding among those that share these. It uses no line number and no value.
func fingerprint(d check.Diagnostic, uri string, seen map[string]int) string {
	same := fmt.Sprintf("%q %q %q", d.Rule, uri, d.Key)
	seen[same]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", same, seen[same]))
	return hex.EncodeToString(sum[:16])
}
