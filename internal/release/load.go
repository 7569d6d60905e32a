package release

// Input is what a release reads at import.
type Input struct {
	// Version is one that [Version.ReadAs] gives.
	Version Version
	// Files are read over the defaults and one over the other: the user's, then the
	// backend's. One that is not there is nil.
	Files []*Table
	// NoDefaults leaves out the default settings, the task defaults and what only
	// import prefect looks at.
	NoDefaults bool
	Env        Environment
}

// Load makes of files and an environment what a release makes of them. The error
// is a [*Failure].
func Load(in Input) (*Config, error) {
	f := flatten(in.merged())
	for _, step := range []func() error{
		func() error { return f.addEnvironment(in.Version, in.Env) },
		func() error { return f.expandTexts(in.Version, in.Env) },
		f.resolve,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	root, err := f.nest()
	if err != nil {
		return nil, err
	}
	if err := in.finish(root); err != nil {
		return nil, err
	}
	return &Config{version: in.Version, root: root, lowerCased: f.lowerCased(in.Version)}, nil
}

// merged is the defaults and, over them, the files.
func (in Input) merged() *Table {
	root := newTable()
	if !in.NoDefaults {
		root = defaultTable(in.Version.defaults())
	}
	for _, file := range in.Files {
		if file != nil {
			root.merge(file)
		}
	}
	return root
}

// finish does what Prefect does with a config that it has read.
func (in Input) finish(root *Table) error {
	if err := root.validate(in.Version); err != nil || in.NoDefaults {
		return err
	}
	if err := root.taskDefaults(in.Version); err != nil {
		return err
	}
	return root.checkStart(in.Version)
}
