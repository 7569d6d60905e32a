// Package option names an option of a run as its user gives it: a flag of the command
// or an input of the Action. The messages that both print take the name from here.
package option

// Form is how options are given.
type Form int

// The forms.
const (
	Flag Form = iota // such as --api-url
	Input
)

// Label returns the name of an option at the beginning of a message.
func (f Form) Label(name string) string {
	if f == Input {
		return "input " + name
	}
	return "--" + name
}

// Name returns the name of an option within a sentence.
func (f Form) Name(name string) string {
	if f == Input {
		return "the input " + name
	}
	return "--" + name
}
