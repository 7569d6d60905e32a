//go:build !unix

package filestore

// initialMapSize returns 0: bbolt would make the file as large as its mapping here.
func initialMapSize() int { return 0 }

// isOutOfSpace returns false: the error does not say so here. After any failed commit
// the store has to be opened again.
func isOutOfSpace(error) bool { return false }
