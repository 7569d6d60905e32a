package check

import "strings"

// isReference reports whether a text is one reference and nothing else: $NAME
// or ${NAME} to the environment, or ${section.key} to another setting. Prefect
// 1.4.1, configuration.py: a bare NAME is of ASCII letters, digits and _, and
// anything may stand in braces.
func isReference(text string) bool {
	name, ok := strings.CutPrefix(text, "$")
	if !ok || name == "" {
		return false
	}
	if braced, ok := strings.CutPrefix(name, "{"); ok {
		return strings.IndexByte(braced, '}') == len(braced)-1 && len(braced) > 1
	}
	return run(name, alphanumeric+"_") == len(name)
}

// isTemplate reports whether a text has a ${NAME} in it, as in
// https://user:${PASSWORD}@host. A bare $ is not enough: passwords have it too.
func isTemplate(text string) bool {
	_, after, ok := strings.Cut(text, "${")
	return ok && strings.IndexByte(after, '}') > 0
}

// shownReference reports whether a text is certain enough to be a reference to
// be shown: a password may begin with $, but hardly goes on as the names of
// environment variables and settings do.
func shownReference(text string) bool {
	if !isReference(text) {
		return false
	}
	name := strings.Trim(text, "${}")
	if strings.HasPrefix(text, "${") && strings.Contains(name, ".") {
		return run(name, "abcdefghijklmnopqrstuvwxyz_.") == len(name)
	}
	return run(name, upper+digits+"_") == len(name)
}
