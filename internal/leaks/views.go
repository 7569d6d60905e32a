package leaks

import "hash/maphash"

// maxDepth is how often one text is decoded.
const maxDepth = 4

// view is the text, or what decodings made of it.
type view struct {
	text    []byte
	joined  bool // lines are one
	decoded bool // from base64 or hexadecimal
}

// decoding makes one text of another, which stays as it is; nil if there is
// nothing to decode.
type decoding struct {
	decode         func([]byte) []byte
	joins, decodes bool
}

var decodings = []decoding{
	{decode: unescape},
	{decode: unescapeBytes},
	{decode: percentDecode},
	{decode: queryDecode},
	{decode: joinLines, joins: true},
	{decode: base64Decode, decodes: true},
	{decode: hexDecode, decodes: true},
	{decode: dumpDecode, decodes: true},
}

// eachView visits a text and all that decodings make of it, each once.
func eachView(text []byte, visit func(view)) {
	w := walk{seed: maphash.MakeSeed(), depths: map[key]int{}, visit: visit}
	w.from(view{text: text}, maxDepth)
}

type walk struct {
	seed   maphash.Seed
	depths map[key]int // how often what was visited could still be decoded
	visit  func(view)
}

// key tells views apart.
type key struct {
	hash            uint64
	joined, decoded bool
}

func (w *walk) from(v view, depth int) {
	k := key{maphash.Bytes(w.seed, v.text), v.joined, v.decoded}
	before, visited := w.depths[k]
	if !visited {
		w.visit(v)
	}
	if visited && before >= depth {
		return
	}
	w.depths[k] = depth
	if depth > 0 {
		w.decode(v, depth-1)
	}
}

func (w *walk) decode(v view, depth int) {
	for _, d := range decodings {
		if text := d.decode(v.text); text != nil {
			w.from(view{text, v.joined || d.joins, v.decoded || d.decodes}, depth)
		}
	}
}
