package testkit

// Leaks are the names of the secrets of which a value stands in data, sorted, of
// all tenants. Every value that was ever put into the fake or sent to it counts,
// overwritten and deleted ones too, and those that were refused unless they stood
// in the text of a document that the API could not read.
//
// A value is found raw, JSON-, URL-, base64-, base64url- and hex-encoded, as Go and
// Python print it, in one of these inside another one, in part of a JSON object or
// list, line by line, and split across lines. A value that is encoded three times
// or dumped as by hexdump is not found. Booleans, strings under 4 bytes and numbers
// under 6 characters are not searched for: they are in many an innocent log.
func (c *Cloud) Leaks(data []byte) []string { return c.fake.Leaks().Names(data) }
