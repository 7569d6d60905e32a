package leaks

import (
	"hash/maphash"
)

// maxDepth is how often one text is decoded: base64 of JSON inside JSON is three.
const maxDepth = 3

// view is the text, or what a decoding made of it.
type view struct {
	text     []byte
	squeezed bool // white space is gone
	decoded  bool // from base64 or hexadecimal, where chance finds short texts
}

// decoding makes one view of another, which stays as it is; nil if there is
// nothing to decode.
type decoding struct {
	decode            func([]byte) []byte
	squeezes, decodes bool
}

var decodings = []decoding{
	{decode: unescape},
	{decode: percentDecode},
	{decode: plusDecode},
	{decode: squeezed, squeezes: true},
	{decode: func(b []byte) []byte { return base64Decode(b, 0) }, decodes: true},
	{decode: func(b []byte) []byte { return base64Decode(b, 1) }, decodes: true},
	{decode: func(b []byte) []byte { return base64Decode(b, 2) }, decodes: true},
	{decode: func(b []byte) []byte { return base64Decode(b, 3) }, decodes: true},
	{decode: func(b []byte) []byte { return hexDecode(b, 0) }, decodes: true},
	{decode: func(b []byte) []byte { return hexDecode(b, 1) }, decodes: true},
}

// eachView visits a text and all that decodings make of it, each once.
func eachView(text []byte, visit func(view)) {
	w := walk{seed: maphash.MakeSeed(), seen: map[uint64]int{}, visit: visit}
	w.from(view{text: text}, maxDepth)
}

type walk struct {
	seed  maphash.Seed
	seen  map[uint64]int // how often what was visited could still be decoded
	visit func(view)
}

func (w *walk) from(v view, depth int) {
	hash := maphash.Bytes(w.seed, v.text)
	before, visited := w.seen[hash]
	if !visited {
		w.visit(v)
	}
	if visited && before >= depth {
		return
	}
	w.seen[hash] = depth
	if depth == 0 {
		return
	}
	for _, d := range decodings {
		if d.decodes && v.decoded || d.squeezes && v.squeezed {
			continue
		}
		if text := d.decode(v.text); text != nil {
			w.from(view{text, v.squeezed || d.squeezes, v.decoded || d.decodes}, depth-1)
		}
	}
}
