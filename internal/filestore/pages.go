package filestore

// bbolt's own Tx.Check cannot serve here: it walks the file in a goroutine of its
// own, where a damaged page that points beyond the file raises SIGBUS, and nothing
// can recover a panic of another goroutine. The process would end.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// The file format of bbolt (go.etcd.io/bbolt/internal/common, version 2): integers
// in the machine's order, a header of 16 bytes before each page.
const (
	pageHeader   = 16
	metaSize     = 64
	elementSize  = 16
	bucketHead   = 16 // root page and sequence, before an inline page
	boltMagic    = 0xED0CDAED
	boltVersion  = 2
	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagMeta     = 0x04
	flagFreelist = 0x10
	flagBucket   = 0x01 // of a leaf's element
	maxDepth     = 64   // far more levels than 2^64 keys need
)

var order = binary.NativeEndian

// pages checks the structure of a bbolt file: every page is in use exactly once
// or free, keys are in order, and each byte that says where something is agrees
// with the others. What bbolt itself would do on a file that fails here is panic,
// recurse without end, or quietly miss keys.
type pageChecker struct {
	file  io.ReaderAt
	size  int64 // of a page
	inUse []bool
}

// meta is one of the two pages that say where everything is.
type meta struct {
	pageSize             uint32
	root, freelist, next uint64
	txid                 uint64
}

// checkPages looks through a file of the given length.
func checkPages(file io.ReaderAt, length int64) error {
	m, err := newestMeta(file, length)
	if err != nil {
		return err
	}
	if pages := uint64(length) / uint64(m.pageSize); m.next > pages {
		return fmt.Errorf("%w (it is cut off: %d of %d pages are there)", ErrDamaged, pages, m.next)
	}
	p := &pageChecker{file: file, size: int64(m.pageSize), inUse: make([]bool, m.next)}
	p.inUse[0], p.inUse[1] = true, true
	if err := p.checkFreelist(m.freelist); err != nil {
		return err
	}
	if err := p.checkTree(m.root, keyRange{}, 0); err != nil {
		return err
	}
	for id, used := range p.inUse {
		if !used {
			return damagedPage(uint64(id), "nothing leads to it")
		}
	}
	return nil
}

func damagedPage(page uint64, what string) error {
	return fmt.Errorf("%w (page %d: %s)", ErrDamaged, page, what)
}

// newestMeta wants both metas whole. To go on with the older one would silently
// take back the last write.
func newestMeta(file io.ReaderAt, length int64) (meta, error) {
	first, err := readMeta(file, 0, 0)
	if err != nil {
		return meta{}, err
	}
	if size := first.pageSize; size < 512 || size > 1<<16 || size&(size-1) != 0 || int64(size)*4 > length {
		return meta{}, fmt.Errorf("%w (it is cut off within its first pages)", ErrDamaged)
	}
	second, err := readMeta(file, 1, int64(first.pageSize))
	if err != nil {
		return meta{}, err
	}
	if second.txid > first.txid {
		first, second = second, first
	}
	if first.pageSize != second.pageSize || first.txid-second.txid > 1 || first.next < 2 {
		return meta{}, damagedPage(0, "the two heads of the file do not fit")
	}
	return first, nil
}

func readMeta(file io.ReaderAt, id uint64, offset int64) (meta, error) {
	page := make([]byte, pageHeader+metaSize)
	if _, err := file.ReadAt(page, offset); err != nil && err != io.EOF {
		return meta{}, err
	}
	b := page[pageHeader:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSize-8])
	switch {
	case order.Uint64(page) != id || order.Uint16(page[8:]) != flagMeta:
		return meta{}, damagedPage(id, "it is no head of the file")
	case order.Uint32(b) != boltMagic || order.Uint32(b[4:]) != boltVersion || sum.Sum64() != order.Uint64(b[metaSize-8:]):
		return meta{}, damagedPage(id, "its checksum is wrong")
	}
	return meta{
		pageSize: order.Uint32(b[8:]), root: order.Uint64(b[16:]), freelist: order.Uint64(b[32:]),
		next: order.Uint64(b[40:]), txid: order.Uint64(b[48:]),
	}, nil
}

// read takes a page and those that it runs over into, and marks them as in use.
func (p *pageChecker) readPage(id uint64) ([]byte, error) {
	if id >= uint64(len(p.inUse)) {
		return nil, damagedPage(id, "it is beyond the end")
	}
	head := make([]byte, pageHeader)
	if _, err := p.file.ReadAt(head, int64(id)*p.size); err != nil {
		return nil, err
	}
	count := uint64(order.Uint32(head[12:])) + 1
	if order.Uint64(head) != id || count > uint64(len(p.inUse))-id {
		return nil, damagedPage(id, "its head is wrong")
	}
	for i := id; i < id+count; i++ {
		if err := p.markUsed(i); err != nil {
			return nil, err
		}
	}
	body := make([]byte, int64(count)*p.size)
	_, err := p.file.ReadAt(body, int64(id)*p.size)
	return body, err
}

func (p *pageChecker) markUsed(id uint64) error {
	if id >= uint64(len(p.inUse)) || p.inUse[id] {
		return damagedPage(id, "it is in use twice, or beyond the end")
	}
	p.inUse[id] = true
	return nil
}

// free marks the pages of the freelist. A count of 0xFFFF means that the first
// entry is the count.
func (p *pageChecker) checkFreelist(id uint64) error {
	page, err := p.readPage(id)
	if err != nil {
		return err
	}
	count, list := uint64(order.Uint16(page[10:])), page[pageHeader:]
	if count == 0xFFFF {
		count, list = order.Uint64(list), list[8:]
	}
	if order.Uint16(page[8:]) != flagFreelist || count > uint64(len(list))/8 {
		return damagedPage(id, "it is no list of free pages")
	}
	for i := range count {
		if err := p.markUsed(order.Uint64(list[i*8:])); err != nil {
			return err
		}
	}
	return nil
}

// span is what the keys of a page must lie in: from first on, before end. Nil is
// open.
type keyRange struct{ first, end []byte }

func (s keyRange) contains(key []byte) bool {
	return bytes.Compare(key, s.first) >= 0 && (s.end == nil || bytes.Compare(key, s.end) < 0)
}

// tree checks a bucket's pages from their root.
func (p *pageChecker) checkTree(id uint64, keys keyRange, depth int) error {
	if depth > maxDepth {
		return damagedPage(id, "it is too deep")
	}
	page, err := p.readPage(id)
	if err != nil {
		return err
	}
	return p.checkPage(id, page, keys, depth)
}

// page checks a page of a tree, which may be inline in a leaf.
func (p *pageChecker) checkPage(id uint64, page []byte, keys keyRange, depth int) error {
	elements, err := elementsOf(id, page, keys)
	if err != nil {
		return err
	}
	for i, e := range elements {
		switch {
		case e.branch:
			below := keyRange{e.key, keys.end}
			if i+1 < len(elements) {
				below.end = elements[i+1].key
			}
			err = p.checkTree(e.child, below, depth+1)
		case e.bucket:
			err = p.checkBucket(id, e.value, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pageChecker) checkBucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketHead {
		return damagedPage(id, "a bucket is too short")
	}
	if root := order.Uint64(value); root != 0 {
		return p.checkTree(root, keyRange{}, depth)
	}
	inline := value[bucketHead:]
	if len(inline) < pageHeader || order.Uint16(inline[8:]) != flagLeaf || depth > maxDepth {
		return damagedPage(id, "a bucket within it is wrong")
	}
	return p.checkPage(id, inline, keyRange{}, depth)
}

// element is one entry of a page.
type element struct {
	key, value     []byte
	child          uint64
	branch, bucket bool
}

// readElements wants keys and values to follow the table and one another without
// a gap, as bbolt writes them, so that no count or length can be wrong alone.
func elementsOf(id uint64, page []byte, keys keyRange) ([]element, error) {
	flags, count := order.Uint16(page[8:]), int(order.Uint16(page[10:]))
	at := pageHeader + count*elementSize
	if at > len(page) || flags != flagLeaf && (flags != flagBranch || count == 0) {
		return nil, damagedPage(id, "it is neither branch nor leaf")
	}
	out := make([]element, count)
	for i := range out {
		table := pageHeader + i*elementSize
		e, pos, ksize, vsize := rawElement(page[table:], flags)
		end := int64(at) + ksize + vsize
		if int64(table)+pos != int64(at) || ksize == 0 || end > int64(len(page)) {
			return nil, damagedPage(id, "an entry is not where it should be")
		}
		e.key, e.value = page[at:int64(at)+ksize], page[int64(at)+ksize:end]
		if !keys.contains(e.key) || i > 0 && bytes.Compare(out[i-1].key, e.key) >= 0 {
			return nil, damagedPage(id, "its keys are out of order")
		}
		out[i], at = e, int(end)
	}
	return out, nil
}

func rawElement(b []byte, flags uint16) (e element, pos, ksize, vsize int64) {
	if flags == flagBranch {
		return element{branch: true, child: order.Uint64(b[8:])}, int64(order.Uint32(b)), int64(order.Uint32(b[4:])), 0
	}
	e.bucket = order.Uint32(b)&flagBucket != 0
	return e, int64(order.Uint32(b[4:])), int64(order.Uint32(b[8:])), int64(order.Uint32(b[12:]))
}
