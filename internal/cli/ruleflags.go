package cli

import (
	"strconv"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// ruleFlags registers the flags that say what goes where.
func ruleFlags(flags *pflag.FlagSet, o *run.Rules) {
	flags.StringSliceVar(&o.Include, "include", nil, "glob of CI names that go into the store; wins over the manifest's")
	flags.StringSliceVar(&o.Exclude, "exclude", nil, "glob of CI names that stay out; wins over everything")
	flags.StringArrayVar(&o.Names, "name", nil, "DEST=SOURCE: the CI name SOURCE goes into the store as DEST (repeatable)")
	flags.StringArrayVar(&o.Formats, "format-of", nil, "DEST=FORMAT: how DEST is sent: auto, string, json or raw (repeatable)")
	flags.StringArrayVar(&o.Required, "require", nil, "a name in the store that must have a value (repeatable)")
	flags.StringSliceVar(&o.PruneScope, "prune-scope", nil, "glob of names in the store that are deleted if no source has them")
	flags.Func("max-deletes", "a plan that deletes more than `N` names fails (default: the manifest's, then 5)", func(text string) error {
		n, err := strconv.Atoi(text)
		o.MaxDeletes = &n
		return err
	})
	flags.Func("overwrite", "which names in the store may be overwritten: any, or owned, those that the key itself wrote (default: the manifest's, then any)", func(text string) (err error) {
		o.Overwrite, err = secretsync.ParseOverwrites(text)
		return err
	})
	flags.BoolVar(&o.PruneUnowned, "prune-unowned", false, "delete also names of which the store does not say who wrote them")
}
