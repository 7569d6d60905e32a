package pyliteral

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// braces reads a dict or a set, which the first element decides.
func (p *parser) braces() (node, bool) {
	c := collection{index: map[string]int{}}
	_, ok := p.commaSeparated('}', func() bool {
		item, paired, ok := p.element()
		return ok && c.add(item, paired)
	})
	if !ok {
		return node{}, false
	}
	return node{value: c.value()}, true
}

// element reads a key of a set, or the key and value of a dict, which are paired.
func (p *parser) element() (item Item, paired, ok bool) {
	key, ok := p.expression()
	if !ok || !p.skip() {
		return Item{}, false, false
	}
	if p.peek() != ':' {
		return Item{Key: key.value}, false, true
	}
	p.pos++
	if !p.skip() {
		return Item{}, false, false
	}
	value, ok := p.expression()
	return Item{key.value, value.value}, true, ok && p.skip()
}

// collection is the dict or set that braces reads.
type collection struct {
	items Dict
	index map[string]int // into items, by hashKey
	isSet bool
}

// add adds an element. Of equal keys the collection keeps the first, with the last of
// their values. It reports false if the key is not hashable, or if only some of the
// elements are paired.
func (c *collection) add(item Item, paired bool) bool {
	if len(c.items) == 0 {
		c.isSet = !paired
	}
	key, ok := hashKey(item.Key)
	if !ok || paired == c.isSet {
		return false
	}
	if i, exists := c.index[key]; exists {
		c.items[i].Value = item.Value
		return true
	}
	c.index[key] = len(c.items)
	c.items = append(c.items, item)
	return true
}

func (c *collection) value() any {
	if !c.isSet {
		return append(Dict{}, c.items...)
	}
	set := make(Set, len(c.items))
	for i, item := range c.items {
		set[i] = item.Key
	}
	return set
}

// hashKey returns a string that is equal for keys that Python considers equal. It
// reports false for a value that is not hashable in Python.
func hashKey(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "None", true
	case Ellipsis:
		return "...", true
	case string:
		return "s" + strconv.Quote(v), true
	case []byte:
		return "b" + strconv.Quote(string(v)), true
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	case int64, *big.Int:
		return fmt.Sprint(v), true
	case float64:
		return hashKeyOfFloat(v), true
	case complex128:
		if imag(v) == 0 {
			return hashKeyOfFloat(real(v)), true
		}
		return fmt.Sprint(v), true
	case Tuple:
		return hashKeyOfTuple(v)
	}
	return "", false
}

func hashKeyOfFloat(f float64) string {
	if math.IsInf(f, 0) || f != math.Trunc(f) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	n, _ := big.NewFloat(f).Int(nil)
	return n.String()
}

func hashKeyOfTuple(t Tuple) (string, bool) {
	var b strings.Builder
	b.WriteByte('(')
	for _, item := range t {
		key, ok := hashKey(item)
		if !ok {
			return "", false
		}
		b.WriteString(key + ",")
	}
	return b.String() + ")", true
}
