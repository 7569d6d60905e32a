package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// sarifConfig has findings of several rules.
const sarifConfig = `[context.secrets]
update = "a"
"x y" = "b"
"](1)" = ["c", "d"]
[cloud]
api_key = "e" # prefect-secrets: ignore[reserved-key] not right
# 😀 ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
`

// sarifLog is the part of a SARIF log that these tests read.
type sarifLog struct {
	Version string
	Runs    []struct {
		ColumnKind string
		Tool       struct {
			Driver struct {
				Name, Version, InformationURI string
				Rules                         []struct {
					ID, HelpURI          string
					Help                 struct{ Text, Markdown string }
					ShortDescription     struct{ Text string }
					DefaultConfiguration struct{ Level string }
				}
			}
		}
		Results []struct {
			RuleID, Level string
			RuleIndex     int
			Message       struct{ Text string }
			Locations     []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           *struct{ StartLine, StartColumn, EndLine, EndColumn int }
				}
				LogicalLocations []struct{ FullyQualifiedName string }
			}
			PartialFingerprints map[string]string
		}
	}
}

// writeSARIF writes the findings and validates the log against the schema.
func writeSARIF(t *testing.T, s report.SARIF, found []check.Diagnostic) sarifLog {
	t.Helper()
	var b strings.Builder
	if err := s.Diagnostics(&b, found, 1); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := readSARIFSchema(t).Validate(document); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	var l sarifLog
	if err := json.Unmarshal([]byte(b.String()), &l); err != nil || len(l.Runs) != 1 {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return l
}

func readSARIFSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIF(t *testing.T) {
	found := check.File("dir/a b.toml", []byte(sarifConfig), check.Options{})
	found = append(found, check.File("broken.toml", []byte("a ="), check.Options{})...)
	run := writeSARIF(t, report.SARIF{Version: "v1.2.3"}, found).Runs[0]
	if run.ColumnKind != "unicodeCodePoints" || run.Tool.Driver.Version != "v1.2.3" || len(run.Results) != len(found) {
		t.Errorf("got %+v", run)
	}
	used := map[string]bool{}
	for i, r := range run.Results {
		d, place := found[i], r.Locations[0].PhysicalLocation
		used[r.RuleID] = true
		want := fmt.Sprint(d.Rule, d.Severity, d.Line, d.Column, d.EndLine, d.EndColumn,
			strings.ReplaceAll(d.File, " ", "%20"))
		got := fmt.Sprint(r.RuleID, r.Level, place.Region.StartLine, place.Region.StartColumn,
			place.Region.EndLine, place.Region.EndColumn, place.ArtifactLocation.URI)
		if got != want || place.Region.StartColumn < 1 {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if run.Tool.Driver.Rules[r.RuleIndex].ID != d.Rule ||
			!strings.HasPrefix(r.Message.Text, strings.ReplaceAll(d.Message, "](", "] (")) ||
			strings.Contains(r.Message.Text, "](") {
			t.Errorf("got %+v for %v", r, d)
		}
		if d.Key != "" && r.Locations[0].LogicalLocations[0].FullyQualifiedName != d.Key {
			t.Errorf("got %+v for %s", r.Locations, d.Key)
		}
	}
	for i, r := range check.Rules() {
		rule := run.Tool.Driver.Rules[i]
		if !used[r.Name] &&
			(r.Name == "syntax" || r.Name == "reserved-key" || r.Name == "plaintext-secret" || r.Name == "ignore") {
			t.Errorf("no finding of %s", r.Name)
		}
		if rule.ID != r.Name || rule.HelpURI != r.Help() || rule.Help.Text == "" ||
			rule.Help.Markdown == "" || rule.ShortDescription.Text == "" ||
			rule.DefaultConfiguration.Level != string(r.Severity) {
			t.Errorf("got %+v for %s", rule, r.Name)
		}
	}
}

// TestSchemaRefuses checks that the schema does not accept everything.
func TestSchemaRefuses(t *testing.T) {
	const result = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, ` +
		`"results": [{"message": {"text": "m"}, "locations": [{"physicalLocation": %s}]}]}]}`
	for text, valid := range map[string]bool{
		fmt.Sprintf(result, `{"artifactLocation": {"uri": "a"}, "region": {"startLine": 1, "startColumn": 1}}`): true,
		fmt.Sprintf(result, `{"artifactLocation": {"uri": "a"}, "region": {"startLine": 1, "startColumn": 0}}`): false,
		fmt.Sprintf(result, `{"artifactLocation": {"uri": "%zz"}}`):                                             false,
		`{"version": "2.1.0"}`: false,
	} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := readSARIFSchema(t).Validate(document); (err == nil) != valid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSARIFOfNothing(t *testing.T) {
	if run := writeSARIF(t, report.SARIF{}, nil).Runs[0]; run.Results == nil || len(run.Results) > 0 {
		t.Errorf("got %+v", run.Results)
	}
}

func TestSARIFWithoutAPlace(t *testing.T) {
	run := writeSARIF(t, report.SARIF{}, []check.Diagnostic{
		{Rule: "syntax", Severity: check.SeverityError, Message: "m", File: "a.toml"},
	}).Runs[0]
	place := run.Results[0].Locations[0].PhysicalLocation
	if place.Region != nil || place.ArtifactLocation.URI != "a.toml" {
		t.Errorf("got %+v", place)
	}
}

func TestSARIFPaths(t *testing.T) {
	for _, tt := range []struct{ root, file, want string }{
		{"/home/me/repo", "/home/me/repo/config/a.toml", "config/a.toml"},
		{"/home/me/repo", "./config/../a.toml", "a.toml"},
		{"/home/me/repo", "/home/me/other/a.toml", "../other/a.toml"},
		{"", "/home/me/a.toml", "/home/me/a.toml"},
		{"/work", "a:b/é#?%.toml", "./a:b/%C3%A9%23%3F%25.toml"},
		{"/work", "\xff.toml", "%FF.toml"},
	} {
		d := newDiagnostic(check.SeverityError, 1)
		d.File = tt.file
		run := writeSARIF(t, report.SARIF{Root: tt.root}, []check.Diagnostic{d}).Runs[0]
		got := run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI
		if got != tt.want {
			t.Errorf("%s in %s: got %s, want %s", tt.file, tt.root, got, tt.want)
		}
	}
}

func fingerprints(t *testing.T, file, text string) []string {
	t.Helper()
	var all []string
	found := check.File(file, []byte(text), check.Options{})
	for _, r := range writeSARIF(t, report.SARIF{}, found).Runs[0].Results {
		for kind, print := range r.PartialFingerprints {
			all = append(all, r.RuleID+" "+kind+" "+print)
		}
	}
	return all
}

// TestFingerprints checks that fingerprints survive shifted lines and other values, and
// that those of different files, keys and findings of one key differ.
func TestFingerprints(t *testing.T) {
	before := fingerprints(t, "a.toml", sarifConfig)
	seen := map[string]bool{}
	for _, print := range before {
		if seen[print] {
			t.Errorf("%s appears twice", print)
		}
		seen[print] = true
	}
	shifted := "# a new line\n\n" +
		strings.NewReplacer(`"a"`, `"another"`, `"b"`, `  "longer"`).Replace(sarifConfig)
	if diff := cmp.Diff(before, fingerprints(t, "./a.toml", shifted)); diff != "" {
		t.Errorf("after a shift: %s", diff)
	}
	for _, print := range fingerprints(t, "b.toml", sarifConfig) {
		if seen[print] {
			t.Errorf("%s is of two files", print)
		}
	}
}
