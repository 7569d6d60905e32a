package release

import (
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// conversion matches a % in a format of Python's logging with what belongs to it: the name
// in brackets, what lays it out, and the letter.
var conversion = lazyregexp.New(`%(\(([^()]*)\))?([#0 +-]*)(\*|\d+)?(\.(\*|\d*))?[hlL]?(.|$)`)

// recordAttributes are the attributes that every record of Python's logging has, from 3.6
// to 3.11, with whether they are numbers.
var recordAttributes = map[string]bool{
	"args": false, "asctime": false, "created": true, "exc_info": false, "exc_text": false, "filename": false, "funcName": false,
	"levelname": false, "levelno": true, "lineno": true, "message": false, "module": false, "msecs": true, "msg": false, "name": false,
	"pathname": false, "process": true, "processName": false, "relativeCreated": true, "stack_info": false, "thread": true, "threadName": false,
}

// runAttributes are those that Prefect adds to a record while a flow or a task runs.
var runAttributes = []string{"flow_name", "flow_run_id", "task_name", "task_slug", "task_run_id"}

// checkLogFormat refuses a format with which Python's logging cannot write a line: it
// prints a traceback in its place.
func checkLogFormat(t *table, value any, v Version) *Misuse {
	format, isText := value.(string)
	if !isText {
		return nil
	}
	added, known := t.addedAttributes(v)
	for _, found := range conversion().FindAllStringSubmatch(format, -1) {
		name, letter := found[2], found[7]
		if found[0] == "%%" {
			continue
		}
		if problem := conversionProblem(found[1] != "", name, letter, found[4]+found[6]); problem != "" {
			return &Misuse{noLine, "", problem, true}
		}
		if _, has := recordAttributes[name]; has || !known || slices.Contains(added, name) {
			continue
		}
		return &Misuse{noLine, "", attributeHint(name), false}
	}
	return nil
}

// conversionProblem returns what is wrong with one % of a format, whose attribute may be
// unknown.
func conversionProblem(named bool, name, letter, width string) string {
	isNumber, known := recordAttributes[name]
	switch {
	case letter == "" || !slices.Contains(conversionLetters, letter):
		return "a % that is not part of a name such as %(message)s is written twice: %%"
	case !named, width != "" && width[0] == '*':
		return "each % needs the name of what is logged: %(message)s"
	case known && !isNumber && !slices.Contains(textLetters, letter):
		return "it is text: write %(" + name + ")s"
	}
	return ""
}

var (
	conversionLetters = []string{"d", "i", "o", "u", "x", "X", "e", "E", "f", "F", "g", "G", "c", "r", "s", "a", "%"}
	textLetters       = []string{"s", "r", "a"}
)

// attributeHint returns what to do about an attribute that not every record has.
func attributeHint(name string) string {
	if slices.Contains(runAttributes, name) {
		return "only lines of a flow's run have it; list it in logging.log_attributes, and it is None elsewhere"
	}
	return "a record has no attribute of a name in it; list those of prefect.context in logging.log_attributes"
}

// addedAttributes returns the attributes that logging.log_attributes adds to every record.
// known is false if it is not known which they are.
func (t *table) addedAttributes(v Version) (names []string, known bool) {
	l := t.leafAt(path{"logging", "log_attributes"})
	if first := (Number{0, 10, 6}); l == nil || v.Number().Compare(first) < 0 {
		return nil, true
	}
	value := l.value
	if !v.does(castsFile) {
		parsed, class := literal(value)
		if class != "" {
			return nil, false
		}
		value = parsed
	}
	list, isList := value.([]any)
	if tuple, isTuple := value.(pyliteral.Tuple); isTuple {
		list, isList = tuple, true
	}
	for _, name := range list {
		if text, isText := name.(string); isText {
			names = append(names, text)
		}
	}
	return names, isList
}

// checkDateFormat refuses a date format that is not a string, where the lines have a date.
func checkDateFormat(t *table, value any, _ Version) *Misuse {
	if _, isText := value.(string); isText || isFalsy(value) {
		return nil
	}
	format := t.textAt(path{"logging", "format"})
	if !usesTime().MatchString(format) {
		return nil
	}
	return &Misuse{noLine, "", `write a format of Python's strftime: datefmt = "%Y-%m-%d %H:%M:%S"`, true}
}

var usesTime = lazyregexp.New(`%\(asctime\)`)
