package release

// input is what a release reads at import.
type input struct {
	version    Version
	files      []*table // merged over the defaults in this order; nil if missing
	noDefaults bool     // see [Options]
	defaultsOf []string // see [Options]
	env        Environment
}

// load returns what the release reads from the files and the environment. The error
// is an [*Error].
func (in input) load() (*Config, error) {
	f := flatten(in.merged())
	for _, step := range []func() error{
		func() error { return f.addEnvironment(in.version, in.env) },
		func() error { return f.expandTexts(in.version, in.env) },
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
	return &Config{version: in.version, root: root, lowerCased: f.lowerCasedNames(in.version)}, nil
}

// merged returns the defaults with the files merged over them.
func (in input) merged() *table {
	root := newTable()
	if !in.noDefaults {
		root = defaultTable(in.version.defaults(in.defaultsOf))
	}
	for _, file := range in.files {
		if file != nil {
			root.merge(file)
		}
	}
	return root
}

// finish does what Prefect does with a config that it has read.
func (in input) finish(root *table) error {
	if err := root.validate(in.version); err != nil || in.noDefaults {
		return err
	}
	if err := root.taskDefaults(in.version); err != nil {
		return err
	}
	return root.checkStart(in.version)
}
