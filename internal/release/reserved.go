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
	box800 = "8.0.0"
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
	allBoxes     = []string{box346, box423, box510, box541, box610, box800}
	boxesBefore4 = allBoxes[:1]
	boxesBefore5 = allBoxes[:2]
	boxesSince5  = allBoxes[2:]
)

// Reservation is releases in a row that reserve a name: import prefect fails with
// ValueError on a key of that name.
type Reservation struct {
	Span
	// Boxes are the releases of python-box with which they do. Nil means each that they
	// may run with.
	Boxes []string
}

// Reserves reports whether one of v's releases reserves a name.
func (v Version) Reserves(name string) bool {
	_, reserves := v.reservedWith(name)
	return reserves
}

// Reservations returns which of v's releases reserve a name, oldest first. It is nil
// if they all do, whichever python-box they run with.
func (v Version) Reservations(name string) []Reservation {
	if boxes, reserves := v.reservedWith(name); !reserves || boxes == nil {
		return nil
	}
	var all []Reservation
	for _, era := range v.Eras() {
		boxes, reserves := era.reservedWith(name)
		if !reserves || slices.ContainsFunc(all, func(r Reservation) bool { return r.Contains(era.Number()) }) {
			continue
		}
		spans, _ := v.Where(func(r Version) bool {
			others, reserves := r.reservedWith(name)
			return reserves && slices.Equal(others, boxes)
		})
		for _, span := range spans {
			all = append(all, Reservation{span, boxes})
		}
	}
	return all
}

// reservedWith returns the releases of python-box with which v reserves a name, of
// those that it may run with. Nil means all of them.
func (v Version) reservedWith(name string) (boxes []string, reserves bool) {
	by := reserved()[name]
	if by == nil {
		return nil, false
	}
	for _, box := range v.boxes() {
		if slices.Contains(by, box) {
			boxes = append(boxes, box)
		}
	}
	if len(boxes) == len(v.boxes()) {
		return nil, true
	}
	return boxes, len(boxes) > 0
}

// ReservedIn returns the first key of a dict, and of dicts in it, that one of v's
// releases reserves, or "". Like Prefect it does not look into lists.
func (v Version) ReservedIn(value any) string {
	dict, _ := value.(pyliteral.Dict)
	for _, item := range dict {
		name, isText := item.Key.(string)
		if isText && v.Reserves(name) {
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

// reservedInAll is dir(Config) as far as all six agree.
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
	box800: `
_Box__camel_destructive _Box__copy_internals _Box__dots_int_key _Box__new_from_plain
_Box__process_dotted_key _Box__recast __add__ __annotations__ __iadd__ __radd__
__sub__ _box_defaults _box_internal_attrs _box_resolved_defaults
_comment_check_frozen _comment_copy_to _comment_document _comment_owner
_comment_resolve _comment_store _conversion_checks _flush_pending_parent _safe_attr
del_comment from_msgpack from_toml from_toon get_comment merge_update set_comment
to_msgpack to_toml to_toon
`,
}
