package pysource

func (p *parser) class() *level {
	start := p.next
	p.next++
	class := p.covering(start, nodeClass)
	class.scope = newScope(p.scope, classScope)
	class.scope.class = class
	p.identifier(class)
	p.typeParameters()
	if p.is("(") {
		for _, base := range p.arguments() {
			class.items = append(class.items, base.value)
		}
	}
	outer := p.within(region{kind: regionClass, decorators: p.takeDecorators()})
	body := p.body()
	body.scope, body.block = class.scope, p.block
	p.region = outer
	return body
}

// takeDecorators returns the decorators of the function or class that is read.
func (p *parser) takeDecorators() []*node {
	decorators := p.level.decorators
	p.level.decorators = nil
	return decorators
}

func (p *parser) typeParameters() {
	if p.is("[") {
		p.inBrackets(p.typeParameter)
	}
}

// typeParameter reads T, T: bound, *T or **T, and its default.
func (p *parser) typeParameter() {
	p.accept("**")
	p.expr()
	if p.accept(":") {
		p.expr()
	}
	if p.accept("=") {
		p.expr()
	}
}

// function reads a def, whose first token may be async, up to its body. Defaults and
// annotations belong to the scope around it.
func (p *parser) function(first int) *level {
	f := &function{decorators: p.takeDecorators(), special: p.is("def") && p.next > first}
	if p.scope.kind == classScope {
		f.class = p.scope.class
	}
	f.async = p.next > first
	p.next++
	if f.name = p.textOf(p.peek()); f.async && keywords[f.name] {
		p.failHere("a name is expected here")
	}
	p.identifier(nil)
	p.scope.define(f)
	p.typeParameters()
	scope, block := newScope(p.scope, functionScope), p.newBlock()
	if !p.is("(") {
		p.failHere("the parameters are expected here, in brackets")
		return &level{scope: scope, block: block}
	}
	var order parameterOrder
	p.inBrackets(func() { p.functionParameter(f, scope, block, &order) })
	if order.isOpen {
		p.failAt(p.next-1, "a parameter is expected behind the *")
	}
	if p.accept("->") {
		p.exprList()
	}
	outer := p.within(region{kind: regionFunction, function: f, decorators: f.decorators})
	body := p.body()
	body.scope, body.block = scope, block
	p.region = outer
	return body
}

func (p *parser) functionParameter(f *function, scope *scope, block *block, order *parameterOrder) {
	name := p.parameterName(order)
	if name == "" {
		return
	}
	parameter := &parameter{of: f, name: name, position: len(f.parameters), several: order.stars > 0}
	if order.star {
		parameter.position = -1
	}
	f.parameters = append(f.parameters, parameter)
	scope.bind(name, binding{token: p.next, block: block, parameter: parameter})
	if p.accept(":") {
		p.expr()
	}
	parameter.fallback = p.parameterDefault(order)
}

// parameterOrder is what stood before a parameter.
type parameterOrder struct {
	star, isOpen, ended, defaults bool // a *, a * alone and nothing behind it, **name, a default
	stars                         int  // of the parameter itself
}

// parameterName reads the stars and the name of a parameter. It returns "" for a / or
// a * alone.
func (p *parser) parameterName(order *parameterOrder) string {
	first := p.next
	if p.accept("/") {
		return ""
	}
	order.stars = 0
	switch {
	case p.accept("**"):
		order.stars = 2
	case p.accept("*"):
		order.stars = 1
	}
	if order.ended || order.stars == 1 && order.star || order.stars == 2 && order.isOpen {
		p.failAt(first, "this parameter is not allowed here")
	}
	order.ended = order.stars == 2
	order.star = order.star || order.stars == 1
	if order.isOpen = order.stars == 1 && p.is(","); order.isOpen {
		return ""
	}
	if !p.isIdentifier() {
		p.failHere("the name of a parameter is expected here")
		return ""
	}
	p.next++
	return p.textOf(p.tokens[p.next-1])
}

// parameterDefault reads the default of a parameter, and returns it or nil.
func (p *parser) parameterDefault(order *parameterOrder) *node {
	switch {
	case p.is("=") && order.stars > 0, p.is("=") && p.isAt(p.next+1, "*"):
		p.failHere("this parameter cannot have such a default")
	case p.accept("="):
		order.defaults = true
		return p.expr()
	case order.defaults && !order.star && !order.ended:
		p.failAt(p.next-1, "a parameter without a default must come before those with one")
	}
	return nil
}

// declaration reads global or nonlocal names.
func (p *parser) declaration(word string) {
	for {
		p.next++
		if !p.isIdentifier() {
			p.failHere("a name is expected here")
			return
		}
		p.declare(p.textOf(p.peek()), word == "global")
		p.next++
		if !p.is(",") {
			return
		}
	}
}

func (p *parser) declare(name string, global bool) {
	target := p.scope.enclosing(name)
	if global {
		for target = p.scope; target.parent != nil; {
			target = target.parent
		}
	}
	if target != nil && target != p.scope {
		p.scope.declared[name] = target
	}
}
