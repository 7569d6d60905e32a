package check

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/yamlscalar"
)

// referenceSuffixes end the names of files in which Prefect 2 and 3 resolve references to
// blocks: prefect.yaml, deployments and the templates of work pools.
var referenceSuffixes = []string{".yaml", ".yml", ".json"}

// MaxReferenceFile is how many bytes a file with references may have.
const MaxReferenceFile = 4 << 20

// IsReferenceFile reports whether a file may have references to blocks, by its name.
func IsReferenceFile(name string) bool {
	return slices.Contains(referenceSuffixes, strings.ToLower(path.Ext(name)))
}

// HasReferences reports whether a file of such a name has anything to check.
func HasReferences(text []byte) bool { return bytes.Contains(text, []byte(pysource.ReferencePrefix)) }

// readReferences reads a YAML or JSON file. Prefect resolves references in the strings
// that are values. Two braces outside of a string are not one: YAML reads them as mappings,
// and Prefect cannot read the file.
func (f *flow) readReferences(text []byte) {
	m := &pysource.Module{Text: strings.ToValidUTF8(string(text), "\ufffd")}
	f.module = m
	if !strings.Contains(m.Text, pysource.ReferencePrefix) {
		return
	}
	file := yamlscalar.Scan(m.Text)
	for _, c := range file.Comments {
		m.Comments = append(m.Comments, pysource.Span(c))
	}
	for _, s := range file.Scalars {
		if s.Key {
			continue
		}
		m.Literals = append(m.Literals, pysource.Span(s.Span))
		f.addReferences(m.Text[s.Start:s.End], s)
	}
}

// addReferences adds the references in a scalar.
func (f *flow) addReferences(text string, s yamlscalar.Scalar) {
	for _, t := range pysource.Templates(text) {
		at := pysource.Span{Start: s.Start + t.Start, End: s.Start + t.End}
		switch {
		case s.Braces:
			f.unquoted = append(f.unquoted, at)
		case t.Name == "":
			f.module.Nameless = append(f.module.Nameless, at)
			continue
		}
		f.module.Reads = append(f.module.Reads, pysource.Access{Name: t.Name, Kind: pysource.Reference, Start: at.Start, End: at.End})
	}
}
