// Package keysfile is the file of serve that says who may ask for what: tenants,
// keys by their hashes, and workflows of GitHub Actions.
//
// [Parse] reads it, [NewKey] makes a key, [Format] writes a key as lines of the file,
// and [Keyring.Rotate] replaces one.
package keysfile
