//go:build !unix

package filestore

import "io/fs"

// private cannot be told from a mode here.
func private(fs.FileInfo) error { return nil }

// initialMap is nothing, for the file would be made as large as its mapping.
func initialMap() int { return 0 }

// outOfSpace cannot be told here: the store is to be opened again.
func outOfSpace(error) bool { return false }
