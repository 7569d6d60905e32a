package sources

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
)

// ownDocuments are the JSON documents of this program, the first that has all the keys
// counting.
var ownDocuments = []struct {
	keys []string
	what string
}{
	{[]string{"format_version", "actions", "tenants", "summary"}, "a report of plan or sync"},
	{[]string{"format_version", "actions", "tenants"}, planFile},
	{[]string{"format_version", "diagnostics"}, "a report of check"},
	{[]string{"format_version", "names"}, "a list of names"},
	{[]string{"format_version", "entries"}, "a list of settings"},
	{[]string{"format_version", "version", "platform"}, "what version prints"},
	{[]string{"url", "tenant_id", "admin_key", "runner_key"}, "the ready-file of a server"},
}

const planFile = "a plan file"

// checkOwn returns an error if a file is a document of this program: its keys are not
// names of secrets.
func (r *Reader) checkOwn(label string, data []byte) error {
	what := ownDocument(data)
	switch what {
	case "":
		return nil
	case planFile:
		return fmt.Errorf("%s is %s, and has no values: pass it by %s, with the sources of its plan", label, what, r.label("plan-file"))
	}
	return fmt.Errorf("%s is %s, and has no secrets", label, what)
}

// ownDocument returns what a document of this program is, or "".
func ownDocument(data []byte) string {
	if !bytes.Contains(data, []byte(`"format_version"`)) && !bytes.Contains(data, []byte(`"admin_key"`)) {
		return ""
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) != nil {
		return ""
	}
	for _, document := range ownDocuments {
		if hasAll(object, document.keys) {
			return document.what
		}
	}
	return ""
}

func hasAll(object map[string]json.RawMessage, keys []string) bool {
	for _, key := range keys {
		if _, ok := object[key]; !ok {
			return false
		}
	}
	return true
}

// IsPlanFile reports whether path is that of a plan file.
func IsPlanFile(path string) bool {
	data, err := userfile.Read(path)
	return err == nil && ownDocument(data) == planFile
}
