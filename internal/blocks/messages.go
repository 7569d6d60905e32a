package blocks

import "slices"

// The messages that decide what a client does next (3.9.1 and 2.20.27).
const (
	alreadyExists      = "Block already exists"
	documentMissing    = "Block document not found"
	typeMissing        = "Block type not found"
	integrityConflict  = "Data integrity conflict. This usually means a unique or foreign key constraint was violated. See server logs for details."
	serviceUnavailable = "Service Unavailable"
	csrfMissing        = "Missing CSRF token."
)

// knownMessages are the messages of Prefect's server that errors may show. It sends
// others too, some of which repeat the request.
var knownMessages = []string{
	alreadyExists, documentMissing, typeMissing, integrityConflict, serviceUnavailable, csrfMissing,
	"Block document name must only contain lowercase letters, numbers, and dashes.",
	"Invalid request received.",
	"Invalid CSRF token or client identifier.",
	"Internal Server Error",
	"Unauthorized",
	"Not Found",
	"Method Not Allowed",
}

// knownMessage returns text if it is one of knownMessages, else "".
func knownMessage(text string) string {
	if slices.Contains(knownMessages, text) {
		return text
	}
	return ""
}
