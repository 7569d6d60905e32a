package keysfile

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
)

// Append adds a key to a keys file. The file is replaced in one step, with its mode, and
// only by one that [Parse] reads: a name that the file has already, or a tenant that it
// does not have, is an error and changes nothing.
func Append(path string, k cloud.Key) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if _, err := Parse(path, text); err != nil {
		return err
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	text = append(text, "\n"+Format(k)...)
	if _, err := Parse(path, text); err != nil {
		return fmt.Errorf("with the new key, the file would be invalid: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return privatefile.Replace(path, text, info.Mode().Perm())
}
