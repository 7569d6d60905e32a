package filestore

// bbolt's Tx.Check is of no use here: it walks the file in a goroutine of its own. A
// damaged page that points beyond the end of the file raises SIGBUS there, which no
// other goroutine can recover, so the process would end.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
)

// The file format of bbolt (go.etcd.io/bbolt/internal/common, version 2). Integers
// are in the machine's byte order, and a page begins with a header of 16 bytes: id,
// flags, count, and how many pages it overflows into.
const (
	pageHeaderSize   = 16
	metaSize         = 64
	elementSize      = 16
	bucketHeaderSize = 16 // root page and sequence, before an inline page
	boltMagic        = 0xED0CDAED
	boltVersion      = 2
	flagBranch       = 0x01
	flagLeaf         = 0x02
	flagMeta         = 0x04
	flagFreelist     = 0x10
	flagBucket       = 0x01 // of an element in a leaf
	maxDepth         = 64   // far more levels than 2^64 keys need
)

var order = binary.NativeEndian

// pageChecker checks the structure of a bbolt file: every page is either in use
// exactly once or free, keys are in order, and all offsets, lengths and page ids
// agree. On a file that fails here bbolt itself would panic, recurse without end, or
// silently miss keys.
type pageChecker struct {
	file   io.ReaderAt
	size   int64   // of a page
	inUse  []bool  // by page id; free pages count too
	levels []level // by depth
}

// level is where the checker keeps a page while it checks those below it.
type level struct {
	page     []byte
	elements []element
}

// at returns the level of a depth.
func (p *pageChecker) at(depth int) *level {
	for len(p.levels) <= depth {
		p.levels = append(p.levels, level{page: make([]byte, p.size)})
	}
	return &p.levels[depth]
}

// meta is one of the two pages from which all others are reached.
type meta struct {
	pageSize             uint32
	root, freelist, next uint64 // page ids; next is the first beyond the end
	txid                 uint64
}

// checkPages checks the structure of a file of the given length.
func checkPages(file io.ReaderAt, length int64) error {
	m, err := newestMeta(file, length)
	if err != nil {
		return err
	}
	if pages := uint64(length) / uint64(m.pageSize); m.next > pages {
		return fmt.Errorf("%w (it is cut off: it has %d of %d pages)", ErrDamaged, pages, m.next)
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

// newestMeta requires both metas to be intact. To fall back to the older one would
// silently undo the last write.
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
		return meta{}, damagedPage(0, "the two heads of the file do not match")
	}
	return first, nil
}

func readMeta(file io.ReaderAt, id uint64, offset int64) (meta, error) {
	page := make([]byte, pageHeaderSize+metaSize)
	if _, err := file.ReadAt(page, offset); err != nil && err != io.EOF {
		return meta{}, err
	}
	b := page[pageHeaderSize:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSize-8])
	switch {
	case order.Uint64(page) != id || order.Uint16(page[8:]) != flagMeta:
		return meta{}, damagedPage(id, "it is not a head of the file")
	case order.Uint32(b) != boltMagic || order.Uint32(b[4:]) != boltVersion || sum.Sum64() != order.Uint64(b[metaSize-8:]):
		return meta{}, damagedPage(id, "its checksum is wrong")
	}
	return meta{
		pageSize: order.Uint32(b[8:]), root: order.Uint64(b[16:]), freelist: order.Uint64(b[32:]),
		next: order.Uint64(b[40:]), txid: order.Uint64(b[48:]),
	}, nil
}

// readPage reads a page and those that it overflows into, and marks them as in use. The
// bytes are valid until the next page of that depth is read.
func (p *pageChecker) readPage(id uint64, depth int) ([]byte, error) {
	if id >= uint64(len(p.inUse)) {
		return nil, damagedPage(id, "it is beyond the end")
	}
	page, start := p.at(depth).page[:p.size], int64(id)*p.size
	if _, err := p.file.ReadAt(page, start); err != nil {
		return nil, err
	}
	count := uint64(order.Uint32(page[12:])) + 1
	if order.Uint64(page) != id || count > uint64(len(p.inUse))-id {
		return nil, damagedPage(id, "its head is wrong")
	}
	for i := id; i < id+count; i++ {
		if err := p.markUsed(i); err != nil {
			return nil, err
		}
	}
	if count == 1 {
		return page, nil
	}
	page = slices.Grow(page, int(int64(count-1)*p.size))[:int64(count)*p.size]
	p.levels[depth].page = page
	_, err := p.file.ReadAt(page[p.size:], start+p.size)
	return page, err
}

func (p *pageChecker) markUsed(id uint64) error {
	if id >= uint64(len(p.inUse)) || p.inUse[id] {
		return damagedPage(id, "it is in use twice, or beyond the end")
	}
	p.inUse[id] = true
	return nil
}

// checkFreelist marks the pages of the freelist. A count of 0xFFFF means that the
// first entry is the count.
func (p *pageChecker) checkFreelist(id uint64) error {
	page, err := p.readPage(id, 0)
	if err != nil {
		return err
	}
	count, list := uint64(order.Uint16(page[10:])), page[pageHeaderSize:]
	if count == 0xFFFF {
		count, list = order.Uint64(list), list[8:]
	}
	if order.Uint16(page[8:]) != flagFreelist || count > uint64(len(list))/8 {
		return damagedPage(id, "it is not a list of free pages")
	}
	for i := range count {
		if err := p.markUsed(order.Uint64(list[i*8:])); err != nil {
			return err
		}
	}
	return nil
}

// keyRange bounds the keys of a page: from first on, before end. A nil end
// means no bound.
type keyRange struct{ first, end []byte }

func (s keyRange) contains(key []byte) bool {
	return bytes.Compare(key, s.first) >= 0 && (s.end == nil || bytes.Compare(key, s.end) < 0)
}

// checkTree checks the pages of a bucket, or of a branch of one, from the root id.
func (p *pageChecker) checkTree(id uint64, keys keyRange, depth int) error {
	if depth > maxDepth {
		return damagedPage(id, "it is too deep")
	}
	page, err := p.readPage(id, depth)
	if err != nil {
		return err
	}
	return p.checkPage(id, page, keys, depth)
}

// checkPage checks a page of a tree and all below it. The page may be inline in a leaf.
func (p *pageChecker) checkPage(id uint64, page []byte, keys keyRange, depth int) error {
	elements, err := readElements(id, page, keys, p.at(depth).elements[:0])
	if err != nil {
		return err
	}
	p.levels[depth].elements = elements
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

// checkBucket checks the bucket that is the value of an element.
func (p *pageChecker) checkBucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketHeaderSize {
		return damagedPage(id, "a bucket is too short")
	}
	if root := order.Uint64(value); root != 0 {
		return p.checkTree(root, keyRange{}, depth)
	}
	inline := value[bucketHeaderSize:]
	if len(inline) < pageHeaderSize || order.Uint16(inline[8:]) != flagLeaf || depth > maxDepth {
		return damagedPage(id, "a bucket within it is wrong")
	}
	return p.checkPage(id, inline, keyRange{}, depth)
}

// element is one entry of a page: an entry of a branch has a child, one of a leaf a
// value, which may be a bucket.
type element struct {
	key, value     []byte
	child          uint64
	branch, bucket bool
}

// readElements appends the elements of a page. Their keys and values must follow the
// table of elements, and one another, without a gap, as bbolt writes them: then no
// single count or length can be wrong unnoticed.
func readElements(id uint64, page []byte, keys keyRange, elements []element) ([]element, error) {
	flags, count := order.Uint16(page[8:]), int(order.Uint16(page[10:]))
	tableEnd := pageHeaderSize + count*elementSize
	isLeaf, isBranch := flags == flagLeaf, flags == flagBranch && count > 0
	if tableEnd > len(page) || !isLeaf && !isBranch {
		return nil, damagedPage(id, "it is neither branch nor leaf")
	}
	keyStart := int64(tableEnd)
	for i := range count {
		row := pageHeaderSize + i*elementSize
		e, offset, keyLen, valueLen := readRow(page[row:], isBranch)
		valueStart := keyStart + keyLen
		end := valueStart + valueLen
		if int64(row)+offset != keyStart || keyLen == 0 || end > int64(len(page)) {
			return nil, damagedPage(id, "an entry is not where it should be")
		}
		e.key, e.value = page[keyStart:valueStart], page[valueStart:end]
		if !keys.contains(e.key) || i > 0 && bytes.Compare(elements[i-1].key, e.key) >= 0 {
			return nil, damagedPage(id, "its keys are out of order")
		}
		elements, keyStart = append(elements, e), end
	}
	return elements, nil
}

// readRow reads a row of the table of elements. Offset is that of the key, counted
// from the row.
func readRow(row []byte, isBranch bool) (e element, offset, keyLen, valueLen int64) {
	if isBranch {
		e = element{branch: true, child: order.Uint64(row[8:])}
		return e, int64(order.Uint32(row)), int64(order.Uint32(row[4:])), 0
	}
	e.bucket = order.Uint32(row)&flagBucket != 0
	return e, int64(order.Uint32(row[4:])), int64(order.Uint32(row[8:])), int64(order.Uint32(row[12:]))
}
