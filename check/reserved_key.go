package check

import (
	"fmt"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkReservedKeys reports each table, setting or secret whose name Prefect's
// configuration object has for itself. Tables with nothing in them vanish before
// Prefect looks, and it does not look into arrays.
func checkReservedKeys(s *source, report func(finding)) {
	filled, secrets := s.filled(), s.below("context", "secrets")
	done := make([]bool, len(s.doc.Nodes))
	for _, k := range s.doc.Keys {
		n := s.doc.Nodes[k.Node]
		releases, reserved := reservedNames()[n.Name]
		if !reserved || done[k.Node] || n.InList || !filled[k.Node] {
			continue
		}
		done[k.Node] = true
		report(finding{
			message: reservedMessage(n.Name, secrets[n.Parent], releases),
			hint:    reservedHint(n.Name, secrets[n.Parent]),
			node:    k.Node,
			start:   k.Start,
			end:     k.End,
		})
	}
}

func reservedMessage(name string, secret bool, releases reservation) string {
	what, where := "key", ""
	if secret {
		what = "secret"
	}
	if releases == reservedSome {
		where = " in some releases"
	}
	return fmt.Sprintf("no %s can be named %q: import prefect fails with ValueError%s", what, name, where)
}

func reservedHint(name string, secret bool) string {
	hint := fmt.Sprintf("Prefect's configuration has a method or attribute of that name; use another, such as my_%s", strings.Trim(name, "_"))
	if secret {
		hint += ", in the flows that read it too"
	}
	return hint
}

// filled reports, for each node, whether it is a setting or has one somewhere
// below it. An array is a setting, even an empty one.
func (s *source) filled() []bool {
	filled := make([]bool, len(s.doc.Nodes))
	for _, v := range s.doc.Values {
		filled[v.Node] = filled[v.Node] || v.Kind != tomlpos.InlineTable
	}
	for i := len(filled) - 1; i > 0; i-- {
		n := s.doc.Nodes[i]
		filled[n.Parent] = filled[n.Parent] || filled[i] || n.Index >= 0
	}
	return filled
}

// reservation says in which releases a name is reserved.
type reservation int

const (
	reservedAll reservation = iota + 1
	reservedSome
)

// reservedNames are the attributes of prefect.configuration.Config, which are
// those of python-box's Box.
var reservedNames = sync.OnceValue(func() map[string]reservation {
	names := map[string]reservation{}
	for _, name := range strings.Fields(boxAll) {
		names[name] = reservedAll
	}
	for _, name := range strings.Fields(boxSome) {
		names[name] = reservedSome
	}
	return names
})

// boxAll is what dir(Config) has in common over python-box 3.4.6, 4.2.3, 5.1.0
// and 5.4.1. Prefect's Config is a Box from 0.6.6 on.
const boxAll = `
_Box__box_config _Box__convert_and_store _Box__get_default _protected_keys
__class__ __class_getitem__ __contains__ __copy__ __deepcopy__ __delattr__
__delitem__ __dict__ __dir__ __doc__ __eq__ __format__ __ge__ __getattr__
__getattribute__ __getitem__ __getstate__ __gt__ __hash__ __init__
__init_subclass__ __ior__ __iter__ __le__ __len__ __lt__ __module__ __ne__
__new__ __or__ __reduce__ __reduce_ex__ __repr__ __reversed__ __ror__
__setattr__ __setitem__ __setstate__ __sizeof__ __str__ __subclasshook__
__weakref__
clear copy from_json from_yaml fromkeys get items keys pop popitem setdefault
to_dict to_json to_yaml update values
`

// boxSome is what dir(Config) has in one or some of them.
const boxSome = `
_Box__add_ordered _Box__create_lineage _Box__recast __add__ __annotations__
__iadd__ __radd__ __sub__ _conversion_checks _safe_attr
box_it_up from_msgpack from_toml merge_update to_msgpack to_toml
`
