//go:build !unix

package filestore

// outOfSpace cannot be told here: the store is to be opened again.
func outOfSpace(error) bool { return false }
