package inspect

import (
	"fmt"
	"path/filepath"
	"strings"
)

// foreignKind is a kind of file that people give to check, and what to do instead.
type foreignKind struct{ is, instead string }

var (
	python   = foreignKind{"Python", "check reads flow code by --flows, in the Action by the input flows"}
	notebook = foreignKind{"a notebook", "write its code to a .py file (jupyter nbconvert --to script), and give that by --flows"}
	json     = foreignKind{"JSON", "a Prefect config is TOML; secrets in JSON go into the store by plan and sync --secrets-file"}
	yaml     = foreignKind{"YAML", "a Prefect 0.x or 1.x config is TOML"}
	ini      = foreignKind{"an INI file", "a Prefect config is TOML"}
	dotenv   = foreignKind{"a dotenv file", "a Prefect config is TOML; secrets in a dotenv file go into the store by plan and sync --secrets-file"}
)

var foreignKinds = map[string]foreignKind{
	".py": python, ".pyi": python, ".pyw": python, ".ipynb": notebook, ".json": json, ".jsonl": json,
	".yaml": yaml, ".yml": yaml, ".ini": ini, ".cfg": ini, ".env": dotenv,
}

// checkKind returns an error for a file that by its name is not TOML, which says what
// to do instead.
func checkKind(file string) error {
	base := strings.ToLower(filepath.Base(file))
	kind, ok := foreignKinds[filepath.Ext(base)]
	if strings.HasPrefix(base, ".env.") || base == ".envrc" {
		kind, ok = dotenv, true
	}
	if !ok {
		return nil
	}
	return fmt.Errorf("%s is %s: %s", file, kind.is, kind.instead)
}
