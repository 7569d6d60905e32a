package pyliteral

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// braces reads a dict or a set. The first element decides which.
func (p *parser) braces() (node, bool) {
	c := collection{at: map[string]int{}}
	for {
		if !p.skip() {
			return node{}, false
		}
		if p.peek() == '}' {
			return node{value: c.value()}, true
		}
		item, paired, ok := p.element()
		if !ok || !c.add(item, paired) {
			return node{}, false
		}
		if p.peek() == ',' {
			p.pos++
		} else if p.peek() != '}' {
			return node{}, false
		}
	}
}

// element reads an expression, and a second one if a colon follows.
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

// collection is a dict, or a set as long as nothing is paired in it.
type collection struct {
	items Dict
	at    map[string]int
	isSet bool
}

// add takes one more element, or reports false if it does not fit: a dict keeps
// the first of equal keys with the last of their values.
func (c *collection) add(item Item, paired bool) bool {
	if len(c.items) == 0 {
		c.isSet = !paired
	}
	key, ok := hashable(item.Key)
	if !ok || paired == c.isSet {
		return false
	}
	if i, again := c.at[key]; again {
		c.items[i].Value = item.Value
		return true
	}
	c.at[key] = len(c.items)
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

// hashable gives a text that is the same for what Python takes as equal keys; it
// reports false for what cannot be a key.
func hashable(v any) (string, bool) {
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
		return hashFloat(v), true
	case complex128:
		if imag(v) == 0 {
			return hashFloat(real(v)), true
		}
		return fmt.Sprint(v), true
	case Tuple:
		return hashTuple(v)
	}
	return "", false
}

func hashFloat(f float64) string {
	if math.IsInf(f, 0) || f != math.Trunc(f) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	whole, _ := big.NewFloat(f).Int(nil)
	return whole.String()
}

func hashTuple(t Tuple) (string, bool) {
	var b strings.Builder
	b.WriteByte('(')
	for _, item := range t {
		key, ok := hashable(item)
		if !ok {
			return "", false
		}
		b.WriteString(key + ",")
	}
	return b.String() + ")", true
}
