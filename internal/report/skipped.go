package report

import (
	"fmt"
	"io"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// A run that was skipped, in each format: none of them reads like one that was
// done.

// SkippedText writes why a run was skipped.
func SkippedText(w io.Writer, message string) error {
	_, err := fmt.Fprintf(w, "skipped: %s\n", Safe(message))
	return err
}

// SkippedMarkdown is why a run was skipped, for a job summary or a comment.
func SkippedMarkdown(message string) string {
	return fmt.Sprintf("### Prefect secrets: skipped\n\n**Skipped**: %s.\n", cell(message))
}

// SkippedJSON writes the document of a plan or a sync without actions, which says
// that it was skipped, and why.
func SkippedJSON(w io.Writer, message string) error {
	d := newSyncDocument(0)
	d.Status, d.Reason, d.Tenants = string(secretsync.Skipped), message, []tenantDocument{}
	return writeJSON(w, d)
}
