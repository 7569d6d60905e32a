package bench

import (
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
)

// plot is a picture of lines over logarithmic axes. A line is told from another by its colour, its marker and the
// label at its end.
type plot struct {
	title  string
	x, y   string // what the axes show
	yUnit  unit
	series []series
}

type series struct {
	label  string
	points []point
}

type point struct{ x, y float64 }

const (
	plotWidth, plotHeight         = 760, 420
	leftEdge, rightEdge           = 76, 560 // to the right are the labels of the lines
	topEdge, bottomEdge           = 56, 356
	labelHeight                   = 16
	markerSize            float64 = 4.5
)

// The colours are those of Okabe and Ito, which people with any kind of colour vision tell apart; on a dark page,
// lighter ones. The picture has a background of its own, because GitHub's theme may differ from the system's.
const plotStyle = `<style>
text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.page { fill: #ffffff; stroke: #d1d9e0 }
.grid { stroke: #d1d9e0 }
.s0 { color: #0072b2 } .s1 { color: #d55e00 } .s2 { color: #00795a } .s3 { color: #a8488a }
.line { fill: none; stroke: currentColor; stroke-width: 2 }
.marker { fill: currentColor }
text.label { fill: currentColor; font-weight: 600 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.page { fill: #0d1117; stroke: #3d444d }
.grid { stroke: #3d444d }
.s0 { color: #56b4e9 } .s1 { color: #e69f00 } .s2 { color: #3fcf9f } .s3 { color: #e3a0c8 }
}
</style>
`

// svg draws the plot.
func (p plot) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", plotWidth, plotHeight, plotWidth, plotHeight)
	fmt.Fprintf(&b, "<title>%s</title>\n%s", escaped(p.title), plotStyle)
	fmt.Fprintf(&b, `<rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n", plotWidth-1, plotHeight-1)
	fmt.Fprintf(&b, `<text class="title" x="%d" y="28">%s</text>`+"\n", leftEdge, escaped(p.title))
	x, y := p.xAxis(), p.yAxis()
	p.drawGrid(&b, x, y)
	for i, s := range p.series {
		drawSeries(&b, i, s, x, y)
	}
	p.drawLabels(&b, y)
	b.WriteString("</svg>\n")
	return b.String()
}

// axis is a logarithmic one, between two numbers and two edges of the picture.
type axis struct {
	first, last float64 // powers of ten
	from, to    float64
	ticks       []float64
}

// xAxis has a tick for each number that was measured.
func (p plot) xAxis() axis {
	var all []float64
	for _, s := range p.series {
		for _, at := range s.points {
			all = append(all, at.x)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return axis{math.Log10(all[0]), math.Log10(all[len(all)-1]), leftEdge, rightEdge, all}
}

// yAxis has the powers of ten around what was measured.
func (p plot) yAxis() axis {
	a := axis{first: math.Inf(1), last: math.Inf(-1), from: bottomEdge, to: topEdge}
	for _, s := range p.series {
		for _, at := range s.points {
			a.first = min(a.first, math.Floor(math.Log10(at.y)+1e-9))
			a.last = max(a.last, math.Ceil(math.Log10(at.y)-1e-9))
		}
	}
	for power := a.first; power <= a.last; power++ {
		a.ticks = append(a.ticks, math.Pow(10, power))
	}
	return a
}

func (a axis) at(number float64) float64 {
	return a.from + (math.Log10(number)-a.first)/(a.last-a.first)*(a.to-a.from)
}

func (p plot) drawGrid(b *strings.Builder, x, y axis) {
	for _, tick := range x.ticks {
		fmt.Fprintf(b, `<path class="grid" d="M%.1f %dV%d"/>`, x.at(tick), topEdge, bottomEdge)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x.at(tick), bottomEdge+20, count.number(tick))
	}
	for _, tick := range y.ticks {
		fmt.Fprintf(b, `<path class="grid" d="M%d %.1fH%d"/>`, leftEdge, y.at(tick), rightEdge)
		fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", leftEdge-8, y.at(tick)+4, numbers{tick}.in(p.yUnit))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (leftEdge+rightEdge)/2, bottomEdge+46, escaped(p.x))
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", leftEdge, topEdge-8, escaped(p.y))
}

func drawSeries(b *strings.Builder, i int, s series, x, y axis) {
	fmt.Fprintf(b, `<g class="s%d"><path class="line" d="`, i)
	for j, at := range s.points {
		fmt.Fprintf(b, "%c%.1f %.1f", "ML"[min(j, 1)], x.at(at.x), y.at(at.y))
	}
	b.WriteString(`"/>`)
	for _, at := range s.points {
		fmt.Fprintf(b, `<path class="marker" d="%s"/>`, marker(i, x.at(at.x), y.at(at.y)))
	}
	b.WriteString("</g>\n")
}

// marker is a circle, a square, a triangle or a diamond.
func marker(i int, x, y float64) string {
	r := markerSize
	switch i {
	case 0:
		return fmt.Sprintf("M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z", x-r, y, r, r, 2*r, r, r, -2*r)
	case 1:
		return fmt.Sprintf("M%.1f %.1fh%.1fv%.1fh%.1fz", x-r+0.5, y-r+0.5, 2*r-1, 2*r-1, 1-2*r)
	case 2:
		return fmt.Sprintf("M%.1f %.1fl%.1f %.1fh%.1fz", x, y-r-1, r+1, 2*r, -2*r-2)
	}
	return fmt.Sprintf("M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz", x, y-r-1.5, r+1.5, r+1.5, -r-1.5, r+1.5, -r-1.5, -r-1.5)
}

// drawLabels writes each label at the height of its line's end, and below the label before it.
func (p plot) drawLabels(b *strings.Builder, y axis) {
	type label struct {
		series int
		at     float64
	}
	labels := make([]label, len(p.series))
	for i, s := range p.series {
		labels[i] = label{i, y.at(s.points[len(s.points)-1].y) + 4}
	}
	slices.SortFunc(labels, func(a, b label) int { return int(math.Copysign(1, a.at-b.at)) })
	for i, l := range labels {
		if i > 0 {
			labels[i].at = max(l.at, labels[i-1].at+labelHeight)
		}
		fmt.Fprintf(b, `<g class="s%d"><path class="marker" d="%s"/><text class="label" x="%d" y="%.1f">%s</text></g>`+"\n",
			l.series, marker(l.series, rightEdge+18, labels[i].at-4), rightEdge+30, labels[i].at, escaped(p.series[l.series].label))
	}
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
