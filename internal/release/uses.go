package release

import (
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Misuse is what fails of Prefect when it uses a setting that it has read without
// complaint.
type Misuse struct {
	Fails   string // what fails, as in "every agent"
	Class   string // of the Python exception; empty if Fails says all
	Problem string // what is wrong with the setting, or what to write instead
	// Certain is false if it depends on what is not in the configuration.
	Certain bool
}

// use is a setting with what Prefect does with it after it has started, in the releases
// since first.
type use struct {
	setting path
	first   Number
	check   func(t *table, value any, v Version) *Misuse
	beside  []string // the settings on which it depends as well
}

// uses are the settings that a release reads without complaint and fails with later. Each
// was found in the sources of the releases; fixtures/prefect/uses.jsonl has what they do.
var uses = []use{
	{path{"cloud"}, earliest, checkCloudTable, nil},
	{path{"cloud", "agent"}, earliest, checkAgentTable, nil},
	{path{"cloud", "agent", "level"}, earliest, checkAgentLevel, nil},
	{path{"cloud", "agent", "name"}, earliest, checkAgentName, nil},
	{path{"cloud", "agent", "labels"}, Number{0, 7, 0}, checkLabels, nil},
	{path{"context", "secrets"}, earliest, checkSecretsTable, nil},
	{path{"context", "caches"}, earliest, checkRunTable, nil},
	{path{"context", "case"}, Number{0, 10, 6}, checkCase, nil},
	{path{"context", "parameters"}, Number{0, 14, 0}, checkRunTable, nil},
	{path{"context", "tags"}, earliest, checkTags, nil},
	{path{"engine"}, earliest, checkRunTable, nil},
	{path{"engine", "executor"}, earliest, checkRunTable, nil},
	{path{"engine", "executor", "default_class"}, earliest, checkExecutor, nil},
	{path{"flows"}, earliest, checkRunTable, nil},
	{path{"logging", "format"}, earliest, checkLogFormat, []string{"logging.log_attributes"}},
	{path{"logging", "datefmt"}, Number{0, 10, 3}, checkDateFormat, []string{"logging.format"}},
	{path{"logging", "log_attributes"}, Number{0, 10, 6}, checkLogAttributes, nil},
	{path{"tasks", "defaults", "max_retries"}, earliest, checkMaxRetries, []string{"tasks.defaults.retry_delay"}},
	{path{"tasks", "defaults", "retry_delay"}, earliest, checkRetryDelay, []string{"tasks.defaults.max_retries"}},
	{path{"tasks", "defaults", "timeout"}, earliest, checkTimeout, nil},
}

// useChanges are the releases in which the uses of settings changed. See
// [Version.WhereUsed].
var useChanges = []Number{
	{0, 7, 0},                // labels of agents
	wantsRetriesWithDelay,    // of a task
	{0, 10, 3},               // datefmt
	{0, 10, 6},               // log_attributes
	changedIn[castsLiterals], // lists inside strings are still parsed
	changedIn[castsFile],     // and no longer
	changedIn[keepsTimeoutSeconds],
	{0, 14, 0}, // parameters of a run
	takesDelayWithRetries,
}

// The releases that changed what tasks make of a retry_delay without max_retries: they
// fail with it, and later leave it aside.
var (
	wantsRetriesWithDelay = Number{0, 9, 0}
	takesDelayWithRetries = Number{0, 15, 6}
)

// usesByName are the uses by the name of the setting.
var usesByName = sync.OnceValue(func() map[string]*use {
	byName := make(map[string]*use, len(uses))
	for i := range uses {
		byName[strings.Join(uses[i].setting, ".")] = &uses[i]
	}
	return byName
})

// UsedWith reports whether Prefect may fail with a setting after it has started, and
// returns the settings on which that depends as well.
func UsedWith(setting string) (beside []string, ok bool) {
	u, ok := usesByName()[setting]
	if !ok {
		return nil, false
	}
	return u.beside, true
}

// Misused returns what fails of Prefect with a setting that it has read, or nil.
func (c *Config) Misused(setting string) *Misuse {
	u, ok := usesByName()[setting]
	if !ok || c.version.Number().Compare(u.first) < 0 {
		return nil
	}
	l := c.root.leafAt(u.setting)
	if l == nil {
		return nil
	}
	return u.check(c.root, l.value, c.version)
}

// WhereUsed is [Version.Where] for a function that asks what a release does with a
// setting of the file after it has started.
func (v Version) WhereUsed(holds func(Version) bool) (spans []Span, all bool) {
	return spansWhere(v.inEras(useEras), holds)
}

// useEra returns how many of useChanges v has.
func (v Version) useEra() int {
	n := 0
	for _, first := range useChanges {
		if v.Number().Compare(first) >= 0 {
			n++
		}
	}
	return n
}

const (
	everyAgent   = "every agent"
	everySecret  = "every Secret(…).get()"
	everyRun     = "every flow.run()"
	everyNewTask = "every task in a flow"
	everyLine    = "every log line"
	noLine       = "no log line is written" // but a traceback in its place
)

func notATable(fails, class string, value any) *Misuse {
	return &Misuse{fails, class, "it is of type " + pyliteral.TypeName(value) + " and not a table", true}
}

func checkCloudTable(_ *table, value any, _ Version) *Misuse {
	return notATable(everyAgent+" and "+everySecret, "AttributeError", value)
}

func checkAgentTable(_ *table, value any, _ Version) *Misuse {
	return notATable(everyAgent, "AttributeError", value)
}

func checkSecretsTable(_ *table, value any, _ Version) *Misuse {
	return notATable(everySecret, "TypeError", value)
}

func checkRunTable(_ *table, value any, _ Version) *Misuse {
	return notATable(everyRun, "AttributeError", value)
}

// checkCase refuses what stands where Prefect keeps the case of its control flow.
func checkCase(_ *table, value any, _ Version) *Misuse {
	if value == nil {
		return nil
	}
	return &Misuse{everyNewTask, "AttributeError", "Prefect keeps the case around a task under this name: use another", true}
}

// checkTags refuses tags of which Python makes no set.
func checkTags(_ *table, value any, _ Version) *Misuse {
	if isIterable(value) {
		return nil
	}
	return &Misuse{everyNewTask, "TypeError", "Prefect keeps the tags of tasks under this name: use another", true}
}

func checkExecutor(_ *table, value any, _ Version) *Misuse {
	if _, isText := value.(string); isText {
		return nil
	}
	return &Misuse{everyRun, "AttributeError", "write the path of a class, such as prefect.executors.LocalExecutor", true}
}

func checkAgentLevel(_ *table, value any, _ Version) *Misuse {
	if class, problem := levelProblem(value); class != "" {
		return &Misuse{everyAgent, class, problem, true}
	}
	return nil
}

// checkAgentName refuses what Python's logging does not take for the name of a logger.
func checkAgentName(_ *table, value any, _ Version) *Misuse {
	if _, isText := value.(string); isText || isFalsy(value) {
		return nil
	}
	return &Misuse{everyAgent, "TypeError", "the name of an agent has to be a string, and other than a number to a release that casts strings", true}
}

func checkLabels(_ *table, value any, v Version) *Misuse {
	return checkParsedList(everyAgent, value, v)
}

func checkLogAttributes(_ *table, value any, v Version) *Misuse {
	return checkParsedList(everyLine, value, v)
}

// checkParsedList refuses what is not a list or, up to 0.11.1, a string with a list in it.
func checkParsedList(fails string, value any, v Version) *Misuse {
	if !v.does(castsFile) {
		parsed, class := literal(value)
		if class != "" {
			return &Misuse{fails, class, "it is not a list of strings inside a string, such as \"['a']\"", true}
		}
		value = parsed
	}
	if !isIterable(value) || fails == everyLine && !namesLoggers(value) {
		return &Misuse{fails, "TypeError", "it is not a list of strings", true}
	}
	return nil
}

// isIterable reports whether Python makes a list of a value.
func isIterable(value any) bool {
	switch value.(type) {
	case int64, *big.Int, float64, bool, nil, time.Duration, time.Time:
		return false
	}
	return true
}

func checkMaxRetries(t *table, value any, _ Version) *Misuse {
	n, isNumber := numberOf(value)
	switch delay := t.leafAt(path{"tasks", "defaults", "retry_delay"}); {
	case !isNumber:
		return &Misuse{"every task without max_retries of its own", "TypeError", "write the number without quotes", true}
	case n > 0 && (delay == nil || delay.value == nil):
		return &Misuse{"every task without a retry_delay of its own", "ValueError", "add a delay in seconds beside it: retry_delay = 10", true}
	}
	return nil
}

// numberOf returns a value that Python compares with numbers.
func numberOf(value any) (n float64, ok bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case *big.Int:
		n, _ = new(big.Float).SetInt(value).Float64()
		return n, true
	case float64:
		return value, true
	case bool:
		if value {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func checkRetryDelay(t *table, value any, v Version) *Misuse {
	if value == nil {
		return nil
	}
	retries := t.leafAt(path{"tasks", "defaults", "max_retries"})
	if retries == nil || isFalsy(retries.value) {
		if n := v.Number(); n.Compare(wantsRetriesWithDelay) >= 0 && n.Compare(takesDelayWithRetries) < 0 {
			return &Misuse{"every task without max_retries of its own", "ValueError", "add max_retries beside it", true}
		}
		return nil
	}
	if n, isNumber := numberOf(retries.value); !isNumber || n <= 0 {
		return nil
	}
	if _, isDelay := value.(time.Duration); !isDelay {
		return &Misuse{"every retry of a task", "TypeError", "write whole seconds without quotes and without a unit: retry_delay = 10", true}
	}
	return nil
}

func checkTimeout(_ *table, value any, _ Version) *Misuse {
	switch value.(type) {
	case nil, int64, *big.Int, bool:
		return nil
	case time.Duration:
		return &Misuse{"every task without a timeout of its own", "TypeError", "releases before 0.13.19 take none from here: give each task its timeout", true}
	}
	return &Misuse{"every task without a timeout of its own", "TypeError", "write whole seconds without quotes and without a unit: timeout = 60", true}
}
