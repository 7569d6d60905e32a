package release

import (
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// The releases of python-box whose Box is Prefect's configuration object, as far as
// their attributes differ.
const (
	box346 = "3.4.6"
	box423 = "4.2.3"
	box510 = "5.1.0"
	box541 = "5.4.1"
	box610 = "6.1.0"
)

// boxes returns the releases of python-box that a version may run with, oldest
// first, by what it requires; for Any, those of all releases.
func (v Version) boxes() []string {
	switch {
	case v == Any:
		return allBoxes
	case v.does(needsBox5):
		return boxesSince5
	case v.does(allowsBox4):
		return boxesBefore5
	}
	return boxesBefore4
}

var (
	allBoxes     = []string{box346, box423, box510, box541, box610}
	boxesBefore4 = allBoxes[:1]
	boxesBefore5 = allBoxes[:2]
	boxesSince5  = allBoxes[2:]
)

// Reservation says how many of several releases reserve a name.
type Reservation int

// The reservations.
const (
	Free           Reservation = iota // no release reserves the name
	ReservedByAll                     // each release does
	ReservedBySome                    // some do, and others do not
)

// Reserved returns how many of v's releases reserve a name: import prefect fails
// with ValueError on a key of that name.
func (v Version) Reserved(name string) Reservation {
	reservedBy := reserved()[name]
	count := 0
	for _, box := range v.boxes() {
		if slices.Contains(reservedBy, box) {
			count++
		}
	}
	switch count {
	case 0:
		return Free
	case len(v.boxes()):
		return ReservedByAll
	}
	return ReservedBySome
}

// ReservedIn returns the first key of a dict, and of dicts in it, that one of v's
// releases reserves, or "". Like Prefect it does not look into lists.
func (v Version) ReservedIn(value any) string {
	dict, _ := value.(pyliteral.Dict)
	for _, item := range dict {
		name, isText := item.Key.(string)
		if isText && v.Reserved(name) != Free {
			return name
		}
		if inner := v.ReservedIn(item.Value); inner != "" {
			return inner
		}
	}
	return ""
}

// reservesWhenRead reports whether v reserves a name when it reads a configuration:
// with python-box 3.4.6 if it may run with that, else with the latest, as measured.
func (v Version) reservesWhenRead(name string) bool {
	box := box346
	if v.does(needsBox5) {
		box = box610
	}
	return slices.Contains(reserved()[name], box)
}

// reserved returns, by name, the releases of python-box that reserve it.
var reserved = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for _, name := range strings.Fields(reservedInAll) {
		names[name] = allBoxes
	}
	for box, more := range reservedInSome {
		for _, name := range strings.Fields(more) {
			names[name] = append(names[name], box)
		}
	}
	return names
})

// reservedInAll is dir(Config) as far as all five agree.
const reservedInAll = `
_Box__box_config _Box__convert_and_store _Box__get_default __class__
__class_getitem__ __contains__ __copy__ __deepcopy__ __delattr__ __delitem__
__dict__ __dir__ __doc__ __eq__ __format__ __ge__ __getattr__ __getattribute__
__getitem__ __getstate__ __gt__ __hash__ __init__ __init_subclass__ __ior__
__iter__ __le__ __len__ __lt__ __module__ __ne__ __new__ __or__ __reduce__
__reduce_ex__ __repr__ __reversed__ __ror__ __setattr__ __setitem__
__setstate__ __sizeof__ __str__ __subclasshook__ __weakref__ _protected_keys
clear copy from_json from_yaml fromkeys get items keys pop popitem setdefault
to_dict to_json to_yaml update values
`

// reservedInSome is what dir(Config) has besides, by release.
var reservedInSome = map[string]string{
	box346: "_Box__add_ordered _Box__create_lineage box_it_up",
	box423: "_Box__recast __add__ _conversion_checks _safe_attr from_toml merge_update to_toml",
	box510: "_Box__recast __add__ __annotations__ __iadd__ __radd__ __sub__ _conversion_checks _safe_attr from_msgpack from_toml merge_update to_msgpack to_toml",
	box541: "_Box__recast __add__ __annotations__ __iadd__ __radd__ __sub__ _conversion_checks _safe_attr from_msgpack from_toml merge_update to_msgpack to_toml",
	box610: "_Box__recast __add__ __iadd__ __radd__ __sub__ _conversion_checks _safe_attr from_msgpack from_toml merge_update to_msgpack to_toml",
}
