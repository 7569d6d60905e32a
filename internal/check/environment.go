package check

import "strings"

// environment has the values of an environment's variables by name. They are never shown.
type environment map[string]string

// newEnvironment returns the environment of a list of variables, as os.Environ returns it.
func newEnvironment(list []string) environment {
	env := make(environment, len(list))
	for _, entry := range list {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	return env
}

// has reports whether a variable is set.
func (e environment) has(name string) bool {
	_, ok := e[name]
	return ok
}

// env returns the environment. ok is false if it is unknown.
func (s *source) env() (env environment, ok bool) {
	if s.opts.Env == nil {
		return nil, false
	}
	if s.cachedEnv == nil {
		s.cachedEnv = s.opts.parsedEnv
	}
	if s.cachedEnv == nil {
		s.cachedEnv = newEnvironment(s.opts.Env)
	}
	return s.cachedEnv, true
}
